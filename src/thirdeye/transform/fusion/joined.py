"""Networks' features and clinical columns in one table, decided by margins or trees. No scikit-learn."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import StudyMismatch

Table = NDArray[np.float64]
TECHNIQUES = ("svm", "boosting")


@dataclass(frozen=True)
class Margins:
    """A linear support vector machine on columns that are scaled to 0..1 of what was learnt from.

    Args:
        low, span: (D,) subtracted and divided by.
        weight: (K, D), or (1, D) for two classes.
        bias: (K,) or (1,).
    """

    NAMES: ClassVar = ("low", "span", "weight", "bias")
    low: Table
    span: Table
    weight: Table
    bias: Table

    def scores(self, table: Table) -> Table:
        """(n, K) or (n, 1) from (n, D)."""
        return np.asarray((table - self.low) / self.span @ self.weight.T + self.bias)


@dataclass(frozen=True)
class Trees:
    """Boosted regression trees (Friedman, Annals of Statistics 29, 2001).

    A case starts at node 0 and goes left where its column is at most the threshold; a negative column is a
    leaf. Columns are compared in single precision, as they were when the trees grew.

    Args:
        start: (K,) or (1,) score before any tree.
        output: (T,) which score a tree adds to.
        column, left, right: (T, N) of the nodes.
        threshold, value: (T, N); values count with the learning rate in them.
    """

    NAMES: ClassVar = ("start", "output", "column", "left", "right", "threshold", "value")
    start: Table
    output: NDArray[np.int64]
    column: NDArray[np.int64]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    threshold: Table
    value: Table

    def scores(self, table: Table) -> Table:
        """(n, K) or (n, 1) from (n, D)."""
        found = np.tile(self.start, (len(table), 1))
        single, rows = table.astype(np.float32), np.arange(len(table))
        for tree, output in enumerate(self.output):
            found[:, output] += self.value[tree, self._leaves(tree, single, rows)]
        return found

    def _leaves(self, tree: int, table: NDArray[np.float32], rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """(n,) where the cases end up."""
        node = np.zeros(len(table), np.int64)
        column, threshold = self.column[tree], self.threshold[tree]
        while (column[node] >= 0).any():
            inner = column[node] >= 0
            goes_left = table[rows, column[node].clip(0)] <= threshold[node]
            node = np.where(inner, np.where(goes_left, self.left[tree][node], self.right[tree][node]), node)
        return node


MACHINES: dict[str, type[Margins] | type[Trees]] = {"svm": Margins, "boosting": Trees}


@dataclass(frozen=True)
class Part:
    """What was learnt from the learning cases of one fold.

    Args:
        columns: (F',) which features are used: those of networks that have not learnt from the fold's
            held-out cases; none where the clinical columns decide by themselves.
        mean, basis: (F',) and (F', P): features less the mean are projected on these directions; both empty
            where they are taken as they are.
        machine: over the projected features and the clinical columns, in this order.
    """

    columns: NDArray[np.int64]
    mean: Table
    basis: Table
    machine: Margins | Trees

    def logits(self, features: NDArray[np.floating], design: Table) -> Table:
        """(n, K) from features (n, all) and columns (n, D)."""
        seen = np.asarray(features, float)[:, self.columns]
        if self.basis.size:
            seen = (seen - self.mean) @ self.basis
        found = self.machine.scores(np.concatenate([seen, design], axis=1))
        return found if found.shape[1] > 1 else np.concatenate([-found / 2, found / 2], axis=1)


@dataclass(frozen=True)
class Joined:
    """The parts of all folds, the mean of whose logits decides.

    Args:
        technique: one of `TECHNIQUES`.
        parts: one a fold.
    """

    technique: str
    parts: tuple[Part, ...]

    def logits(self, features: NDArray[np.floating], design: Table) -> Table:
        """(n, K) from features (n, all) of the networks and encoded clinical columns (n, D)."""
        return np.asarray(np.mean([part.logits(features, design) for part in self.parts], axis=0))


def joined_to_bytes(models: Mapping[str, Joined]) -> bytes:
    """Several models by their names as one ``.npz``."""
    arrays: dict[str, NDArray[Any]] = {}
    for name, model in models.items():
        for index, part in enumerate(model.parts):
            stem = f"{name}.{index}."
            arrays |= {f"{stem}{one}": getattr(part, one) for one in ("columns", "mean", "basis")}
            arrays |= {f"{stem}{one}": getattr(part.machine, one) for one in part.machine.NAMES}
    stream = io.BytesIO()
    np.savez(stream, **arrays)  # type: ignore[arg-type]
    return stream.getvalue()


def joined_from_bytes(content: bytes, technique: str) -> dict[str, Joined]:
    """The models that `joined_to_bytes` wrote.

    Raises:
        StudyMismatch: it is something else.
    """
    try:
        machine = MACHINES[technique]
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            stems = sorted(
                {tuple(name.split(".")[:2]) for name in stored.files}, key=lambda one: (one[0], int(one[1]))
            )
            parts: dict[str, list[Part]] = {}
            for name, index in stems:
                own = {
                    one: stored[f"{name}.{index}.{one}"]
                    for one in ("columns", "mean", "basis", *machine.NAMES)
                }
                built = machine(**{one: own[one] for one in machine.NAMES})
                parts.setdefault(name, []).append(Part(own["columns"], own["mean"], own["basis"], built))
        return {name: Joined(technique, tuple(held)) for name, held in parts.items()}
    except (OSError, ValueError, KeyError, IndexError) as error:
        raise StudyMismatch(
            f"what joins images and variables is damaged in the model folder ({error}); train again"
        ) from error
