"""`validate` for a segmentation: every test case read once, scored structure by structure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
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
from thirdeye.evaluation.mask_evidence import main_unit, mask_evidence
from thirdeye.evaluation.mask_scores import TOLERANCE_MM, MaskScore, score_masks
from thirdeye.evaluation.mask_versus import compare_masks
from thirdeye.evaluation.pixel_auc import Counts, pixel_auc, pixel_counts
from thirdeye.inference.dense.manifest import DenseManifest, read_dense_manifest
from thirdeye.inference.dense.second_reader import open_members
from thirdeye.inference.dense.segment import Reader, segment, segment_scored
from thirdeye.intake.workers import usable_threads
from thirdeye.journey.dense.drawing import FOLDER, Packed, chosen_cases, draw_case, drawn_entry
from thirdeye.journey.dense.label import LABEL_PREDICTIONS, label_evidence
from thirdeye.journey.dense.material import (
    load_item,
    own_field,
    own_labels,
    read_dense_plan,
    read_fields,
    read_masks,
    rows_with_masks,
)
from thirdeye.journey.dense.rivalry import NAME, Rival, fit_rival
from thirdeye.journey.material import VALIDATION_FILE
from thirdeye.plan.dense.plan import DensePlan
from thirdeye.training.event import Event, Listener
from thirdeye.transform.dense.prepare import Prepared, own_grid, prepared
from thirdeye.transform.dense.tidy import tidied

PREDICTIONS_COLUMNS = (
    "case",
    "patient",
    "split",
    "structure",
    "source",
    "dice",
    "hd95_max_of_directed",
    "unit",
    "marked",
)


@dataclass(frozen=True)
class ReadCase:
    """A case with label maps on its own grid: the reference, the network's, other readers', the rival's."""

    name: str  # its image, of which a case may have several
    patient: str
    item: Image | Volume
    reference: NDArray[np.uint8]
    network: NDArray[np.uint8]
    others: dict[str, NDArray[np.uint8]]
    field: NDArray[np.bool_] | None = None  # where the picture is; nothing counts outside
    rival: NDArray[np.uint8] | None = None  # the traditional technique's
    odds: NDArray[np.float32] | None = None  # log odds of each pixel, of a reader of one structure
    pixels: Counts | None = None  # the same, counted on the grid that the network saw


def evaluate_dense(study: Study, dataset: Dataset, *, tell: Listener) -> tuple[dict[str, Any], str]:
    """The evidence of a segmentation, and the table of single cases as CSV.

    Args:
        study: with a trained reader.
        dataset: of the study.
        tell: hears how it goes.
    """
    plan, masks = read_dense_plan(study), read_masks(study)
    manifest = read_dense_manifest(study)
    reader = open_members(study, manifest, threads=usable_threads())
    rival = fit_rival(study, dataset, masks, plan, threads=usable_threads(), tell=tell)
    known = dataset.group != "image"
    excluded = dataset.rows.loc[dataset.rows["split"] == "excluded", "excluded_because"].value_counts()
    sets, rows = {}, []
    readings = {
        "test": read_test(dataset, masks, read_fields(study), manifest, reader, plan, rival, tell),
        "validation": _validation(study, dataset, masks, manifest, plan),
    }
    for name, cases in readings.items():
        scored = Scored(plan, known, {str(why): int(n) for why, n in excluded.items()})
        for case in cases:
            scored.add(case)
        if scored.network:
            sets[name] = scored.evidence()
            rows += scored.table(name)
            if name == "test" and rival is not None:
                sets[name]["comparisons"] = scored.against(rival)
            if name == "test":
                sets[name]["drawn"] = draw_chosen(study, dataset, masks, scored)
    labels, table = label_evidence(study, dataset, masks, manifest, plan, tell=tell)
    for name, entry in labels.items():
        if name in sets:  # a set without a readable case has no entry
            sets[name]["label"] = entry
    if table:
        study.write_text(LABEL_PREDICTIONS, table)
    document = evaluation_document(
        task=plan.task, positive=None, unit="image", classes=plan.classes, sets=sets
    )
    return document, table_csv(rows)


class Scored:
    """Scores of the cases of one set, gathered one by one so that label maps need not be kept."""

    def __init__(
        self,
        plan: DensePlan,
        patients_known: bool,
        excluded: dict[str, int],
        structures: Sequence[str] | None = None,
    ) -> None:
        self.plan, self.patients_known, self.excluded = plan, patients_known, excluded
        self.structures = tuple(plan.classes if structures is None else structures)  # that are measured
        self.network: list[MaskScore] = []
        self.others: dict[str, list[MaskScore]] = {}
        self.patients: dict[str, str] = {}
        self.rival: list[MaskScore] = []
        self.crossed: dict[str, list[MaskScore]] = {}
        self.packed: dict[str, Packed] = {}
        self.pixels: dict[str, Counts] = {}
        self.axes = 2

    def add(self, case: ReadCase) -> None:
        """Score one case."""
        spacing = spacing_of(case.item)
        self.axes = case.reference.ndim

        def scored(name: str, reference: NDArray[np.uint8], found: NDArray[np.uint8]) -> list[MaskScore]:
            every = score_masks(name, reference, found, structures=self.plan.classes, spacing=spacing)
            return [one for one in every if one.structure in self.structures]

        self.patients[case.name] = case.patient
        self.packed[case.name] = Packed.of(case.network)
        self.network += scored(case.name, case.reference, case.network)
        if case.odds is not None:
            self.pixels[case.name] = pixel_counts(case.odds, case.reference == 1, case.field)
        elif case.pixels is not None:
            self.pixels[case.name] = case.pixels
        if case.rival is not None:
            self.rival += scored(case.name, case.reference, case.rival)
        for name, labels in case.others.items():
            self.others.setdefault(name, []).extend(scored(case.name, case.reference, labels))
            crossed = self.crossed.setdefault(name, [])
            crossed.extend(scored(case.name, labels, case.network))

    def evidence(self) -> dict[str, Any]:
        """The entry of the set, with other readers beside the network."""
        entry = self._evidence(self.network)
        if self.pixels:
            clusters = self.patients if self.patients_known else None
            area = pixel_auc(self.pixels, clusters=clusters, class_name=self.plan.classes[0])
            entry["metrics"].append(area.as_json())
        entry["readers"] = [
            {
                "name": f"annotator {name}",
                **_brief(self._evidence(scores)),
                "differences": compare_observers(
                    self.network,
                    scores,
                    structures=self.structures,
                    name=name,
                    crossed=self.crossed[name],
                    seed=self.plan.seed,
                    clusters=self.patients if self.patients_known else None,
                ),
            }
            for name, scores in self.others.items()
        ]
        return entry

    def against(self, rival: Rival) -> list[dict[str, Any]]:
        """The comparison with the traditional technique, on the cases that it read."""
        read = {score.case for score in self.rival}
        entry = compare_masks(
            [score for score in self.network if score.case in read], self.rival,
            structures=self.structures, clusters=self.patients if self.patients_known else None,
            names=("network", NAME),
        )  # fmt: skip
        return [] if entry is None else [entry | {"kind": "traditional", "description": rival.description}]

    def _evidence(self, scores: list[MaskScore]) -> dict[str, Any]:
        unit = main_unit(self.network)
        return mask_evidence(
            scores, structures=self.structures, clusters=self.patients if self.patients_known else None,
            unit=unit, size_unit=f"mm{self.axes}" if unit == "mm" else "px", tolerance=TOLERANCE_MM,
            excluded=self.excluded, seed=self.plan.seed,
        )  # fmt: skip

    def table(self, split: str) -> list[list[Any]]:
        """Rows of ``predictions.csv``."""
        sources = {
            "network": self.network,
            NAME: self.rival,
            **{f"annotator {name}": s for name, s in self.others.items()},
        }
        return [
            [score.case, self.patients[score.case], split, score.structure, source, score.dice,
             score.hd95_max_of_directed, score.unit, "yes" if score.there else "no"]
            for source, scores in sources.items()
            for score in scores
        ]  # fmt: skip


def spacing_of(item: Image | Volume) -> tuple[float, ...] | None:
    """Distances of neighbours on an image's own grid in mm; None where unknown."""
    return item.spacing_mm if isinstance(item, Image) else item.geometry.spacing_mm


def read_test(
    dataset: Dataset,
    masks: MaskTable,
    fields: Mapping[str, str],
    manifest: DenseManifest,
    reader: Reader,
    plan: DensePlan,
    rival: Rival | None,
    tell: Listener,
) -> Iterator[ReadCase]:
    """Test cases, read as `thirdeye read` reads new ones."""
    rows = rows_with_masks(dataset, masks, "test")
    for done, (_, row) in enumerate(rows.iterrows()):
        item = load_item(dataset, row["image"])
        seen, tidying = prepared(item, manifest.preparation), dict(manifest.tidying)
        if len(plan.classes) == 1 and isinstance(item, Image):
            found, odds = segment_scored(reader, seen, manifest.windows, tidying)
        else:
            found = segment(reader, seen, manifest.windows, tidying, n_structures=len(plan.classes))
            odds = None
        case = _case(dataset, masks, fields, row, item, found)
        other = None if rival is None else rival.read(seen)
        if other is not None and case.field is not None:
            other = np.where(case.field, other, 0).astype(np.uint8)
        yield replace(case, odds=odds, rival=other)
        tell(Event("progress", "test cases read", (done + 1) / len(rows)))


def _validation(
    study: Study, dataset: Dataset, masks: MaskTable, manifest: DenseManifest, plan: DensePlan
) -> Iterator[ReadCase]:
    """Validation cases as training left them."""
    rows, fields = rows_with_masks(dataset, masks, "train", "validation"), read_fields(study)
    with np.load(study.path(VALIDATION_FILE), allow_pickle=False) as saved:
        numbers = [int(name.removeprefix("case_")) for name in saved.files if name.startswith("case_")]
        for number in sorted(numbers):
            row, labels = rows.iloc[number], saved[f"case_{number}"]
            item = load_item(dataset, row["image"])
            seen = Prepared(np.zeros((1, *labels.shape), np.float32), item)
            found = tidied(own_grid(seen, labels), dict(manifest.tidying))
            pixels = saved.get(f"pixels_{number}")  # of a study of an earlier version: none
            yield replace(_case(dataset, masks, fields, row, item, found), pixels=pixels)


def _case(
    dataset: Dataset, masks: MaskTable, fields: Mapping[str, str], row: Any, item: Image | Volume,
    found: NDArray[np.uint8],
) -> ReadCase:  # fmt: skip
    first, *others = masks.annotators
    image = str(row["image"])
    field = own_field(dataset, fields, image, item)

    def inside(labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        return labels if field is None else np.where(field, labels, 0).astype(np.uint8)

    return ReadCase(
        name=image,
        patient=str(row["patient"]),
        item=item,
        reference=inside(own_labels(dataset, masks, image, item, first)),
        network=inside(found),
        field=field,
        others={
            name: inside(own_labels(dataset, masks, image, item, name))
            for name in others
            if masks.of(image, name)
        },
    )


def draw_chosen(
    study: Study, dataset: Dataset, masks: MaskTable, scored: Scored, *, folder: str = FOLDER
) -> list[dict[str, Any]]:
    """The best, median and worst case of each structure, as pictures in a folder of the study."""
    found = []
    for number, (structure, rank, score) in enumerate(chosen_cases(scored.network, scored.structures), 1):
        item = load_item(dataset, score.case)
        reference = own_labels(dataset, masks, score.case, item, masks.annotators[0])
        picture = draw_case(
            study, item, reference, scored.packed[score.case].labels(),
            number=scored.plan.classes.index(structure) + 1, name=f"{number:02d}_{rank}", folder=folder,
        )  # fmt: skip
        found.append(drawn_entry(structure, rank, score, picture, isinstance(item, Volume)))
    return found


def _brief(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: entry[name] for name in ("n", "n_patients", "metrics")}


def table_csv(rows: Iterable[list[Any]]) -> str:
    """Content of ``predictions.csv``."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(PREDICTIONS_COLUMNS)
    for row in rows:
        writer.writerow(
            ["" if value is None else f"{value:.6g}" if isinstance(value, float) else value for value in row]
        )
    return stream.getvalue()
