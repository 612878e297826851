"""The case flow: counts that add up to the evidence."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from thirdeye.report.evidence import read_evidence
from thirdeye.report.figures.flow import fitted
from thirdeye.report.sections.flow import case_flow


def test_answers_stand_beside_the_truth(make_study: Callable[..., Path]) -> None:
    evidence = read_evidence(make_study("binary"))
    assert evidence.dataset is not None
    found = case_flow(evidence, evidence.dataset)
    point = evidence.evaluation["sets"]["test"]["operating_points"][0]
    (tn, fp), (fn, tp) = point["confusion_matrix"]["counts"]  # benign comes first
    assert f"Called positive: {tp + fp}: {tp} in truth malignant, {fp} in truth benign." in found.alt
    assert f"Called negative: {tn + fn}: {fn} in truth malignant, {tn} in truth benign." in found.alt
    assert f"Read by the network: {tp + fp + tn + fn}." in found.alt
    assert f"{point['threshold']:.3g} or more" in found.caption


def test_several_classes_end_in_right_and_wrong(make_study: Callable[..., Path]) -> None:
    evidence = read_evidence(make_study("seven"))
    assert evidence.dataset is not None
    counts = evidence.evaluation["sets"]["test"]["confusion_matrix"]["counts"]
    right = sum(row[i] for i, row in enumerate(counts))
    said = case_flow(evidence, evidence.dataset).alt
    assert f"{right} named rightly, {sum(map(sum, counts)) - right} named wrongly" in said


def test_external_sets_have_their_own_branch(make_study: Callable[..., Path], tmp_path: Path) -> None:
    copy = Path(shutil.copytree(make_study("hostile_binary"), tmp_path / "copy"))
    content = json.loads((copy / "evaluation.json").read_text())
    outside = {**content["sets"]["test"], "within_envelope": {"n_abstained": 7}}
    content["sets"] |= {f"external:{name}": outside for name in ("Köln <2>", "b", "c")}
    (copy / "evaluation.json").write_text(json.dumps(content))
    evidence = read_evidence(copy)
    assert evidence.dataset is not None
    found = case_flow(evidence, evidence.dataset)
    assert "External: Köln <2>: " in found.alt
    assert "7 outside what it has seen" in found.alt
    assert "1 more external sets are not drawn" in found.caption
    assert "<2>" not in found.drawing.svg


@pytest.mark.parametrize(
    ("text", "shown"), [("short", "short"), ("x" * 40, "x" * 13 + "…"), ("肺" * 40, "肺" * 6 + "…"), ("", "")]
)
def test_lines_stay_in_their_box(text: str, shown: str) -> None:
    assert fitted(text, 1.0) == shown
