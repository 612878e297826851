"""The best, the median and the worst cases of a test part, drawn with their points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from thirdeye.case.study import Study
from thirdeye.dataset.table import Dataset
from thirdeye.evaluation.derived_measurements import Derived, derive
from thirdeye.evaluation.landmark_evidence import length_unit, relative_unit
from thirdeye.evaluation.measurement_definitions import Definition
from thirdeye.evaluation.point_case import PointCase
from thirdeye.intake.pixels import load_image
from thirdeye.intake.volume_picture import windowed
from thirdeye.report.located.marked_points import framed, marked

FOLDER = "explanation/points"
Rank = Literal["best", "median", "worst"]
PER_RANK = 1


def draw_extremes(
    study: Study,
    dataset: Dataset,
    cases: Sequence[PointCase],
    definitions: Sequence[Definition],
    names: Sequence[str],
    *,
    folder: str = FOLDER,
) -> list[dict[str, Any]]:
    """Draw them into the study.

    Args:
        study: written to.
        dataset: where the images lie.
        cases: of the test part.
        definitions: what is measured; the lines of the first are drawn.
        names: of the landmarks.
        folder: of the study, where the pictures go.

    Returns:
        The entries ``drawn`` of the set.
    """
    found, drawn = [], []
    for rank, case in chosen_cases(cases):
        item = load_image(dataset.root, case.case)
        pixels = item.pixels if item.pixels.dtype == np.uint8 else windowed(item.pixels)
        one, other = (_measured(case, places, definitions, names) for places in (case.reference, case.found))
        drawn.append(
            marked(
                np.asarray(pixels, np.uint8),
                case.reference,
                case.found,
                spacing=item.spacing_mm or (1.0, 1.0),
                reference_lines=one[0].lines if one else (),
                found_lines=other[0].lines if other else (),
            )
        )
        found.append(_entry(rank, case, f"{folder}/{len(drawn):02d}-{rank}.png", one, other))
    for entry, png in zip(found, framed(drawn), strict=True):
        with study.writing(entry["picture"]) as path:
            path.write_bytes(png)
    return found


def chosen_cases(cases: Sequence[PointCase]) -> list[tuple[Rank, PointCase]]:
    """Rank and case, the best first, by the mean distance of the points; of few cases each once."""
    unit = relative_unit(length_unit(cases))
    scored = [(_mean(case, unit), case.case, place) for place, case in enumerate(cases)]
    ranked = [cases[place] for mean, _, place in sorted(scored) if np.isfinite(mean)]
    if len(ranked) < 3:
        return [("median", case) for case in ranked]
    per = min(PER_RANK, len(ranked) // 3)
    start = (len(ranked) - per) // 2
    chosen: list[tuple[Rank, PointCase]] = [("best", case) for case in ranked[:per]]
    chosen += [("median", case) for case in ranked[start : start + per]]
    return chosen + [("worst", case) for case in ranked[-per:]]


def _mean(case: PointCase, unit: str) -> float:
    distances = case.distances(unit)
    known = np.isfinite(distances)
    return float(distances[known].mean()) if known.any() else float("nan")


def _measured(
    case: PointCase, places: Any, definitions: Sequence[Definition], names: Sequence[str]
) -> list[Derived]:
    return derive(definitions, names, places, height=case.size[1], mm_per_px=case.mm_per_px)


def _entry(
    rank: Rank, case: PointCase, picture: str, one: Sequence[Derived], other: Sequence[Derived]
) -> dict[str, Any]:
    unit = "mm" if case.mm_per_px else "px"
    entry: dict[str, Any] = {"rank": rank, "case": case.case, "picture": picture, "unit": unit}
    entry |= {"mean_distance": _mean(case, unit), "measurement": None}
    if not one:
        return entry
    first = {"name": one[0].name, "unit": one[0].unit, "reference": one[0].value, "found": other[0].value}
    return entry | {"measurement": first}
