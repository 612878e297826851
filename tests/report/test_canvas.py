"""The extraction canvas: complete, valid, and open where only a person knows."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from thirdeye.report.canvas import canvas, canvas_schema
from thirdeye.report.canvas_fields import FIELDS
from thirdeye.report.canvas_fill import FILLERS
from thirdeye.report.evidence import read_evidence

CANVAS_2019 = [
    "aim",
    "architecture.origin",
    "architecture.parameters",
    "architecture.layers",
    "architecture.software",
    "dataset.variety",
    "dataset.veracity",
    "dataset.volume.number",
    "dataset.volume.size",
    "dataset.volume.augmentation",
    "dataset.volume.set_distribution",
    "dataset.speed",
    "training",
    "validation",
    "test",
    "comparison.specialists",
    "comparison.techniques",
    "metrics.accuracy",
    "metrics.sensitivity",
    "metrics.specificity",
    "metrics.ppv",
    "metrics.npv",
    "metrics.auc",
    "visualisation",
    "conclusion",
]


def by_field(filled: dict[str, Any]) -> dict[str, Any]:
    return {entry["field"]: entry for entry in filled["fields"]}


def test_every_field_of_the_canvas_is_there_in_order() -> None:
    assert [field.name for field in FIELDS] == CANVAS_2019
    assert set(FILLERS) <= set(CANVAS_2019)
    assert {field.name for field in FIELDS if field.fill == "ask"}.isdisjoint(FILLERS)


def test_the_fill_levels_are_those_of_the_reference(shared_reference: Path) -> None:
    reference = json.loads((shared_reference / "reporting" / "checklists.json").read_text())["CANVAS_2019"]
    assert [(field.name, field.fill) for field in FIELDS] == [(f["field"], f["fill"]) for f in reference]


@pytest.fixture
def shared_reference() -> Path:
    folder = Path(__file__).resolve().parents[3] / "shared" / "reference"
    if not folder.is_dir():
        pytest.skip("the reference files are not beside the checkout")
    return folder


@pytest.mark.parametrize("kind", ["binary", "seven", "multilabel", "hostile", "tiny"])
def test_filled_from_a_run(make_study: Callable[..., Path], kind: str) -> None:
    filled = canvas(read_evidence(make_study(kind)))
    jsonschema.validate(filled, canvas_schema())
    found = by_field(filled)
    assert {name for name, entry in found.items() if entry["state"] == "open"} <= {
        "aim", "dataset.veracity", "comparison.specialists", "conclusion"
    }  # fmt: skip
    assert found["aim"]["value"] is None


def test_of_an_empty_study(tmp_path: Path) -> None:
    filled = canvas(read_evidence(tmp_path))
    jsonschema.validate(filled, canvas_schema())
    assert {entry["state"] for entry in filled["fields"]} == {"open"}


def test_predictive_values_stand_with_the_prevalence(make_study: Callable[..., Path]) -> None:
    found = by_field(canvas(read_evidence(make_study("binary"))))
    for name in ("metrics.ppv", "metrics.npv"):
        assert "at a prevalence of 28.2%" in found[name]["value"]
        assert [metric["operating_point"] for metric in found[name]["metrics"]] == [
            "youden", "sensitivity_95", "specificity_95", "probability_0.5"
        ]  # fmt: skip


def test_schema_refuses_an_open_field_with_a_value(tmp_path: Path) -> None:
    filled = canvas(read_evidence(tmp_path))
    filled["fields"][0]["value"] = "made up"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(filled, canvas_schema())


def test_parameters_and_layers_are_counted_in_the_weights(make_study: Callable[..., Path]) -> None:
    found = by_field(canvas(read_evidence(make_study("binary"))))
    assert found["architecture.parameters"]["value"] == "65 in each of 5 members"
    assert found["architecture.layers"]["value"].startswith(
        "efficientnet_lite0: 1 convolution, 1 normalisation, 1 linear layer"
    )
