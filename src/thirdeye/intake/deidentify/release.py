"""What a person has looked at leaves quarantine, as it is or with boxes blacked out."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from thirdeye.dicom.deidentify.blank import blank, record_look
from thirdeye.dicom.deidentify.file import CannotBeCleaned
from thirdeye.dicom.quiet import quiet_decoders
from thirdeye.errors import UsageError
from thirdeye.intake.deidentify.one_file import BOXES_SUFFIX
from thirdeye.intake.deidentify.outcome import Box
from thirdeye.intake.deidentify.place import put
from thirdeye.intake.deidentify.png import strip_png


def release_file(quarantine: str, destination: str, relative: str, boxes: Sequence[Box]) -> str:
    """Move one file from quarantine to the destination. Runs in a worker process.

    Args:
        quarantine, destination: folders of the run.
        relative: path of the file below the quarantine folder.
        boxes: to be blacked out; none releases it as it is.

    Returns:
        Its path below the destination.

    Raises:
        CannotBeCleaned: it cannot be read, decoded or written.
    """
    path = Path(quarantine) / relative
    content = path.read_bytes()
    if content[128:132] == b"DICM":
        content = _dicom(content, boxes)
    elif boxes:
        content = _picture(content, boxes)
        relative = str(Path(relative).with_suffix(".png"))
    written = put(Path(destination), relative, content)
    path.unlink()
    path.with_name(path.name + BOXES_SUFFIX).unlink(missing_ok=True)
    return written


def waiting(content: dict, quarantine: Path, chosen: Sequence[Path]) -> list[str]:
    """Paths below the quarantine folder of the chosen files, all that wait where none is chosen.

    Args:
        content: of ``deidentification.json``.
        quarantine: its folder.
        chosen: files as the user names them.

    Raises:
        UsageError: a file does not lie there or is not one of those that wait.
    """
    known = [file["written"] for file in content["files"] if file["status"] == "quarantined"]
    strange = [name for name in known if ".." in name.split("/") or name.startswith("/")]
    if strange:
        raise UsageError(
            "the report of the run names files outside quarantine; it was changed, make a new run"
        )
    if not chosen:
        return known
    root, named = quarantine.resolve(), []
    for path in chosen:
        whole = path.resolve()
        relative = whole.relative_to(root).as_posix() if root in whole.parents else ""
        if relative not in known:
            raise UsageError(f"'{path.name}' is not one of the files that wait in '{quarantine.name}'")
        named.append(relative)
    return named


def _dicom(content: bytes, boxes: Sequence[Box]) -> bytes:
    import pydicom
    from pydicom import config

    buffer = io.BytesIO()
    with quiet_decoders(), config.disable_value_validation():
        dataset = pydicom.dcmread(io.BytesIO(content))
        if boxes:
            blank(dataset, boxes)
        record_look(dataset)
        dataset.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


def _picture(content: bytes, boxes: Sequence[Box]) -> bytes:
    """A PNG, so that what is not blacked out loses nothing."""
    from PIL import Image

    buffer = io.BytesIO()
    with Image.open(io.BytesIO(content)) as image:
        if getattr(image, "n_frames", 1) > 1:
            raise CannotBeCleaned("has several pages, which cannot be blacked out here")
        shown = image.convert("RGB") if image.mode in ("P", "CMYK", "YCbCr", "PA") else image.copy()
        for box in boxes:
            shown.paste(_dark(shown.mode), box)
        shown.save(buffer, "PNG")
    return strip_png(buffer.getvalue())


def _dark(mode: str) -> int | tuple[int, ...]:
    return {"RGB": (0, 0, 0), "RGBA": (0, 0, 0, 255), "LA": (0, 255)}.get(mode, 0)
