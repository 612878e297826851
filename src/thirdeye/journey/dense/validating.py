"""`validate` for a segmentation: every test case read once, scored structure by structure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.case.study import Study
from thirdeye.case.volume import Volume
from thirdeye.dataset.masks_file import MaskTable
from thirdeye.dataset.table import Dataset
from thirdeye.evaluation.document import evaluation_document
from thirdeye.evaluation.mask_comparison import compare_observers
from thirdeye.evaluation.mask_evidence import mask_evidence
from thirdeye.evaluation.mask_scores import TOLERANCE_MM, MaskScore, score_masks
from thirdeye.inference.dense.manifest import DenseManifest, read_dense_manifest
from thirdeye.inference.dense.second_reader import open_members
from thirdeye.inference.dense.segment import Reader, segment
from thirdeye.journey.dense.material import (
    load_item,
    own_labels,
    read_dense_plan,
    read_masks,
    rows_with_masks,
)
from thirdeye.journey.ledger import usable_cores
from thirdeye.journey.material import VALIDATION_FILE
from thirdeye.plan.dense.plan import DensePlan
from thirdeye.training.event import Event, Listener
from thirdeye.transform.dense.prepare import Prepared, own_grid, prepared
from thirdeye.transform.dense.tidy import tidied

PREDICTIONS_COLUMNS = ("case", "patient", "split", "structure", "source", "dice", "hd95_max_of_directed")


@dataclass(frozen=True)
class ReadCase:
    """A case with label maps on its own grid: the reference, the network's, and those of other readers."""

    name: str
    patient: str
    item: Image | Volume
    reference: NDArray[np.uint8]
    network: NDArray[np.uint8]
    others: dict[str, NDArray[np.uint8]]


def evaluate_dense(study: Study, dataset: Dataset, *, tell: Listener) -> tuple[dict[str, Any], str]:
    """The evidence of a segmentation, and the table of single cases as CSV.

    Args:
        study: with a trained reader.
        dataset: of the study.
        tell: hears how it goes.
    """
    plan, masks = read_dense_plan(study), read_masks(study)
    manifest = read_dense_manifest(study)
    reader = open_members(study, manifest, threads=usable_cores())
    known = dataset.group != "image"
    excluded = dataset.rows.loc[dataset.rows["split"] == "excluded", "excluded_because"].value_counts()
    sets, rows = {}, []
    readings = {
        "test": _test(dataset, masks, manifest, reader, plan, tell),
        "validation": _validation(study, dataset, masks, manifest, plan),
    }
    for name, cases in readings.items():
        scored = _Scored(plan, known, {str(why): int(n) for why, n in excluded.items()})
        for case in cases:
            scored.add(case)
        if scored.network:
            sets[name] = scored.evidence()
            rows += scored.table(name)
    document = evaluation_document(
        task=plan.task, positive=None, unit="image", classes=plan.classes, sets=sets
    )
    return document, _csv(rows)


class _Scored:
    """Scores of the cases of one set, gathered one by one so that label maps need not be kept."""

    def __init__(self, plan: DensePlan, patients_known: bool, excluded: dict[str, int]) -> None:
        self.plan, self.patients_known, self.excluded = plan, patients_known, excluded
        self.network: list[MaskScore] = []
        self.others: dict[str, list[MaskScore]] = {}
        self.patients: dict[str, str] = {}
        self.unit = "px"

    def add(self, case: ReadCase) -> None:
        """Score one case."""
        spacing = spacing_of(case.item)
        self.unit = "px" if spacing is None else "mm"
        common: dict[str, Any] = {"structures": self.plan.classes, "spacing": spacing}
        self.patients[case.name] = case.patient
        self.network += score_masks(case.name, case.reference, case.network, **common)
        for name, labels in case.others.items():
            self.others.setdefault(name, []).extend(score_masks(case.name, case.reference, labels, **common))

    def evidence(self) -> dict[str, Any]:
        """The entry of the set, with other readers beside the network."""
        entry = self._evidence(self.network)
        entry["readers"] = [
            {
                "name": f"annotator {name}",
                **_brief(self._evidence(scores)),
                "differences": compare_observers(
                    self.network,
                    scores,
                    structures=self.plan.classes,
                    name=name,
                    seed=self.plan.seed,
                    clusters=self.patients if self.patients_known else None,
                ),
            }
            for name, scores in self.others.items()
        ]
        return entry

    def _evidence(self, scores: list[MaskScore]) -> dict[str, Any]:
        return mask_evidence(
            scores, structures=self.plan.classes, clusters=self.patients if self.patients_known else None,
            unit=self.unit, tolerance=TOLERANCE_MM, excluded=self.excluded, seed=self.plan.seed,
        )  # fmt: skip

    def table(self, split: str) -> list[list[Any]]:
        """Rows of ``predictions.csv``."""
        sources = {"network": self.network, **{f"annotator {name}": s for name, s in self.others.items()}}
        return [
            [score.case, self.patients[score.case], split, score.structure, source, score.dice,
             score.hd95_max_of_directed]
            for source, scores in sources.items()
            for score in scores
        ]  # fmt: skip


def spacing_of(item: Image | Volume) -> tuple[float, ...] | None:
    """Distances of neighbours on an image's own grid in mm; None where unknown."""
    return item.spacing_mm if isinstance(item, Image) else item.geometry.spacing_mm


def _test(
    dataset: Dataset,
    masks: MaskTable,
    manifest: DenseManifest,
    reader: Reader,
    plan: DensePlan,
    tell: Listener,
) -> Iterator[ReadCase]:
    """Test cases, read as `thirdeye read` reads new ones."""
    rows = rows_with_masks(dataset, masks, "test")
    for done, (_, row) in enumerate(rows.iterrows()):
        item = load_item(dataset, row["image"])
        found = segment(
            reader, prepared(item, manifest.preparation), manifest.windows, dict(manifest.tidying),
            n_structures=len(plan.classes),
        )  # fmt: skip
        yield _case(dataset, masks, row, item, found)
        tell(Event("progress", "test cases read", (done + 1) / len(rows)))


def _validation(
    study: Study, dataset: Dataset, masks: MaskTable, manifest: DenseManifest, plan: DensePlan
) -> Iterator[ReadCase]:
    """Validation cases as training left them."""
    rows = rows_with_masks(dataset, masks, "train", "validation")
    with np.load(study.path(VALIDATION_FILE), allow_pickle=False) as saved:
        for name in sorted(saved.files, key=lambda name: int(name.removeprefix("case_"))):
            row = rows.iloc[int(name.removeprefix("case_"))]
            item = load_item(dataset, row["image"])
            seen = Prepared(np.zeros((1, *saved[name].shape), np.float32), item)
            yield _case(
                dataset, masks, row, item, tidied(own_grid(seen, saved[name]), dict(manifest.tidying))
            )


def _case(
    dataset: Dataset, masks: MaskTable, row: Any, item: Image | Volume, found: NDArray[np.uint8]
) -> ReadCase:
    first, *others = masks.annotators
    image = str(row["image"])
    return ReadCase(
        name=str(row["case"]),
        patient=str(row["patient"]),
        item=item,
        reference=own_labels(dataset, masks, image, item, first),
        network=found,
        others={
            name: own_labels(dataset, masks, image, item, name) for name in others if masks.of(image, name)
        },
    )


def _brief(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: entry[name] for name in ("n", "n_patients", "metrics")}


def _csv(rows: Iterable[list[Any]]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(PREDICTIONS_COLUMNS)
    for row in rows:
        writer.writerow(
            ["" if value is None else f"{value:.6g}" if isinstance(value, float) else value for value in row]
        )
    return stream.getvalue()
