"""Codes that results speak with (PS3.16): standard ones where there are, our own scheme otherwise.

111047 is "Probability of cancer", so it is given to classes that mean cancer and to no other; the probability
of any other class is 111012, "Certainty of Finding". Both are in per cent.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

from thirdeye.dicom.write.extra import from_pacs
from thirdeye.dicom.write.words import LONG, TEXT, safe_value

SCHEME = "99THIRDEYE"
SCHEME_NAME = "Third Eye: names that a study gave to its classes and measures"
PROBABILITY_OF_CANCER = ("111047", "DCM", "Probability of cancer")
CERTAINTY_OF_FINDING = ("111012", "DCM", "Certainty of Finding")
COMMENT = ("121106", "DCM", "Comment")
PERCENT = ("%", "UCUM", "Percent")
IMAGING = ("363679005", "SCT", "Imaging")
MORPHOLOGIC = ("49755003", "SCT", "Morphologically Abnormal Structure")
_CANCER = re.compile(
    r"\b(malignan\w*|cancer\w*|\w*carcinoma\w*|melanoma\w*|\w*sarcoma\w*|lymphoma\w*|leuk(a)?emia\w*)\b", re.I
)
_DENIED = re.compile(r"\b(no|non|not|without|benign|free|negative)\b", re.I)
_FINDINGS = {
    "malignant": ("363346000", "SCT", "Malignant neoplastic disease"),
    "melanoma": ("372244006", "SCT", "Malignant melanoma"),
    "pneumonia": ("233604007", "SCT", "Pneumonia"),
}
_MEASURES = {
    "area": ("42798000", "SCT", "Area"),
    "volume": ("118565006", "SCT", "Volume"),
    "diameter": ("81827009", "SCT", "Diameter"),
}
_UNITS = {
    "px": ("{pixels}", "UCUM", "pixels"), "mm": ("mm", "UCUM", "millimeter"), "%": PERCENT,
    "mm2": ("mm2", "UCUM", "square millimeter"), "ml": ("ml", "UCUM", "milliliter"),
    "deg": ("deg", "UCUM", "degree"), "1": ("1", "UCUM", "no units"),
}  # fmt: skip


def concept(code: tuple[str, str, str]) -> Any:
    """A coded concept of (value, scheme, meaning)."""
    sr = from_pacs("highdicom.sr", "Structured reports")
    value, scheme, meaning = code
    return sr.CodedConcept(value=value, scheme_designator=scheme, meaning=meaning)


def own_code(name: str, *, key: str = "") -> tuple[str, str, str]:
    """A code of our own scheme for a name that a study gave.

    Args:
        name: its meaning, as people see it.
        key: whose hash is its value, so that another name makes no other code; "": the name itself.
    """
    meaning = safe_value(name, longest=LONG) or "unnamed"
    hashed = safe_value(key, longest=TEXT) or meaning
    return hashlib.sha256(hashed.encode()).hexdigest()[:12], SCHEME, meaning


def class_code(name: str, *, key: str = "") -> tuple[str, str, str]:
    """The finding that a class means: a standard one where the class or its name is one, else our own.

    Args:
        name: of the class, as people see it.
        key: the class itself; "": it is called by itself.
    """
    known = (_FINDINGS.get(one.strip().casefold()) for one in (key, name))
    return next((code for code in known if code is not None), None) or own_code(name, key=key)


def probability_code(name: str) -> tuple[str, str, str]:
    """What the probability of a class is called: 111047 where the class means cancer."""
    words = name.replace("_", " ").replace("-", " ")
    means_cancer = _CANCER.search(words) and not _DENIED.search(words)
    return PROBABILITY_OF_CANCER if means_cancer else CERTAINTY_OF_FINDING


def measure_code(name: str) -> tuple[str, str, str]:
    """What a measure of a region is called."""
    return _MEASURES.get(name) or own_code(name)


def unit_code(unit: str) -> tuple[str, str, str]:
    """A unit in UCUM; one that is not known is "no units" and stays in the measure's name."""
    return _UNITS.get(unit) or _UNITS["1"]
