"""The key of a de-identification: a file of its own that only its owner can read."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from thirdeye.dicom.deidentify.pseudonyms import KEY_BYTES
from thirdeye.errors import StageFailed, UsageError

_TITLE = "Third Eye de-identification key 1"
_ADVICE = "keep it apart from the data: whoever has it can link pseudonyms to patients"


def open_key(path: Path) -> tuple[bytes, bool]:
    """The key in a file, which is made where there is none.

    Args:
        path: of the key file.

    Returns:
        The key (32 bytes), and whether it was made now.

    Raises:
        UsageError: others may read the file, it belongs to somebody else, or it holds no key.
        StageFailed: it cannot be written.
    """
    if path.exists() or path.is_symlink():
        return read_key(path), False
    key = secrets.token_bytes(KEY_BYTES)
    write_private(path, f"{_TITLE}\n{_ADVICE}\n{key.hex()}\n")
    return key, True


def read_key(path: Path) -> bytes:
    """The key in a file.

    Raises:
        UsageError: there is none, others may read it, it belongs to somebody else, or it holds no key.
    """
    refuse_if_shared(path)
    lines = path.read_text(encoding="utf-8", errors="replace").split()
    try:
        key = bytes.fromhex(lines[-1]) if lines else b""
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise UsageError(f"'{path.name}' holds no key; name the key file that thirdeye deidentify made")
    return key


def refuse_if_shared(path: Path) -> None:
    """Refuse a file that anybody but its owner can read.

    Raises:
        UsageError: it does not exist, is no regular file, belongs to somebody else, or is open to others.
    """
    try:
        status = path.lstat()
    except OSError:
        raise UsageError(f"there is no key file '{path.name}'") from None
    if not stat.S_ISREG(status.st_mode):
        raise UsageError(f"the key '{path.name}' is not a regular file; name the file itself")
    if os.name != "posix":
        return
    if status.st_uid != os.geteuid():
        raise UsageError(f"the key '{path.name}' belongs to another user; make one of your own")
    if status.st_mode & 0o077:
        mode = oct(stat.S_IMODE(status.st_mode))[2:]
        raise UsageError(
            f"the key '{path.name}' can be read by others (permissions {mode}); make it yours with: chmod 600"
        )


def write_private(path: Path, text: str) -> None:
    """Write a new file that only its owner can read, from its first byte on.

    Raises:
        StageFailed: it exists already, or cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise StageFailed(f"cannot write '{path.name}': {error.strerror or error}") from error
