"""What every result object has in common: whose it is, what made it, and the research-use notice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from thirdeye.dicom.write.source import TAKEN_OVER
from thirdeye.dicom.write.words import safe_value

MANUFACTURER = "Third Eye"
DESCRIPTION = "Third Eye second opinion - research use only"
RESEARCH = "RESEARCH"  # Content Qualification (PS3.3 C.8.13.2.1.1)


@dataclass(frozen=True)
class Maker:
    """The program and model that a result comes from.

    Args:
        model: its name.
        software: name and version of the program.
        sha256: of the network.
    """

    model: str
    software: str
    sha256: str

    @classmethod
    def of(cls, model: Mapping[str, Any]) -> Maker:
        """From the identity that an opinion carries (`thirdeye.case.opinion.Opinion.model`)."""
        name, software, sha256 = (safe_value(model.get(key)) for key in ("name", "software", "sha256"))
        return cls(name or "unnamed model", software or "unknown version", sha256 or "unknown")


def new_object(
    header: Any,
    maker: Maker,
    *,
    sop_class: str,
    modality: str,
    series_number: int,
    description: str = DESCRIPTION,
    now: datetime | None = None,
) -> Any:
    """An object in a new series of the study of `header`, without content.

    Args:
        header: cleaned, of the source image.
        maker: what made it.
        sop_class: UID.
        modality: of the new series.
        series_number: of the new series.
        description: of the new series.
        now: time of writing; None: now.
    """
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import ExplicitVRLittleEndian, generate_uid

    made = Dataset()
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made.preamble = b"\0" * 128
    made.SOPClassUID = sop_class
    made.SOPInstanceUID = generate_uid()
    made.SeriesInstanceUID = generate_uid()
    made.SeriesNumber, made.InstanceNumber = series_number, 1
    made.Modality = modality
    for keyword in TAKEN_OVER:
        if keyword in header:
            setattr(made, keyword, header.get(keyword))
    finish(made, header, maker, description=description, now=now)
    return made


def finish(
    made: Any, header: Any, maker: Maker, *, description: str = DESCRIPTION, now: datetime | None = None
) -> None:
    """Put what every result says of itself into an object, whoever made the rest of it."""
    at = now or datetime.now().astimezone()
    made.SpecificCharacterSet = "ISO_IR 192"
    for keyword in TAKEN_OVER:
        if keyword in header:
            setattr(made, keyword, header.get(keyword))
    made.SeriesDescription = safe_value(description)
    made.Manufacturer, made.ManufacturerModelName = MANUFACTURER, maker.model
    made.DeviceSerialNumber, made.SoftwareVersions = maker.sha256, maker.software
    made.ContentQualification = RESEARCH
    day, time = at.strftime("%Y%m%d"), at.strftime("%H%M%S.%f")
    made.InstanceCreationDate, made.InstanceCreationTime = day, time
    made.ContentDate, made.ContentTime = day, time
    made.SeriesDate, made.SeriesTime = day, time
    if at.utcoffset() is not None:
        made.TimezoneOffsetFromUTC = at.strftime("%z")[:5]
    made.file_meta.MediaStorageSOPClassUID = made.SOPClassUID
    made.file_meta.MediaStorageSOPInstanceUID = made.SOPInstanceUID
