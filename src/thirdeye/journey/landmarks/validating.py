"""`validate` for landmarks: every test case read once, its points and what is measured from them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.case.study import Study
from thirdeye.dataset.regions_file import RegionTable
from thirdeye.dataset.table import Dataset
from thirdeye.evaluation.document import evaluation_document
from thirdeye.evaluation.inputs import check_clusters
from thirdeye.evaluation.landmark_comparison import compare_points
from thirdeye.evaluation.landmark_evidence import landmark_evidence, sdr_curve
from thirdeye.evaluation.measurement_definitions import Definition
from thirdeye.evaluation.measurement_evidence import (
    Values,
    measured_values,
    measurement_evidence,
    values_json,
)
from thirdeye.evaluation.point_case import PointCase
from thirdeye.evaluation.type_evidence import type_evidence, type_hits
from thirdeye.inference.landmarks.manifest import read_landmark_manifest
from thirdeye.inference.landmarks.measure import mm_per_px, study_measurements
from thirdeye.inference.landmarks.points import Points
from thirdeye.inference.landmarks.second_reader import open_finder
from thirdeye.intake.measurements import stated_values
from thirdeye.intake.pixels import load_image
from thirdeye.intake.workers import usable_threads
from thirdeye.journey.landmarks.material import (
    points_of_image,
    read_landmark_plan,
    read_landmarks,
    rows_with_points,
)
from thirdeye.journey.landmarks.pictures import draw_extremes
from thirdeye.journey.landmarks.rivals import PointRival, point_rivals
from thirdeye.journey.material import VALIDATION_FILE
from thirdeye.plan.landmarks.plan import LandmarkPlan
from thirdeye.training.event import Event, Listener

PREDICTIONS_COLUMNS = (
    "case", "patient", "split", "landmark", "source", "x", "y", "reference_x", "reference_y", "distance",
    "certainty",
)  # fmt: skip
NETWORK = "network"


@dataclass(frozen=True)
class Ground:
    """What every set is measured with."""

    dataset: Dataset
    table: RegionTable
    plan: LandmarkPlan
    definitions: tuple[Definition, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return self.table.names

    @property
    def patients_known(self) -> bool:
        return self.dataset.group != "image"

    @property
    def excluded(self) -> dict[str, int]:
        """Why images were left out, and how many."""
        rows = self.dataset.rows
        counts = rows.loc[rows["split"] == "excluded", "excluded_because"].value_counts()
        return {str(why): int(n) for why, n in counts.items()}


def evaluate_landmarks(study: Study, dataset: Dataset, *, tell: Listener) -> tuple[dict[str, Any], str]:
    """The evidence of landmarks, and the table of single points as CSV.

    Args:
        study: with a trained reader.
        dataset: of the study.
        tell: hears how it goes.
    """
    plan = read_landmark_plan(study)
    table = read_landmarks(study, plan)
    ground = Ground(dataset, table, plan, study_measurements(study, table.names))
    sets, rows = {}, []
    test = rows_with_points(dataset, table, "test")
    if len(test):
        cases = list(read_test(study, ground, test, tell))
        rivals = point_rivals(dataset, table, test, seed=plan.seed, tell=tell)
        sets["test"] = set_entry(ground, cases) | beside(ground, cases, test, rivals)
        rows += table_rows("test", NETWORK, cases, ground.names)
        for rival in rivals:
            rows += table_rows("test", rival.source, with_places(cases, rival.places), ground.names)
        sets["test"]["drawn"] = draw_extremes(study, dataset, cases, ground.definitions, ground.names)
    held_out = list(_validation(study, ground))
    if held_out:
        sets["validation"] = set_entry(ground, held_out)
        rows += table_rows("validation", NETWORK, held_out, ground.names)
    document = evaluation_document(
        task=plan.task, positive=None, unit="image", classes=plan.classes, sets=sets
    )
    return document, table_csv(rows)


def read_test(study: Study, ground: Ground, rows: pd.DataFrame, tell: Listener) -> Iterator[PointCase]:
    """Test cases, read as `thirdeye read` reads new ones."""
    finder = open_finder(study, read_landmark_manifest(study), threads=usable_threads())
    for done, (_, row) in enumerate(rows.iterrows()):
        item = load_image(ground.dataset.root, row["image"])
        yield point_case(ground, row, item, finder.find(item))
        tell(Event("progress", "test cases read", (done + 1) / len(rows)))


def _validation(study: Study, ground: Ground) -> Iterator[PointCase]:
    """Held-out development cases, as training left them."""
    if not study.has(VALIDATION_FILE):
        return
    rows = rows_with_points(ground.dataset, ground.table, "train", "validation")
    with np.load(study.path(VALIDATION_FILE), allow_pickle=False) as saved:
        places = sorted(
            int(name.removeprefix("points_")) for name in saved.files if name.startswith("points_")
        )
        for place in places:
            row = rows.iloc[place]
            item = load_image(ground.dataset.root, row["image"])
            yield point_case(ground, row, item, Points(saved[f"points_{place}"], saved[f"certainty_{place}"]))


def point_case(ground: Ground, row: Mapping[str, Any], item: Image, found: Points) -> PointCase:
    """A row of the dataset with what was found in its image."""
    image = str(row["image"])
    return PointCase(
        case=image,
        patient=str(row["patient"]),
        reference=points_of_image(ground.table, image, ground.table.annotators[0]),
        found=np.asarray(found.xy, np.float64),
        size=(item.width, item.height),
        mm_per_px=mm_per_px(item),
        certainty=tuple(float(one) for one in found.certainty),
        stated=stated_values(row, ground.definitions),
    )


def with_places(cases: Sequence[PointCase], places: NDArray[np.float64]) -> list[PointCase]:
    """The same cases with the points of another reader."""
    return [
        replace(case, found=own, certainty=()) for case, own in zip(cases, np.asarray(places), strict=True)
    ]


def set_entry(ground: Ground, cases: list[PointCase]) -> dict[str, Any]:
    """What is measured of a set, without what it is compared with."""
    how: dict[str, Any] = {"patients_known": ground.patients_known, "seed": ground.plan.seed}
    entry = landmark_evidence(cases, names=ground.names, excluded=ground.excluded, **how)
    if not ground.definitions:
        return entry
    values = measured_values(cases, ground.definitions, ground.names)
    for row, value in zip(entry["cases"], values, strict=True):
        row["measurements"] = values_json(value)
    entry["measurements"] = measurement_evidence(values, ground.definitions, **how)
    types = type_evidence(values, ground.definitions, **how)
    return entry if types is None else entry | {"types": types}


def beside(
    ground: Ground, cases: list[PointCase], test: pd.DataFrame, rivals: Sequence[PointRival]
) -> dict[str, Any]:
    """Other techniques and other people on the same cases."""
    compared, curves = [], {}
    for rival in rivals:
        theirs = with_places(cases, rival.places)
        entry = compared_points(ground, cases, theirs, (NETWORK, rival.name), rival.kind, rival.source)
        compared.append(entry | {"description": rival.description})
        curves[rival.name] = _curve(ground, theirs, cases)
    own = _curve_entry(ground, cases) | {"others": curves}
    return {"comparisons": compared, "sdr_curve": own, "readers": _readers(ground, cases, test)}


def compared_points(
    ground: Ground, mine: list[PointCase], theirs: list[PointCase], names: tuple[str, str],
    kind: str | None = None, source: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Two readers on the same cases, their points and what is measured from them."""
    ours, others = (measured_values(cases, ground.definitions, ground.names) for cases in (mine, theirs))
    return compare_points(
        mine, theirs, names=names, patients_known=ground.patients_known,
        angles=_angles(ground.definitions, ours, others), types=type_hits(ours, others, ground.definitions),
        kind=kind, source=source, seed=ground.plan.seed,
    )  # fmt: skip


def _angles(
    definitions: Sequence[Definition], ours: Sequence[Values], others: Sequence[Values]
) -> dict[str, tuple[str, Any]]:
    """Each measurement's unit and (n, 3) reference, first's and second's value; NaN where there is none."""
    found = {}
    for place, name in enumerate(output for one in definitions for output in one.outputs):
        rows = [
            [one.reference[place].value, one.found[place].value, other.found[place].value]
            for one, other in zip(ours, others, strict=True)
        ]
        found[name] = (ours[0].found[place].unit, np.array(rows, dtype=float))
    return found


def _readers(ground: Ground, cases: list[PointCase], test: pd.DataFrame) -> list[dict[str, Any]]:
    """Other people's points against the same reference, and the network's difference from them."""
    found = []
    for annotator in ground.table.annotators[1:]:
        drawn = set(ground.table.rows.loc[ground.table.rows["annotator"] == annotator, "image"])
        mine = [case for case in cases if case.case in drawn]
        if not mine:
            continue
        places = np.stack([points_of_image(ground.table, case.case, annotator) for case in mine])
        theirs, name = with_places(mine, places), f"annotator {annotator}"
        entry = set_entry(ground, theirs)
        found.append(
            {name_: entry[name_] for name_ in ("n", "n_patients", "metrics")}
            | {"name": name, "comparison": compared_points(ground, mine, theirs, (NETWORK, name))}
        )
    return found


def _curve_entry(ground: Ground, cases: list[PointCase], furthest: float | None = None) -> dict[str, Any]:
    patients = np.array([case.patient for case in cases]) if ground.patients_known else None
    groups = check_clusters(patients, len(cases))
    return sdr_curve(cases, groups=groups, seed=ground.plan.seed, furthest=furthest)


def _curve(ground: Ground, theirs: list[PointCase], mine: list[PointCase]) -> list[float]:
    furthest = _curve_entry(ground, mine)["distance"][-1]
    shares: list[float] = _curve_entry(ground, theirs, furthest)["share"]
    return shares


def table_rows(split: str, source: str, cases: Sequence[PointCase], names: Sequence[str]) -> list[list[Any]]:
    """Rows of ``predictions.csv``; distances in mm where the image states its spacing, else in pixels."""
    rows = []
    for case in cases:
        distances = case.distances("mm" if case.mm_per_px else "px")
        sure = case.certainty or (None,) * len(names)
        for name, found, reference, distance, certainty in zip(
            names, case.found, case.reference, distances, sure, strict=True
        ):
            rows.append([
                case.case, case.patient, split, name, source, *found, *reference, distance, certainty
            ])  # fmt: skip
    return rows


def table_csv(rows: Iterable[list[Any]]) -> str:
    """Content of ``predictions.csv``."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(PREDICTIONS_COLUMNS)
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    return stream.getvalue()


def _cell(value: Any) -> Any:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    return f"{value:.6g}" if isinstance(value, float) else value
