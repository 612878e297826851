"""Whether it is known which images are of one patient."""

from __future__ import annotations

from collections.abc import Iterator

from thirdeye.intake.checks.check import register_check, share
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding

_SOURCE = "DESIGN 5.1: no patient on two sides of a split"


@register_check("patient.unknown", title="Which images are of one patient", about="veracity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Loud wherever a leak of patients cannot be excluded."""
    collection = exhibits.collection
    rows = collection.rows
    unknown = rows[rows["patient"] == ""]
    if collection.group == "image" and collection.patient_origin == "option":
        yield Finding(
            check="patient.unknown",
            severity="warning",
            message=f"Every one of the {len(rows):,} images counts as a patient of its own, because you "
            "said so; if that is not true, the figures are too good.",
            evidence={"declared": True},
            remedy="Name the patients if several images are of one (--patient)",
            source=_SOURCE,
        )
    elif len(unknown) == len(rows):
        yield Finding(
            check="patient.unknown",
            severity="warning",
            message="Nothing says which images are of one patient, so it cannot be excluded that images of "
            "one patient are learnt from and tested on; the figures may be too good.",
            evidence={"declared": False},
            remedy="Name the patients (--patient, or a table with a patient column), or say "
            "--patient-is-image if every image is of another patient",
            source=_SOURCE,
        )
    elif len(unknown):
        yield Finding(
            check="patient.unknown",
            severity="warning",
            message=f"{share(len(unknown), len(rows))} images name no patient; each counts as a patient "
            "of its own.",
            cases=tuple(unknown["image"]),
            evidence={"declared": False},
            remedy="Fill in the patients of these images",
            source=_SOURCE,
        )
