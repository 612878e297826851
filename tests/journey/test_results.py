"""What the verbs give back: metrics by name, findings that refuse."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from thirdeye.intake.examine import Examination
from thirdeye.intake.finding import Finding
from thirdeye.journey.results import Checked, Validated

METRICS = [
    {"name": "auc", "operating_point": None, "value": 0.9},
    {"name": "sensitivity", "operating_point": "youden", "value": 0.8},
    {"name": "sensitivity", "operating_point": "sensitivity_95", "value": 0.96},
]


def test_a_metric_by_name_and_further_fields() -> None:
    found = Validated(Path("s"), {"sets": {"test": {"metrics": METRICS}, "validation": {"metrics": []}}})
    assert found.metric("auc")["value"] == 0.9
    assert found.metric("sensitivity", operating_point="sensitivity_95")["value"] == 0.96
    assert found.metric("auc") is not METRICS[0]
    with pytest.raises(KeyError, match="test has no metric 'dice'"):
        found.metric("dice")
    with pytest.raises(KeyError, match="validation has no metric 'auc'"):
        found.metric("auc", part="validation")


@pytest.mark.parametrize(
    ("severities", "refused"), [([], False), (["info", "warning"], False), (["error"], True)]
)
def test_only_errors_forbid_training(severities: list[str], refused: bool) -> None:
    findings = tuple(Finding("a.b", severity, "words") for severity in severities)  # type: ignore[arg-type]
    checked = Checked(SimpleNamespace(), Examination(findings, pd.DataFrame()))  # type: ignore[arg-type]
    assert checked.refused is refused
