"""Volumes of which it is doubtful where they lie in the patient."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from thirdeye.case.affine import is_bare, is_sheared
from thirdeye.intake.checks.check import register_check, share
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.facts import affine_of
from thirdeye.intake.finding import Finding, Severity
from thirdeye.intake.nifti_header import FORMS_DIFFER, NO_ORIENTATION, SFORM_BAD
from thirdeye.intake.volume_rows import volumes_among
from thirdeye.intake.words import shown_name

_SOURCE = "nifti1.h, methods 1 to 3; a volume whose left is not known must not tell left from right"
_NOTES: dict[str, tuple[Severity, str, str]] = {
    NO_ORIENTATION: (
        "warning",
        "volumes do not say where left is: their headers state no orientation",
        "Convert them again from DICOM. Until then nothing may depend on the side",
    ),
    FORMS_DIFFER: (
        "warning",
        "volumes state two orientations that differ by more than half a voxel (sform and qform of NIfTI); "
        "the first is taken, other software takes the second",
        "Find out which of the two is true and write it into both",
    ),
    SFORM_BAD: (
        "warning",
        "volumes state a first orientation that cannot be used (sform); the second was taken (qform)",
        "Convert them again, or copy the qform over the sform",
    ),
}


@register_check("volume.geometry", title="Placement of volumes in the patient", about="veracity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """What the headers left open, shear, and headers without any geometry of their own."""
    volumes = volumes_among(exhibits.facts)
    for note, (severity, words, remedy) in _NOTES.items():
        told = volumes[[note in held.split("; ") for held in volumes["geometry"]]]
        if len(told):
            yield _finding(told, len(volumes), severity, words, remedy)
    affines = volumes["affine"].map(affine_of)
    bare = volumes[affines.map(is_bare) & ~volumes["geometry"].str.contains(NO_ORIENTATION, regex=False)]
    if len(bare):
        yield _finding(
            bare,
            len(volumes),
            "info",
            "volumes have an affine of 1 mm without any rotation, as software writes that knows no geometry",
            "If they were not resampled to 1 mm on purpose, convert them again from DICOM",
        )
    sheared = volumes[affines.map(is_sheared) & (volumes["format"] != "DICOM")]
    if len(sheared):
        yield _finding(
            sheared,
            len(volumes),
            "warning",
            "volumes are sheared: their voxels are not square boxes",
            "Resample them to square voxels (a tilted gantry leaves this); software that ignores it measures "
            "wrong lengths",
        )


def _finding(held: pd.DataFrame, of: int, severity: Severity, words: str, remedy: str) -> Finding:
    return Finding(
        check="volume.geometry",
        severity=severity,
        message=f"{share(len(held), of)} {words}, for example '{shown_name(held.index[0])}'.",
        cases=tuple(held.index),
        evidence={"count": len(held)},
        remedy=remedy,
        source=_SOURCE,
    )
