"""An opinion's JSON: valid against its schema, without pixels, always with the research-use notice."""

from __future__ import annotations

import json
from importlib import resources

import numpy as np
import pytest
from jsonschema import Draft202012Validator, ValidationError

from thirdeye.case.opinion import RESEARCH_USE, HeatMap, Opinion, Verdict

SCHEMA = json.loads(resources.files("thirdeye.case").joinpath("schema/opinion.json").read_text())
MODEL = {"name": "study", "sha256": "0" * 64}


def opinion(**changed: object) -> Opinion:
    given: dict[str, object] = {
        "source": "a.png",
        "task": "binary",
        "probabilities": {"benign": 0.25, "malignant": 0.75},
        "predicted": "malignant",
        "positive": "malignant",
        "verdicts": (Verdict("youden", 0.5, True, 0.9, None),),
        "heat_map": HeatMap(np.ones((7, 7), np.float32), "cam", "malignant", None),
        "warnings": ("darker than the training images",),
        "model": MODEL,
    }
    return Opinion(**{**given, **changed})  # type: ignore[arg-type]


def test_a_full_opinion_fits_its_schema() -> None:
    form = opinion().as_json()
    Draft202012Validator(SCHEMA).validate(json.loads(json.dumps(form, allow_nan=False)))
    assert form["notice"] == RESEARCH_USE
    assert form["heat_map"] == {"method": "cam", "class": "malignant", "passed_sanity": None}
    assert form["verdicts"][0] == {
        "operating_point": "youden", "threshold": 0.5, "positive": True,
        "sensitivity": 0.9, "specificity": None, "sensitivity_interval": None, "specificity_interval": None,
    }  # fmt: skip


def test_an_abstention_fits_its_schema() -> None:
    form = Opinion("a.png", "binary", {}, positive="malignant", abstained="not a film", model=MODEL).as_json()
    Draft202012Validator(SCHEMA).validate(form)
    assert form["probabilities"] == {}
    assert form["heat_map"] is None


@pytest.mark.parametrize(
    "changed", [{"probabilities": {"a": 1.5}}, {"task": "regression"}, {"model": {"name": "x"}}]
)
def test_the_schema_refuses(changed: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Draft202012Validator(SCHEMA).validate(opinion(**changed).as_json())
