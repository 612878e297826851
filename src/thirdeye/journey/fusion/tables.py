"""What a reader says of whole cases, as `thirdeye read` decides new ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thirdeye.case.study import Study
from thirdeye.inference.assemble import pass_over
from thirdeye.inference.engine import Engine
from thirdeye.inference.fusion.model import CaseModel, Clinical, Images
from thirdeye.inference.fusion.variables import named_alike
from thirdeye.inference.manifest import Manifest
from thirdeye.intake.workers import usable_cores
from thirdeye.journey.fusion.candidates import compose_cases
from thirdeye.journey.fusion.cases import Cases, cases_of
from thirdeye.journey.scoring import Scored

Table = NDArray[np.float64]


@dataclass(frozen=True)
class CaseTables:
    """What each source says of the cases of one set.

    Args:
        first: (C,) row of the material that is the first image of each case.
        labels: (C,) of the cases, or (C, K).
        patients: (C,).
        n_images: behind them.
        images: (C, K) by the images.
        variables, together: (C, K); None without clinical variables.
        single: (C, K) by the first image of each case.
    """

    first: NDArray[np.int64]
    labels: NDArray[np.int64]
    patients: NDArray[np.str_]
    n_images: int
    images: Table
    variables: Table | None
    together: Table | None
    single: Table

    @property
    def n(self) -> int:
        """C."""
        return len(self.first)


def read_tables(place: Study, scored: Scored, manifest: Manifest, model: CaseModel) -> CaseTables:
    """What is said of the cases that the images of a set make.

    Args:
        place: the study.
        scored: the images as they were read.
        manifest, model: of its reader.
    """
    rows = scored.material.rows.iloc[scored.rows]
    cases = cases_of(rows, model.unit)
    features = np.empty((len(rows), 0), np.float32) if scored.features is None else scored.features
    images = Images(
        scored.network, cases.of_image, list(cases.views), features,
        lambda: _composed(place, scored, manifest, cases, model.views),
    )  # fmt: skip
    said = model.of_images(images)
    variables = together = None
    if model.clinical is not None:
        variables, together = _clinical(model, model.clinical, said, images, rows.iloc[cases.first])
    return CaseTables(
        scored.rows[cases.first], scored.labels[cases.first], scored.patients[cases.first], len(rows), said,
        variables, together, scored.network[cases.first],
    )  # fmt: skip


def _clinical(
    model: CaseModel, clinical: Clinical, said: Table, images: Images, first: pd.DataFrame
) -> tuple[Table | None, Table | None]:
    """By the variables alone, and by both; None where the data have none of them: the images decide then."""
    columns = named_alike([one.name for one in clinical.variables], list(map(str, first.columns)))
    if not columns:
        return None, None
    values = {ours: [str(value) for value in first[theirs]] for ours, theirs in columns.items()}
    together = clinical.with_images(said, values, images.case_features, multilabel=model.task == "multilabel")
    return clinical.by_themselves(values, len(first)), together


def _composed(
    place: Study, scored: Scored, manifest: Manifest, cases: Cases, views: Sequence[str]
) -> NDArray[np.float32]:
    pictures, whole = compose_cases(np.asarray(scored.material.images[scored.rows]), cases, views)
    engine = Engine(place.path(f"model/{manifest.onnx['file']}"), threads=usable_cores())
    features = pass_over(engine, pictures, np.arange(len(pictures))).features
    return np.where(whole[:, None], features, np.nan).astype(np.float32)
