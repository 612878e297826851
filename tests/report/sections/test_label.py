"""The label beside the masks, in the summary."""

from __future__ import annotations

from typing import Any

import pytest

from thirdeye.report.sections.label import label_sentence
from thirdeye.report.sets import EvidenceSet


def part(label: Any) -> EvidenceSet:
    return EvidenceSet("test", {"label": label}, "image", "patient")


def metric(name: str, value: float | None, **more: Any) -> dict[str, Any]:
    status = "undefined" if value is None else "ok"
    return {
        "name": name,
        "value": value,
        "ci_low": 0.5,
        "ci_high": 0.9,
        "status": status,
        "class": None,
        **more,
    }


def test_the_headline_of_the_label_is_told() -> None:
    metrics = [metric("accuracy", 0.8), metric("auc", 0.75)]
    said = label_sentence(part({"classes": ["benign", "malignant"], "metrics": metrics}))
    assert said.startswith("The same network tells the label of a case (benign or malignant): AUC 0.750 (95%")
    assert said.endswith("interval 0.500 to 0.900).")


def test_what_is_undefined_or_of_one_class_is_passed_over() -> None:
    metrics = [metric("auc", None), metric("auc_macro", 0.9, **{"class": "a"}), metric("accuracy", 0.8)]
    assert ": Accuracy 80.0% (" in label_sentence(part({"classes": ["a", "b"], "metrics": metrics}))


@pytest.mark.parametrize("label", [None, {"classes": ["a", "b"], "metrics": []}])
def test_without_a_label_nothing_is_said(label: Any) -> None:
    assert label_sentence(part(label)) == ""
