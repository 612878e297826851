"""References to files: text that every format can hold, also for names that are not UTF-8.

A byte of a file name that is not UTF-8 comes out of the operating system as a lone surrogate (PEP 383),
which no UTF-8 file can hold. In references such a byte 0x80 to 0xFF is written as the private-use character
U+F780 to U+F7FF, so that references go through tables, JSON and pages unharmed, and lead back to the file.

A reference may end in a selector, which names a part of a file, or a group of files in a folder:
``scan.dcm#frame=3`` (from 0), ``CT#series=1f0c22ab``, ``slide.svs#tile=1024,2048,512``.
"""

from __future__ import annotations

import re
from pathlib import Path

_SELECTOR = re.compile(r"#((?:frame|series|tile|page|channel)=[0-9A-Za-z_.,-]+)$")
_TO_TEXT = {0xDC00 + byte: 0xF700 + byte for byte in range(0x80, 0x100)}
_TO_NAME = {text: surrogate for surrogate, text in _TO_TEXT.items()}


def as_reference(name: str) -> str:
    """A relative path as the operating system gave it, as text."""
    return name.translate(_TO_TEXT)


def split_selector(reference: str) -> tuple[str, str]:
    """File (or folder) and selector ("" where there is none)."""
    found = _SELECTOR.search(reference)
    return (reference[: found.start()], found.group(1)) if found else (reference, "")


def as_path(root: Path, reference: str) -> Path:
    """The file (or, of a series, the folder) that a reference leads to."""
    reference, _ = split_selector(reference)
    path = root / reference
    name = reference.translate(_TO_NAME)
    if name == reference or path.exists():
        return path
    return root / name


def is_elsewhere(reference: str) -> bool:
    """Whether a reference is absolute or climbs with "..", and so may lead out of the data."""
    parts = reference.replace("\\", "/").split("/")
    is_absolute = len(parts) > 1 and (not parts[0] or parts[0][1:] == ":")
    return ".." in parts or is_absolute


def readable(name: str) -> str:
    """A name for a person: bytes that are not UTF-8 are read as Western European text."""
    surrogates = name.translate(_TO_NAME)
    try:
        surrogates.encode("utf-8")
    except UnicodeEncodeError:
        return surrogates.encode("utf-8", "surrogateescape").decode("cp1252", "replace")
    return name
