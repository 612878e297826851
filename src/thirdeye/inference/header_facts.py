"""What the header of a file, or a table, says of an image: view, body part, pixels' meaning, spacing, age."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from thirdeye.case.image import Image
from thirdeye.evaluation.columns import is_absent, years

OLDEST = 89.0  # years; ages above are not told apart, as they may name a person


@dataclass(frozen=True)
class HeaderFacts:
    """Facts that need no pixels; None where nobody says.

    Args:
        view: "PA", "LL", "CC" and the like, in capitals.
        body_part: "CHEST" and the like, in capitals.
        photometric: DICOM photometric interpretation.
        spacing_mm: mean of row and column distance.
        age_years: of the patient, 89 for those who are older.
    """

    view: str | None = None
    body_part: str | None = None
    photometric: str | None = None
    spacing_mm: float | None = None
    age_years: float | None = None


def header_facts(image: Image, *, age_years: float | None = None) -> HeaderFacts:
    """Facts of one image.

    Args:
        image: as decoded.
        age_years: of the patient, where a table says it and the header does not.
    """
    told = image.attributes
    age = years(told["age"]) if "age" in told else age_years
    return HeaderFacts(
        view=_word(told, "view"),
        body_part=_word(told, "body_part"),
        photometric=_word(told, "photometric") if told.get("format") == "DICOM" else None,
        spacing_mm=None if image.spacing_mm is None else float(sum(image.spacing_mm)) / 2,
        age_years=None if age is None or not 0 <= age < 150 else min(age, OLDEST),
    )


def _word(told: Mapping[str, str], name: str) -> str | None:
    said = str(told.get(name, "")).strip().upper()
    return None if is_absent(said) else said
