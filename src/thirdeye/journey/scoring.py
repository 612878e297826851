"""What each source says of the cases of one set: the network, and the traditional technique beside it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thirdeye.case.study import Study
from thirdeye.inference.calibration import apply
from thirdeye.inference.engine import Engine, joined
from thirdeye.inference.manifest import Manifest
from thirdeye.inference.views import see
from thirdeye.intake.workers import usable_cores
from thirdeye.journey.baseline import Baseline
from thirdeye.journey.material import VALIDATION_FILE, Material
from thirdeye.training.stacking import cross_fitted_stack, fit_stack

READING_BATCH = 32
COMBINED = "combined"

Table = NDArray[np.float64]


@dataclass(frozen=True)
class Scored:
    """Cases of one set with what each source says of them.

    Args:
        material: the set, or more than it.
        rows: of the material that are the set.
        network: (n, K) calibrated probabilities.
        traditional: (n, K) calibrated probabilities of the traditional technique; None where there are none.
        features: (n, C) the network's features of the upright image; None where they were not kept.
        others: name of each further source to its (n, K) calibrated probabilities: "combined" (the network
            and the traditional technique together), "learner:KIND", "simple", "clinical".
        members, by_view: (n, M, K) and (n, V, K) logits of each member and view; None where not kept.
    """

    material: Material
    rows: NDArray[np.int64]
    network: Table
    traditional: Table | None
    features: NDArray[np.float32] | None = None
    others: Mapping[str, Table] = field(default_factory=dict)
    members: NDArray[np.float32] | None = None
    by_view: NDArray[np.float32] | None = None

    @property
    def labels(self) -> NDArray[np.int64]:
        """Of the cases."""
        return self.material.labels[self.rows]

    def sources(self) -> Iterator[tuple[str, Table]]:
        """Every source with its table: the network, the traditional technique, the others."""
        yield "network", self.network
        if self.traditional is not None:
            yield "traditional", self.traditional
        yield from self.others.items()

    def at(self, positions: NDArray[np.integer]) -> Scored:
        """Some of the cases, in an order of their own.

        Args:
            positions: among the cases, 0 to n - 1.
        """

        def part(table: NDArray[Any] | None) -> Any:
            return None if table is None else table[positions]

        return Scored(
            self.material, self.rows[positions], self.network[positions], part(self.traditional),
            part(self.features), {name: table[positions] for name, table in self.others.items()},
            part(self.members), part(self.by_view),
        )  # fmt: skip

    @property
    def patients(self) -> NDArray[np.str_]:
        """Of the cases."""
        return self.material.patients[self.rows]


def score_validation(study: Study, development: Material, baseline: Baseline) -> Scored:
    """The validation cases as training left them."""
    rows, network = _validated(study)
    traditional = baseline.held_out(rows)
    others = {rival.source: rival.held_out(rows) for rival in baseline.rivals}
    labels, patients = development.labels[rows], development.patients[rows]
    together = cross_fitted_stack(
        network, traditional, labels, groups=patients, seed=0, multilabel=labels.ndim > 1
    )
    if together is not None:
        others[COMBINED] = together
    return Scored(development, rows, network, traditional, others=others)


def _validated(study: Study) -> tuple[NDArray[np.int64], Table]:
    """Rows of the development cases that were held out, and what the network said of them."""
    with np.load(study.path(VALIDATION_FILE), allow_pickle=False) as saved:
        return saved["rows"], saved["probabilities"]


def _together(study: Study, baseline: Baseline, network: Table, traditional: Table) -> Table:
    """Network and traditional technique, weighted on validation data.

    Args:
        study: with the network's validation probabilities.
        baseline: the traditional technique.
        network, traditional: of the cases to combine.
    """
    rows, said = _validated(study)
    labels = baseline.labels
    stack = fit_stack(said, baseline.held_out(rows), labels[rows], multilabel=labels.ndim > 1)
    return stack.predict(network, traditional)


def score_material(study: Study, material: Material, manifest: Manifest, baseline: Baseline | None) -> Scored:
    """Cases that no training saw, read as `thirdeye read` will read new ones.

    Args:
        study: with the reader.
        material: all its rows are read.
        manifest: of the reader.
        baseline: the traditional technique; None where it does not take part.
    """
    engine = Engine(study.path("model/model.onnx"), threads=usable_cores())
    passes = [
        see(engine, np.asarray(material.images[start : start + READING_BATCH]), manifest.views)
        for start in range(0, len(material.images), READING_BATCH)
    ]
    seen = joined(passes)
    network = apply(manifest.calibration, seen.logits)
    rows = np.arange(len(material.rows))
    kept: dict[str, Any] = {"features": seen.features, "members": seen.members, "by_view": seen.by_view}
    if baseline is None:
        return Scored(material, rows, network, None, **kept)
    traditional, rivals = baseline.judge(material)
    together = _together(study, baseline, network, traditional)
    return Scored(material, rows, network, traditional, others={COMBINED: together, **rivals}, **kept)


DECIDED = "decided"


class Naming(Protocol):
    """The part of a plan that names the classes."""

    @property
    def classes(self) -> tuple[str, ...]:
        """In output order."""


def predictions_csv(
    plan: Naming,
    sets: Iterable[tuple[str, Scored]],
    decided: tuple[pd.DataFrame, Table] | None = None,
    *,
    of: str = "test",
) -> str:
    """One row per case, set and source.

    Args:
        plan: names the classes.
        sets: name of each set to what the sources say of its images.
        decided: of one set, where several images or clinical variables are taken together: the first
            image of each case, and the reader's last word on the case; the source is then `DECIDED`.
        of: name of that set.
    """
    stream = io.StringIO()
    writer = csv.writer(stream)  # RFC 4180 line ends: names with line breaks are quoted
    writer.writerow(
        [
            "case",
            "patient",
            "split",
            "fold",
            "label",
            "source",
            *(f"probability_{name}" for name in plan.classes),
        ]
    )
    for name, scored in sets:
        for source, table in scored.sources():
            for row, values in zip(scored.rows, table, strict=True):
                facts = scored.material.rows.iloc[row]
                writer.writerow(_prediction(facts, name, source, values))
    if decided is not None:
        first, said = decided
        for number, values in enumerate(said):
            writer.writerow(_prediction(first.iloc[number], of, DECIDED, values))
    return stream.getvalue()


def _prediction(facts: pd.Series[Any], name: str, source: str, values: Iterable[float]) -> list[str]:
    known = [facts["case"], facts["patient"], name, facts["fold"], facts["label"], source]
    return [*known, *(f"{value:.6g}" for value in values)]
