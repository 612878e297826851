"""One file of the source: what it is, cleaned, looked at, put where it belongs. Runs in a worker process."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from thirdeye.dicom.deidentify import file as dicom_file
from thirdeye.dicom.deidentify.identifiers import collect
from thirdeye.dicom.deidentify.pseudonyms import Pseudonyms
from thirdeye.dicom.quiet import quiet_decoders
from thirdeye.intake.deidentify.jpeg import strip_jpeg
from thirdeye.intake.deidentify.look import Doubt, look_at_dicom, look_at_picture, picture_with_boxes
from thirdeye.intake.deidentify.nifti import MOST_BYTES, strip_nifti
from thirdeye.intake.deidentify.outcome import Outcome
from thirdeye.intake.deidentify.place import put
from thirdeye.intake.deidentify.png import strip_png
from thirdeye.intake.deidentify.settings import Settings
from thirdeye.intake.deidentify.tiff import strip_tiff

HEAD_BYTES = 400
BOXES_SUFFIX = ".boxes.png"
_STRIPPERS = {
    "PNG": (strip_png, ".png"),
    "JPEG": (strip_jpeg, ".jpg"),
    "TIFF": (strip_tiff, ".tif"),
    "NIfTI": (strip_nifti, ".nii"),
}
_TIFF_MARKS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".7z", ".rar")
_HEADS = ("HEAD", "BRAIN", "SKULL", "NECK", "FACE")
_FACE = "may show a head in slices, from which a face can be drawn; faces are not removed"


def kind_of(head: bytes, name: str) -> str:
    """What a file is by its first bytes: "DICOM", "PNG", "JPEG", "TIFF", "NIfTI", or "" for anything else.

    Args:
        head: its first `HEAD_BYTES` bytes.
        name: its name, by which compressed NIfTI is told from other gzip files.
    """
    if head[128:132] == b"DICM":
        return "DICOM"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head[:4] in _TIFF_MARKS:
        return "TIFF"
    is_plain = head[344:348] in (b"n+1\0", b"ni1\0") or head[4:8] in (b"n+2\0", b"ni2\0")
    return "NIfTI" if is_plain or name.lower().endswith(".nii.gz") else ""


def deidentify_file(path: str, relative: str, settings: Settings) -> Outcome:
    """De-identify one file; the source is only read.

    Args:
        path: of the source.
        relative: its path below the source folder, from which names are made for files that have no UIDs.
        settings: of the run.
    """
    source = Path(path)
    try:
        with source.open("rb") as file:
            kind = kind_of(file.read(HEAD_BYTES), source.name)
    except OSError as error:
        return Outcome("left_out", reason=f"cannot be opened ({error.strerror})")
    if not kind:
        return Outcome("left_out", reason=_unknown(source.name))
    try:
        with quiet_decoders():  # what they say may quote a header
            if kind == "DICOM":
                return _dicom(source, settings)
            return _without_uids(source, relative, kind, settings)
    except ValueError as error:
        return Outcome("left_out", kind, reason=str(error))


def _unknown(name: str) -> str:
    """Why a file of another kind stays behind; an archive may hold what could be taken."""
    if name.lower().endswith(_ARCHIVES):
        return "is an archive; unpack it, and name the folder as SRC"
    return "is of a kind that cannot be de-identified here"


def _dicom(source: Path, settings: Settings) -> Outcome:
    dataset = dicom_file.read(source)
    persons = collect(dataset, settings.profile)
    doubt, notes = look_at_dicom(dataset, settings), _notes(dataset)
    cleaned = dicom_file.deidentify(dataset, profile=settings.profile, pseudonyms=Pseudonyms(settings.key))
    content = dicom_file.write(cleaned, persons)
    name = Pseudonyms(settings.key).name
    place = (cleaned.patient, f"study-{name(cleaned.study)}", f"series-{name(cleaned.series)}")
    outcome = Outcome("written", "DICOM", patient=cleaned.patient, done=dict(cleaned.done), notes=notes)
    return _placed("/".join((*place, f"{cleaned.instance}.dcm")), content, outcome, doubt, settings)


def _notes(dataset: Any) -> tuple[str, ...]:
    part = str(dataset.get("BodyPartExamined", "")).upper()
    is_volume = str(dataset.get("Modality", "")) in ("CT", "MR", "PT") and "PixelData" in dataset
    return (_FACE,) if is_volume and any(word in part for word in _HEADS) else ()


def _without_uids(source: Path, relative: str, kind: str, settings: Settings) -> Outcome:
    """A picture or volume that has no UIDs: its name and those of its folders are replaced by keyed ones."""
    if source.stat().st_size > MOST_BYTES:
        raise ValueError(f"is larger than {MOST_BYTES // 1024**3} GB")
    strip, suffix = _STRIPPERS[kind]
    content = strip(source.read_bytes())
    if kind == "NIfTI":
        doubt, suffix = Doubt(), suffix + (".gz" if content[:2] == b"\x1f\x8b" else "")
    else:
        doubt = look_at_picture(content, settings)
    outcome = Outcome("written", kind, done={"files stripped of everything but their pixels": 1})
    return _placed(new_name(relative, suffix, settings.key), content, outcome, doubt, settings)


def new_name(relative: str, suffix: str, key: bytes) -> str:
    """Keyed names for a path; files of one folder stay in one folder."""
    name = Pseudonyms(key).name
    folders = relative.split("/")[:-1]
    parts = [f"folder-{name('/'.join(folders[: depth + 1]), 8)}" for depth in range(len(folders))]
    return "/".join(("images", *parts, f"image-{name(relative)}{suffix}"))


def _placed(relative: str, content: bytes, outcome: Outcome, doubt: Doubt, settings: Settings) -> Outcome:
    folder = settings.quarantine if doubt.reason else settings.destination
    written = put(folder, relative, content)
    if not doubt.reason:
        return replace(outcome, written=written)
    drawn = picture_with_boxes(doubt)
    if drawn is not None:
        put(folder, written + BOXES_SUFFIX, drawn)
    return replace(outcome, status="quarantined", written=written, reason=doubt.reason, boxes=doubt.boxes)
