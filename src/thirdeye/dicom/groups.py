"""What a header says of one frame, wherever in a multi-frame object it stands (PS3.3 C.7.6.16)."""

from __future__ import annotations

from typing import Any

# Attributes of the image as a whole that also hold for each of its frames.
_COMMON = (
    "SOPClassUID", "Modality", "Rows", "Columns", "SamplesPerPixel", "PhotometricInterpretation",
    "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation", "PixelPaddingValue", "RescaleSlope",
    "RescaleIntercept", "RescaleType", "ModalityLUTSequence", "WindowCenter", "WindowWidth", "VOILUTFunction",
    "VOILUTSequence", "PresentationLUTShape", "BodyPartExamined", "ImagePositionPatient",
    "ImageOrientationPatient", "PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing",
    "DoseGridScaling",
)  # fmt: skip
# Macros of the functional groups whose attributes are read here.
_MACROS = (
    "PixelMeasuresSequence", "PlanePositionSequence", "PlaneOrientationSequence",
    "PixelValueTransformationSequence", "FrameVOILUTSequence", "FrameContentSequence", "FrameAnatomySequence",
    "SegmentIdentificationSequence", "MREchoSequence", "MRDiffusionSequence", "CTExposureSequence",
    "DerivationImageSequence",
)  # fmt: skip
MAX_FRAMES = 1 << 17


def number_of_frames(dataset: Any) -> int:
    """NumberOfFrames; 1 where it is missing.

    Raises:
        ValueError: not a number from 1 to `MAX_FRAMES`.
    """
    value = dataset.get("NumberOfFrames")
    if value is None or value == "":
        return 1
    try:
        frames = int(value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"has no valid NumberOfFrames in its DICOM header ({str(value)[:40]!r})") from error
    if not 1 <= frames <= MAX_FRAMES:
        raise ValueError(f"claims {frames:,} frames; 1 to {MAX_FRAMES:,} are read")
    return frames


def frame_header(dataset: Any, index: int) -> Any:
    """A flat dataset of what holds for one frame: told of the image, then of all frames, then of this one.

    Args:
        dataset: a pydicom dataset.
        index: frame from 0.
    """
    from pydicom.dataset import Dataset

    flat = Dataset()
    flat.file_meta = dataset.file_meta
    for keyword in _COMMON:
        if keyword in dataset:
            flat[keyword] = dataset[keyword]
    shared = dataset.get("SharedFunctionalGroupsSequence") or ()
    own = dataset.get("PerFrameFunctionalGroupsSequence") or ()
    for group in (*shared[:1], *own[index : index + 1]):
        for keyword in _MACROS:
            items = group.get(keyword)
            if items:
                flat.update(items[0])
    return flat
