"""A DICOM file opened without believing it: sizes, nesting and inflation are bounded first."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from thirdeye.dicom.guard import MAX_FILE_BYTES, check_deflated
from thirdeye.dicom.quiet import quiet_decoders
from thirdeye.errors import UnreadableFile

_META_START = 144  # preamble 128, "DICM" 4, group length element 12 (PS3.10 section 7.1)


def open_dataset(path: Path, name: str) -> Any:
    """The whole dataset, read from memory: there an element cannot claim more bytes than the file holds.

    A file without the mark of PS3.10 (as older devices write them) is read too; its transfer syntax is the
    one that its first elements follow.

    Args:
        path: the file.
        name: how the user knows it.

    Raises:
        UnreadableFile: too large, nested too deeply, or of no known transfer syntax.
        Exception: whatever pydicom raises on damage; see `reasons`.
    """
    import pydicom
    from pydicom.filereader import read_file_meta_info

    if path.stat().st_size > MAX_FILE_BYTES:
        raise UnreadableFile(name, f"is larger than {MAX_FILE_BYTES // 1024**3} GB")
    content = io.BytesIO(path.read_bytes())
    if content.getbuffer()[128:132] != b"DICM":
        return _without_mark(content, name)
    try:
        meta = read_file_meta_info(path)
        syntax = str(meta.get("TransferSyntaxUID", ""))
        start = _META_START + meta.get("FileMetaInformationGroupLength", 0)
        check_deflated(syntax, content.getbuffer()[start:])
        content.seek(0)
        dataset = pydicom.dcmread(content)
    except RecursionError as error:
        raise UnreadableFile(name, "nests its DICOM sequences too deeply") from error
    if not syntax:
        raise UnreadableFile(name, "has no transfer syntax in its DICOM header")
    return dataset


def _without_mark(content: io.BytesIO, name: str) -> Any:
    import pydicom
    from pydicom.dataset import FileMetaDataset
    from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

    try:
        dataset = pydicom.dcmread(content, force=True)
    except RecursionError as error:
        raise UnreadableFile(name, "nests its DICOM sequences too deeply") from error
    if "SOPClassUID" not in dataset and "Rows" not in dataset:
        raise UnreadableFile(name, "is not DICOM")
    is_implicit, is_little = dataset.original_encoding
    if getattr(dataset, "file_meta", None) is None:
        dataset.file_meta = FileMetaDataset()
    if not dataset.file_meta.get("TransferSyntaxUID"):
        explicit = ExplicitVRLittleEndian if is_little else ExplicitVRBigEndian
        dataset.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian if is_implicit else explicit
    return dataset


@contextmanager
def reasons(name: str) -> Iterator[None]:
    """Whatever a damaged file makes a decoder raise comes out as `UnreadableFile` with its reason."""
    try:
        with quiet_decoders():
            yield
    except UnreadableFile:
        raise
    except MemoryError as error:
        raise UnreadableFile(name, "does not fit into memory") from error
    except ValueError as error:
        raise UnreadableFile(name, first_line(error)) from error
    except Exception as error:  # a decoder may raise anything on a damaged file
        raise UnreadableFile(name, f"is a damaged DICOM file ({first_line(error)})") from error


def first_line(error: Exception) -> str:
    """What went wrong, on one line of at most 300 characters."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    if lines[0].endswith(":") and len(lines) > 1:  # pydicom lists what each decoder said
        return lines[1].strip()[:300]
    return lines[0][:300]
