"""External cases of several images, decided from all of them as the reader decides new ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.evidence import evaluate_set
from thirdeye.inference.fusion.model import CaseModel, read_case_model
from thirdeye.intake.words import counted
from thirdeye.journey.evaluated import EVALUATION_FILE, EXTERNAL
from thirdeye.journey.external.envelope import beside_inside
from thirdeye.journey.external.measuring import Read
from thirdeye.journey.external.shifting import discrimination_shift
from thirdeye.journey.fusion.cases import IMAGE, LESION, cases_of, names_lesions
from thirdeye.journey.fusion.measuring import DecidedCases, Reader, final_of, join_tables
from thirdeye.journey.fusion.tables import CaseTables, read_tables
from thirdeye.journey.scoring import Scored

TWO_LABELS = "its images have different labels"


@dataclass(frozen=True)
class Whole:
    """External cases that can be decided as wholes.

    Args:
        reader: who decides them.
        scored: their images.
        at: (n,) position of each image among all external images that were read.
        mixed: number of cases that were left out because their images have different labels.
    """

    reader: Reader
    scored: Scored
    at: NDArray[np.int64]
    mixed: int


def join_whole_cases(
    case: Read, entry: dict[str, Any], name: str, reasons: Sequence[str]
) -> DecidedCases | None:
    """Put "by_case" and "clinical" into the entry of an external set, where the reader decides cases.

    Args:
        case: the images as read.
        entry: of the set; changed.
        name: of the set ("external:NAME").
        reasons: per image why the reader would have said nothing, "" where it would speak.

    Returns:
        The last word on each case; None where each image is a case.
    """
    model = read_case_model(case.study, case.manifest)
    if model is None:
        return None
    why = _not_here(case, model)
    if why:
        entry["warnings"] = [why, *entry["warnings"]]
        return None
    whole = _whole(case, model)
    tables = read_tables(case.study, whole.scored, case.manifest, model)
    join_tables(entry, tables, whole.scored, whole.reader, patients_known=case.cases.patients_known)
    entry["warnings"] = [*_notes(model, tables, whole.mixed), *entry["warnings"]]
    if model.unit != IMAGE:
        _beside(case, entry["by_case"], whole, tables, name, np.array(reasons, dtype=object)[whole.at])
    return DecidedCases(model.unit, whole.scored.material.rows.iloc[tables.first], final_of(tables, model))


def _not_here(case: Read, model: CaseModel) -> str:
    """Why the external images cannot be put together, "" where they can."""
    if model.unit != LESION or names_lesions(case.cases.collection.group):
        return ""
    return (
        "The reader decides each lesion from all its images. No column of these data says which images are "
        "of one lesion, so each image was judged by itself; name one with --patient."
    )


def _whole(case: Read, model: CaseModel) -> Whole:
    """Images of cases with one label; the others belong to no case that could be right or wrong."""
    scored, rows = case.scored, case.scored.material.rows.iloc[case.scored.rows]
    of_image = cases_of(rows, model.unit).of_image
    labels = rows["label"].groupby(of_image).transform("nunique").to_numpy()
    at = np.flatnonzero(labels == 1)
    mixed = len(np.unique(of_image[labels > 1]))
    return Whole(Reader(case.plan, case.manifest, model), scored.at(at), at, mixed)


def _notes(model: CaseModel, tables: CaseTables, mixed: int) -> list[str]:
    said = []
    if mixed:
        said.append(f"{counted(mixed, model.unit)} left out of what is told per {model.unit}: {TWO_LABELS}.")
    if model.unit != IMAGE and tables.n == tables.n_images:
        said.append(f"No {model.unit} of these data has several images: each was decided by one.")
    clinical = model.clinical
    if clinical is not None and clinical.kept and tables.together is None:
        names = ", ".join(one.name for one in clinical.variables)
        said.append(
            f"The data have no column for the clinical variables of the reader ({names}): every decision is "
            "by the images alone."
        )
    return said


def _beside(
    case: Read, entry: dict[str, Any], whole: Whole, tables: CaseTables, name: str, reasons: NDArray[Any]
) -> None:
    """What belongs to an external set: cases outside the envelope, and the test part beside it."""
    if whole.mixed:
        entry["n_excluded"] = {**entry["n_excluded"], TWO_LABELS: whole.mixed}
    entry["within_envelope"] = _within(case, whole, tables, reasons)
    test = case.study.read_json(EVALUATION_FILE)["sets"]["test"].get("by_case")
    if test is not None:
        entry["discrimination"] = discrimination_shift(test, entry, name.removeprefix(EXTERNAL))


def _within(case: Read, whole: Whole, tables: CaseTables, reasons: NDArray[Any]) -> dict[str, Any]:
    """As `thirdeye read` decides a case: images outside do not count; with none left there is no opinion."""
    inside, model, plan = np.flatnonzero(reasons == ""), whole.reader.model, case.plan
    if len(inside) in (0, len(reasons)):
        n = tables.n if len(inside) else 0
        return beside_inside(n, tables.n, reasons, model.unit, None)
    left = read_tables(case.study, whole.scored.at(inside), case.manifest, model)
    entry = evaluate_set(
        labels=left.labels, probabilities=left.images, classes=list(plan.classes), task=plan.task,
        positive=plan.positive, clusters=left.patients if case.cases.patients_known else None,
        unit=model.unit, operating_points=[dict(point) for point in model.decided.operating_points],
        excluded={"outside the envelope": tables.n - left.n}, seed=plan.seed,
    )  # fmt: skip
    return beside_inside(left.n, tables.n, reasons, model.unit, entry)
