"""The table of measures in docs/evidence.md against the code: neither may hold what the other lacks."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from thirdeye.evaluation.box_evidence import box_evidence
from thirdeye.evaluation.box_points import choose_box_points
from thirdeye.evaluation.box_set import box_set
from thirdeye.evaluation.boxes import BoxCase
from thirdeye.evaluation.conformal_coverage import coverage_metric, mean_set_size
from thirdeye.evaluation.deferral_effect import effect_of_deferral
from thirdeye.evaluation.evidence import evaluate_set
from thirdeye.evaluation.landmark_evidence import landmark_evidence
from thirdeye.evaluation.mask_evidence import mask_evidence
from thirdeye.evaluation.mask_scores import TOLERANCE_MM, score_masks
from thirdeye.evaluation.measurement_definitions import read_definitions
from thirdeye.evaluation.measurement_evidence import measured_values, measurement_evidence
from thirdeye.evaluation.pixel_auc import pixel_auc, pixel_counts
from thirdeye.evaluation.point_case import PointCase
from thirdeye.evaluation.risk_coverage import compare_certainties
from thirdeye.evaluation.type_evidence import type_evidence
from thirdeye.report.located.measures import located_measure
from thirdeye.report.names import MEASURES

PAGE = Path(__file__).parents[2] / "docs" / "evidence.md"
ROW = re.compile(r"^\| `(?P<name>\w+)` \| `(?P<function>evaluation\.[\w.]+)` \|", re.MULTILINE)
FUNCTION = re.compile(r"`(evaluation\.\w+\.\w+)`")


def names_in(tree: Any) -> Iterator[str]:
    """Names of all metric objects of an entry, in whatever block."""
    if isinstance(tree, dict):
        if {"name", "ci_method", "status"} <= set(tree):
            yield tree["name"]
        for value in tree.values():
            yield from names_in(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from names_in(value)


def emitted() -> set[str]:
    """Every name that `evaluate_set` gives for any task, a set with an empty cell included."""
    rng = np.random.default_rng(1)
    found: set[str] = set()
    for task, k in (("binary", 2), ("multiclass", 3), ("ordinal", 3), ("multilabel", 3)):
        y = rng.integers(0, k, 60)
        p = np.eye(k)[y] * 0.8 + rng.random((60, k))
        p = np.clip(p / 1.9, 0, 1) if task == "multilabel" else p / p.sum(axis=1, keepdims=True)
        entry = evaluate_set(
            labels=np.eye(k, dtype=int)[y] if task == "multilabel" else y, probabilities=p,
            classes=["a", "b", "c"][:k], task=task, positive="b" if task == "binary" else None, clusters=None,
            unit="image", excluded=None, n_resamples=20,
            operating_points=[{"name": "none", "threshold": 0.999, "origin": "prespecified"}]
            if task == "binary" else [],
        )  # fmt: skip
        found |= set(names_in(entry))
    return found | masks_emitted() | boxes_emitted() | points_emitted() | uncertainty_emitted()


def uncertainty_emitted() -> set[str]:
    """Every name of sets, certainty and deferral."""
    losses, certainty = [1, 0, 0, 1], [0.1, 0.9, 0.8, 0.4]
    compared = compare_certainties(losses, {"a": certainty, "b": certainty[::-1]}, n_resamples=5)
    both = [*compared.areas.values(), *compared.differences.values()]
    effect = effect_of_deferral([True, False, False, False], losses)
    shares = [coverage_metric([True], coverage=0.9), mean_set_size(np.ones((3, 2), bool))]
    return {metric.name for metric in [*both, *shares, *effect["rule"]]}


def masks_emitted() -> set[str]:
    """Every name that the evidence of a segmentation holds, with pieces and with pixels ranked."""
    rng = np.random.default_rng(2)
    scores = []
    for case in range(6):
        truth = np.zeros((24, 24), np.uint8)
        if case:
            truth[3:9, 3:9] = truth[14:20, 12:20] = 1
        found = np.roll(truth, int(rng.integers(0, 3)), axis=0)
        scores += score_masks(f"c{case}", truth, found, structures=("a",), spacing=(1.0, 1.0))
    entry = mask_evidence(
        scores, structures=("a",), clusters=None, unit="mm", tolerance=TOLERANCE_MM, n_resamples=20
    )
    counts = {name: pixel_counts(rng.normal(size=50), rng.random(50) < 0.4) for name in "abcd"}
    return {*names_in(entry), pixel_auc(counts, clusters=None).name}


def boxes_emitted() -> set[str]:
    """Every name that the evidence of a detection holds, with patients known and unknown."""
    cases = [
        BoxCase("a", [[0, 0, 9, 9]], [0], [[0, 0, 9, 9]], [0.9], [0]), BoxCase("b", [], [], [], [], [])
    ]  # fmt: skip
    found: set[str] = set()
    for clusters in (None, {"a": "p", "b": "q"}):
        boxes = box_set(cases, classes=("cell",), clusters=clusters)
        entry = box_evidence(boxes, points=choose_box_points(boxes), n_resamples=20)
        found |= set(names_in(entry))
    return found


def points_emitted() -> set[str]:
    """Every name that the evidence of landmarks holds, with and without spacing."""
    names = [f"point {i}" for i in range(12)]
    kinds = [
        {"name": "Cobb", "kind": "cobb_3"},
        {
            "name": "width",
            "kind": "distance",
            "points": names[:2],
            "types_unit": "px",
            "types": [{"name": "low", "below": 9}, {"name": "high"}],
        },
        {"name": "share", "kind": "ratio", "lines": [names[:2], names[2:4]]},
    ]
    definitions = read_definitions({"measurements": kinds}, names, source="m.json")
    rng = np.random.default_rng(1)
    found: set[str] = set()
    for spacing in (None, (1.0, 1.0)):
        cases = [PointCase(str(i), str(i), *rng.random((2, 12, 2)) * 30, (40, 40), spacing) for i in range(3)]
        values = measured_values(cases, definitions, names)
        found |= set(names_in(landmark_evidence(cases, names=names, patients_known=True, n_resamples=20)))
        found |= set(names_in(measurement_evidence(values, definitions, patients_known=True, n_resamples=20)))
        found |= set(names_in(type_evidence(values, definitions, patients_known=True, n_resamples=20)))
    return found


@pytest.fixture(scope="module")
def rows() -> dict[str, str]:
    return {row["name"]: row["function"] for row in ROW.finditer(PAGE.read_text(encoding="utf-8"))}


def test_every_measure_has_a_line_and_every_line_a_measure(rows) -> None:
    assert set(rows) == emitted()


def test_every_function_is_there() -> None:
    named = set(FUNCTION.findall(PAGE.read_text(encoding="utf-8")))
    assert len(named) > 20
    for path in named:
        module, function = path.rsplit(".", 1)
        assert callable(getattr(importlib.import_module(f"thirdeye.{module}"), function)), path


def test_the_report_has_a_name_for_every_measure(rows) -> None:
    named = set(MEASURES) | {name for name in rows if located_measure(name)}
    assert sorted(set(rows) - named - {"ece_equal_width_10", "ece_equal_mass_10"}) == []
