"""The evidence in a few lines: intervals everywhere, undefined in words."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from thirdeye.case.opinion import RESEARCH_USE
from thirdeye.cli.summary import evidence_text, spoken
from thirdeye.report.clean import typeset
from thirdeye.report.sections.fusion import _notice


@pytest.fixture
def evidence(finished: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((finished / "study" / "evaluation.json").read_text(encoding="utf-8"))
    return content


def test_headline_points_comparison_looks_and_notice(evidence: dict[str, Any]) -> None:
    text = evidence_text(evidence)
    test = evidence["sets"]["test"]
    assert text.startswith(f"Test part: {test['n']} images of {test['n_patients']} patients")
    auc = next(metric for metric in test["metrics"] if metric["name"] == "auc")
    assert f"{auc['value']:.3f} ({auc['ci_low']:.3f} to {auc['ci_high']:.3f})" in text
    assert "\n  Balanced point" in text
    assert "tuned on validation" in text
    assert typeset(test["comparisons"][0]["verdict"]) in text
    assert "The test part has been looked at once." in text
    assert text.endswith(RESEARCH_USE)


def test_more_looks_are_said(evidence: dict[str, Any]) -> None:
    assert "looked at 3 times." in evidence_text({**evidence, "test_looks": 3})


def test_without_operating_points_and_patients(evidence: dict[str, Any]) -> None:
    less = copy.deepcopy(evidence)
    test = less["sets"]["test"]
    test["metrics"] = [metric for metric in test["metrics"] if not metric["operating_point"]]
    test["n_patients"] = None
    test["comparisons"] = []
    text = evidence_text(less)
    assert text.startswith(f"Test part: {test['n']} images, ")
    assert " at " not in text.splitlines()[1]


def test_values_in_words() -> None:
    metric = {"value": 0.5, "ci_low": 0.4, "ci_high": 0.6, "reason": "why"}
    assert spoken(metric) == "0.500 (0.400 to 0.600)"
    assert spoken({**metric, "ci_low": None}) == "0.500 (no interval: why)"
    assert spoken({**metric, "value": None}) == "undefined (why)"
    assert spoken({**metric, "value": 66.5413, "ci_low": 48.83, "ci_high": 89.09}) == "66.5 (48.8 to 89.1)"


def test_a_distance_says_its_unit(evidence: dict[str, Any]) -> None:
    metric = {"name": "hd95_max_of_directed", "value": 3.0, "ci_low": 2.0, "ci_high": 4.0, "reason": None}
    test = {**evidence["sets"]["test"], "metrics": [metric], "comparisons": [], "length_unit": "mm"}
    text = evidence_text({**evidence, "task": "segmentation", "sets": {"test": test}})
    assert "HD95 (mm)" in text


def test_one_of_several_questions_is_told_as_the_report_tells_it(evidence: dict[str, Any]) -> None:
    """What images and variables add: a difference that adjusting takes away is claimed nowhere."""
    verdict = "The combination beats the images alone: AUC 0.9 against 0.8, difference +0.1 (p = 0.036)."
    lost = {
        "verdict": verdict, "outcome": "better", "second": "images alone", "level": 0.95, "p_adjusted": 0.108,
    }  # fmt: skip
    test = {**evidence["sets"]["test"], "clinical": {"comparisons": [lost]}}
    test["comparisons"] = [{**lost, "kind": "combined"}]
    text = evidence_text({**evidence, "sets": {"test": test}})
    assert "beats" not in text
    assert text.count("No difference from the images alone is shown once several questions are counted") == 2
    assert text.count("(Holm): p = 0.108.") == 2
    assert _notice(lost).title in text
