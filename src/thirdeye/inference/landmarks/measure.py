"""What is measured from the landmarks of a study: ``measurements.json``, applied to an image."""

from __future__ import annotations

from collections.abc import Sequence

from thirdeye.case.image import Image
from thirdeye.case.marks import Measurement
from thirdeye.case.study import Study
from thirdeye.evaluation.derived_measurements import Derived, derive
from thirdeye.evaluation.measurement_definitions import Definition, read_definitions
from thirdeye.inference.landmarks.points import Points
from thirdeye.intake.measurements import MEASUREMENTS_FILE


def study_measurements(study: Study, names: Sequence[str]) -> tuple[Definition, ...]:
    """What the study measures; nothing where the file is not there.

    Raises:
        UsageError: it names a landmark that the study does not have, or is no list of measurements.
        StudyMismatch: it is not JSON.
    """
    if not study.has(MEASUREMENTS_FILE):
        return ()
    return read_definitions(study.read_json(MEASUREMENTS_FILE), names, source=MEASUREMENTS_FILE)


def measured(
    item: Image, points: Points, definitions: Sequence[Definition], names: Sequence[str]
) -> list[Derived]:
    """Every measurement of an image, with the lines between which it was taken."""
    return derive(
        definitions, names, points.xy, height=item.height, mm_per_px=mm_per_px(item)
    )  # fmt: skip


def mm_per_px(item: Image) -> tuple[float, float] | None:
    """Size of a pixel along x and y; None where the image does not state it."""
    return None if item.spacing_mm is None else (item.spacing_mm[1], item.spacing_mm[0])


def as_measurements(derived: Sequence[Derived]) -> tuple[Measurement, ...]:
    """Those that have a value, for an opinion."""
    return tuple(
        Measurement(one.name, one.value, one.unit, one.type) for one in derived if one.value is not None
    )


def not_measured(derived: Sequence[Derived]) -> tuple[str, ...]:
    """A sentence for each that has none."""
    return tuple(f"{one.name} could not be measured: {one.reason}." for one in derived if one.value is None)
