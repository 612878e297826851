"""Which DICOM images are likely to have text in their pixels (PS3.15 E.3.1; PS3.3 C.7.6.1.1.1)."""

from __future__ import annotations

from typing import Any

_SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
# Modalities whose devices write names, numbers or marks into the picture, or that come from paper or film.
_RISKY = {
    "US": "ultrasound",
    "IVUS": "ultrasound",
    "SC": "a secondary capture",
    "OT": "of no stated modality",
    "ES": "endoscopy",
    "XC": "a photograph",
    "VL": "a photograph",
    "GM": "microscopy",
    "SM": "a slide with its label",
    "OP": "an eye image",
    "OPT": "an eye image",
    "RF": "fluoroscopy",
    "XA": "angiography",
    "CR": "a radiograph",
    "RG": "a radiograph",
    "DG": "a diaphanograph",
    "ECG": "a tracing",
    "HC": "a hard copy",
    "DOC": "a document",
}
_SCREENS = ("SCREEN", "SAVE", "CAPTURE", "REPORT", "DOSE", "PRINT")
_WITHOUT_PICTURE = frozenset(["SEG", "SR", "RTSTRUCT", "RTPLAN", "RTDOSE", "PR", "KO", "RWV", "REG", "FID"])


def risk(dataset: Any) -> str:
    """Why text is to be expected in the pixels, going on from "it is "; "" where it is not.

    Args:
        dataset: a pydicom dataset with pixels.
    """
    modality = str(dataset.get("Modality", "")).strip().upper()
    if modality in _WITHOUT_PICTURE:
        return ""
    if str(dataset.get("SOPClassUID", "")).startswith(_SECONDARY_CAPTURE):
        return _RISKY["SC"]
    image_type = dataset.get("ImageType") or []
    words = [image_type] if isinstance(image_type, str) else [str(word) for word in image_type]
    if any(part in word.upper() for word in words for part in _SCREENS):
        return "a picture of a screen"
    if "ConversionType" in dataset:
        return "a converted image"
    return _RISKY.get(modality, "" if modality else _RISKY["OT"])


def says_burned_in(dataset: Any) -> bool:
    """Whether the header itself says that there is text in the pixels."""
    return str(dataset.get("BurnedInAnnotation", "")).strip().upper() == "YES"
