"""The head of a DICOM file (PS3.10 section 7.1), walked without trusting its lengths."""

from __future__ import annotations

_START = 132  # preamble 128, "DICM" 4
_LONG = (b"OB", b"OW", b"OF", b"SQ", b"UN", b"UT", b"OD", b"OL", b"OV", b"UC", b"UR")
_TRANSFER_SYNTAX = b"\x02\x00\x10\x00"


def head_of(content: bytes) -> tuple[str, int]:
    """Transfer syntax of a whole file ("" where it names none), and where its dataset begins.

    Args:
        content: of the file.
    """
    syntax, at = "", _START
    while content[at : at + 2] == b"\x02\x00" and at + 8 <= len(content):
        is_long = content[at + 4 : at + 6] in _LONG
        start = at + (12 if is_long else 8)
        length = int.from_bytes(content[at + 8 : at + 12] if is_long else content[at + 6 : at + 8], "little")
        if content[at : at + 4] == _TRANSFER_SYNTAX:
            syntax = content[start : start + length].rstrip(b"\0 ").decode("ascii", "replace")
        at = start + length
    return syntax, min(at, len(content))
