from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from jsonschema import Draft202012Validator

from thirdeye.evaluation.document import evaluation_schema
from thirdeye.inference.certainty import fit_deferral
from thirdeye.inference.conformal import fit_rules
from thirdeye.journey.uncertainty import join_uncertainty


def _cases(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    table = rng.dirichlet(np.ones(3), n)
    return np.array([rng.choice(3, p=row) for row in table]), table


@pytest.fixture
def entry() -> dict:
    from thirdeye.inference.calibration import Calibration
    from thirdeye.inference.manifest import Manifest

    labels, table = _cases(200, 1)
    plan = SimpleNamespace(task="multiclass", classes=("a", "b", "c"), seed=0)
    groups = {"sex: f": np.arange(200) < 100}
    trust = {
        "sets": {
            **fit_rules(labels, table, task="multiclass", classes=plan.classes, clusters=None, groups=groups),
            "guarantee": "split",
        },
        "certainty": fit_deferral(table.max(axis=1), "probability"),
    }
    manifest = Manifest(
        task="multiclass", classes=plan.classes, positive=None, architecture="x",
        input={"size_px": 8, "resize": "pad", "intensity": "full_range"},
        calibration=Calibration("none", "multiclass"), onnx={"file": "m", "sha256": "0"}, trust=trust,
    )  # fmt: skip
    labels, table = _cases(120, 2)
    rows = pd.DataFrame({"sex": ["f"] * 50 + ["m"] * 70})
    scored = SimpleNamespace(
        network=table, labels=labels, patients=np.arange(120).astype(str), rows=np.arange(120),
        material=SimpleNamespace(rows=rows), by_view=None, members=None,
    )  # fmt: skip
    found: dict = {}
    join_uncertainty(found, scored, plan, manifest, patients_known=False)
    return found["uncertainty"] | {"_labels": labels, "_table": table, "_trust": trust}


def test_coverage_by_hand(entry: dict) -> None:
    each, everybody, group = entry["sets"]["rules"]
    labels, table, trust = entry["_labels"], entry["_table"], entry["_trust"]
    limits = np.array(trust["sets"]["rules"][0]["thresholds"])
    covered = 1 - table[np.arange(120), labels] <= limits[labels]
    assert each["overall"]["value"] == pytest.approx(covered.mean())
    assert [one["value"] for one in each["by_class"]] == pytest.approx(
        [covered[labels == k].mean() for k in range(3)]
    )
    assert each["overall"]["details"].keys() == {"nominal"}
    assert everybody["overall"]["details"]["as_expected"] in ("yes", "no")
    assert "as_expected" not in everybody["by_class"][0]["details"]
    assert (group["scope"], group["overall"]["n"], group["by_group"]) == ("sex: f", 50, [])
    assert [one["group"] for one in everybody["by_group"]] == ["sex: f", "sex: m"]
    assert sum(map(sum, each["sizes"].values())) == 120


def test_it_follows_the_schema(entry: dict) -> None:
    schema = evaluation_schema()
    part = {"$ref": "#/$defs/uncertainty", "$defs": schema["$defs"]}
    Draft202012Validator(part).validate({name: entry[name] for name in ("sets", "certainty")})


def test_deferral_is_measured_with_the_rule_as_it_was_fixed(entry: dict) -> None:
    rule = entry["certainty"]["rules"][1]
    table = entry["_table"]
    certainty = (table.max(axis=1) - 1 / 3) / (2 / 3)
    assert rule["rule"][0]["value"] == pytest.approx((certainty < rule["below"]).mean())
    assert rule["kept"][0]["n"] == (certainty >= rule["below"]).sum()


def test_a_reader_without_rules_says_nothing() -> None:
    entry: dict = {}
    manifest = SimpleNamespace(trust={})
    material = SimpleNamespace(rows=pd.DataFrame())
    scored = SimpleNamespace(patients=None, rows=np.arange(0), material=material)
    join_uncertainty(entry, scored, SimpleNamespace(), manifest, patients_known=False)
    assert entry == {}
