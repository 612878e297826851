"""`send`: put files into the outbox, and try to send what is in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from thirdeye.dicom.network.connection import Connection
from thirdeye.dicom.network.outbox import Item, Outbox
from thirdeye.errors import DataRefused
from thirdeye.inference.wording import readable

_KINDS = ("segmentation", "report", "picture", "document")
_MARK_AT = 128


def send(files: Iterable[Path], node: str, outbox: Outbox, connection: Connection) -> list[Item]:
    """Queue DICOM files for an archive and try at once; what became of each.

    Args:
        files: DICOM files, and folders that are searched for them.
        node: "TITLE@host:port" or an https address.
        outbox: that keeps what cannot be sent now.
        connection: how the archive is reached.

    Raises:
        UsageError: `node` is none.
        DataRefused: there is no DICOM file among them.
    """
    connection.to(node)
    queued = [outbox.put(path.read_bytes(), node, kind=_kind(path)) for path in dicom_files_of(files)]
    if not queued:
        raise DataRefused("no DICOM file was found; name files or folders that hold some")
    outbox.deliver(connection.send, even_if_early=True)
    wanted = {item.key for item in queued}
    return [item for item in outbox.items() if item.key in wanted]


def dicom_files_of(files: Iterable[Path]) -> Iterator[Path]:
    """Each file, and each DICOM file below a folder.

    Raises:
        DataRefused: a file that was named is no DICOM file.
    """
    for path in files:
        if path.is_dir():
            yield from (one for one in sorted(path.rglob("*")) if _is_dicom(one))
        elif _is_dicom(path):
            yield path
        else:
            raise DataRefused(
                f"{readable(path.name)} is no DICOM file; only DICOM files are sent to an archive"
            )


def _is_dicom(path: Path) -> bool:
    if not path.is_file() or path.name.startswith("."):
        return False
    with path.open("rb") as stream:
        stream.seek(_MARK_AT)
        return stream.read(4) == b"DICM"


def _kind(path: Path) -> str:
    """What our own file names say; "image" for all others."""
    return next((kind for kind in _KINDS if path.name.endswith(f".{kind}.dcm")), "image")
