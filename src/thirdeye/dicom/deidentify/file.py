"""A DICOM file in, a DICOM file without identity out."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from thirdeye.dicom.deidentify import identifiers, record, values, walk
from thirdeye.dicom.deidentify.codestream import clean_codestreams
from thirdeye.dicom.deidentify.pixels import trim_pixels
from thirdeye.dicom.deidentify.profile import KEEP_UIDS, Profile
from thirdeye.dicom.deidentify.pseudonyms import Pseudonyms
from thirdeye.dicom.deidentify.subject import Subject
from thirdeye.dicom.guard import MAX_FILE_BYTES, check_deflated
from thirdeye.dicom.quiet import quiet_decoders

_META_START = 144  # preamble 128, "DICM" 4, group length element 12 (PS3.10 section 7.1)
_LEVELS = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID")
_DIRECTORY = "1.2.840.10008.1.3.10"
_DOCUMENTS = "1.2.840.10008.5.1.4.1.1.104."  # Encapsulated PDF, CDA, STL, OBJ, MTL
_RAW_DATA = "1.2.840.10008.5.1.4.1.1.66"
_VIDEO = "1.2.840.10008.1.2.4.10"  # MPEG-2, MPEG-4 AVC, HEVC


class CannotBeCleaned(ValueError):
    """Nothing of the file may be written; the text goes on from its name."""


@dataclass(frozen=True)
class Cleaned:
    """A dataset without identity.

    Args:
        dataset: to be written with `write`.
        patient, study, series, instance: pseudonyms of whom and what it shows.
        done: what was done to how many attributes.
    """

    dataset: Any
    patient: str
    study: str
    series: str
    instance: str
    done: Counter[str]


def read(path: Path) -> Any:
    """A whole DICOM file, from memory, where no element can claim more bytes than there are.

    Raises:
        CannotBeCleaned: it is no DICOM, too large, damaged, or of a kind that cannot be looked through.
    """
    import pydicom
    from pydicom.filereader import read_file_meta_info

    if path.stat().st_size > MAX_FILE_BYTES:
        raise CannotBeCleaned(f"is larger than {MAX_FILE_BYTES // 1024**3} GB")
    content = path.read_bytes()
    try:
        meta = read_file_meta_info(path)
        start = _META_START + meta.get("FileMetaInformationGroupLength", 0)
        check_deflated(str(meta.get("TransferSyntaxUID", "")), memoryview(content)[start:])
        with quiet_decoders():
            dataset = pydicom.dcmread(io.BytesIO(content))
    except CannotBeCleaned:
        raise
    except RecursionError:
        raise CannotBeCleaned("nests its DICOM sequences too deeply") from None
    except MemoryError:
        raise
    except Exception as error:  # pydicom may raise anything on a damaged file
        raise CannotBeCleaned(f"is a damaged DICOM file ({type(error).__name__})") from error
    _refuse_kind(dataset)
    return dataset


def _refuse_kind(dataset: Any) -> None:
    syntax = dataset.file_meta.get("TransferSyntaxUID")
    sop_class = str(dataset.get("SOPClassUID", ""))
    if syntax is None:
        raise CannotBeCleaned("has no transfer syntax in its DICOM header")
    if sop_class == _DIRECTORY or "DirectoryRecordSequence" in dataset:
        raise CannotBeCleaned("is a DICOMDIR, an index with names; the files themselves are enough")
    if not sop_class:
        raise CannotBeCleaned("does not say what kind of DICOM object it is")
    if sop_class.startswith(_DOCUMENTS):
        raise CannotBeCleaned("wraps a document (PDF, CDA or a model), which cannot be looked through")
    if sop_class == _RAW_DATA:
        raise CannotBeCleaned("holds raw data of a device, which cannot be looked through")


def deidentify(dataset: Any, *, profile: Profile, pseudonyms: Pseudonyms) -> Cleaned:
    """Take the identity out of a dataset, in place (PS3.15 Annex E).

    Args:
        dataset: as `read` gives it.
        profile: basic profile and options.
        pseudonyms: of the key.

    Raises:
        CannotBeCleaned: sequences are nested too deeply, or an identifier is left in what cannot be cleaned.
    """
    from pydicom import config

    with quiet_decoders(), config.disable_value_validation():
        identity = patient_identity(dataset)
        subject = Subject(
            profile,
            pseudonyms,
            pseudonyms.patient(identity),
            pseudonyms.days(identity),
            identifiers.collect(dataset, profile),
        )
        kept = _uids(dataset)
        try:
            walk.clean(dataset, subject)
        except (walk.TooDeep, RecursionError):
            raise CannotBeCleaned("nests its DICOM sequences too deeply") from None
        study, series, instance = (
            uid if profile.has(KEEP_UIDS) and _is_uid(uid) else values.new_uid(uid, subject) for uid in kept
        )
        for name, uid in zip(_LEVELS, (study, series, instance), strict=True):
            setattr(dataset, name, uid)
        dataset.PatientID = dataset.PatientName = subject.patient
        subject.done["patient names and numbers replaced by a pseudonym"] += 1
        trim_pixels(dataset, subject.done)
        try:
            clean_codestreams(dataset, subject.done)
        except ValueError as error:
            raise CannotBeCleaned(str(error)) from error
        record.record(dataset, profile)
        _new_meta(dataset)
    return Cleaned(dataset, subject.patient, study, series, instance, subject.done)


def patient_identity(dataset: Any) -> str:
    """What stands for the patient: the id; where there is none, name and birth date; else the study.

    Two studies without any of the first count as two patients.
    """
    number = _text(dataset, "PatientID")
    if number:
        return number
    person = _text(dataset, "PatientName") + _text(dataset, "PatientBirthDate")
    return f"name {person}" if person else f"study {_text(dataset, 'StudyInstanceUID')}"


def write(cleaned: Cleaned, persons: identifiers.Identifiers | None = None) -> bytes:
    """The bytes of the file: preamble of zeros, own file meta information, nothing after the last attribute.

    Args:
        cleaned: from `deidentify`.
        persons: identifiers of the original, to be searched for in all bytes but the pixels.

    Raises:
        CannotBeCleaned: it cannot be written, or one of the identifiers is left.
    """
    from pydicom import config

    buffer = io.BytesIO()
    with quiet_decoders(), config.disable_value_validation():
        try:
            cleaned.dataset.save_as(buffer, enforce_file_format=True)
        except Exception as error:  # pydicom may raise anything on values that it read but cannot write
            raise CannotBeCleaned(f"cannot be written again ({type(error).__name__})") from error
    content = buffer.getvalue()
    if persons is not None:
        pixels = cleaned.dataset.get("PixelData") or b""
        rest = content.replace(pixels, b"") if len(pixels) > 64 else content
        if persons.within_bytes(rest):
            raise CannotBeCleaned("still holds an identifier of the original after cleaning")
    return content


def is_video(dataset: Any) -> bool:
    """Whether the pixels are a video stream, which nothing here decodes."""
    return str(dataset.file_meta.TransferSyntaxUID).startswith(_VIDEO)


def _uids(dataset: Any) -> list[str]:
    """Study, series and instance; what is missing is made up from the content, the same each time."""
    found = [_text(dataset, name) for name in _LEVELS]
    stand_in = "" if all(found) else _fingerprint(dataset)
    return [uid or f"missing {level} {stand_in}" for level, uid in enumerate(found)]


def _fingerprint(dataset: Any) -> str:
    import hashlib

    return hashlib.sha256(
        str(dataset.get("PatientID", "")).encode() + (dataset.get("PixelData") or b"")
    ).hexdigest()


def _text(dataset: Any, name: str) -> str:
    try:
        return str(dataset.get(name, "") or "").strip()
    except Exception:  # a damaged value is no identity
        return ""


def _is_uid(uid: str) -> bool:
    from pydicom.uid import UID

    return UID(uid).is_valid


def _new_meta(dataset: Any) -> None:
    """File meta information of our own (PS3.10 section 7.1); the source's titles and private part go."""
    from pydicom.dataset import FileMetaDataset
    from pydicom.uid import UID

    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    meta.TransferSyntaxUID = dataset.file_meta.TransferSyntaxUID
    meta.ImplementationClassUID = UID(record.IMPLEMENTATION_UID)
    meta.ImplementationVersionName = f"THIRDEYE {record.program_version()}"[:16]
    dataset.file_meta = meta
    dataset.preamble = bytes(128)
