from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from thirdeye.case.study import Study
from thirdeye.evaluation.certainty import wrong_decisions
from thirdeye.inference.calibration import Calibration
from thirdeye.inference.conformal import rules_of
from thirdeye.inference.manifest import Manifest
from thirdeye.journey.trust import uncertainty
from thirdeye.journey.trust.uncertainty import (
    certainty_step,
    held_out_certainties,
    losses_of,
    set_groups,
    sets_step,
    telling_columns,
)

MANIFEST = Manifest(
    task="binary", classes=("well", "ill"), positive="ill", architecture="x",
    input={"size_px": 8, "resize": "pad", "intensity": "full_range"},
    calibration=Calibration("none", "binary"), onnx={"file": "model.onnx", "sha256": "0" * 64},
    operating_points=({"name": "youden", "threshold": 0.4},),
    members=({"file": "a", "fold": 0, "say": 1.0}, {"file": "b", "fold": 1, "say": 1.0}),
)  # fmt: skip


def _held(n: int = 200, *, official: bool = False, sharp_views: bool = False) -> SimpleNamespace:
    rng = np.random.default_rng(3)
    p = rng.beta(0.7, 0.7, n)
    labels = (rng.random(n) < p).astype(int)
    table = np.column_stack([1 - p, p])
    wrong = wrong_decisions(labels, table, task="binary", threshold=0.4)
    spread = np.where(wrong > 0, 3.0, 0.1) if sharp_views else rng.random(n)
    by_view = np.zeros((n, 2, 2))
    by_view[:, 0, 1], by_view[:, 1, 1] = -spread, spread
    rows = pd.DataFrame({"image": [f"{i}.png" for i in range(n)], "sex": ["m", "f"] * (n // 2)})
    members = rng.normal(size=(n, 2, 2))
    return SimpleNamespace(
        rows=np.arange(n), labels=labels, probabilities=table, by_view=by_view, manifest=MANIFEST,
        patients=np.array([f"p{i // 2}" for i in range(n)]), dataset=SimpleNamespace(group="patient"),
        plan=SimpleNamespace(task="binary", classes=("well", "ill"), seed=0),
        material=SimpleNamespace(rows=rows), seen=SimpleNamespace(members=members),
        held_out=np.full((n, 2), official),
    )  # fmt: skip


def test_rules_for_classes_all_cases_and_groups() -> None:
    found = sets_step(_held())
    json.dumps(found)
    rules = [rule for _, rule in rules_of({"sets": found})]
    assert [rule.scope for rule in rules] == ["each class", "all cases", "sex: f", "sex: m"]
    assert rules[1].patients == (100, 100)
    assert found["guarantee"] == "cross_fitted"
    assert sets_step(_held(official=True))["guarantee"] == "split"
    assert sets_step(_held(30)) is None


def test_small_groups_and_columns_of_many_values_have_no_rules() -> None:
    rows = pd.DataFrame(
        {"sex": ["f"] * 60 + ["m"] * 40, "age": [str(i) for i in range(100)], "site": [""] * 100}
    )
    assert list(set_groups(rows, None)) == ["sex: f"]
    assert list(set_groups(rows, np.repeat(np.arange(25), 4))) == []
    assert list(set_groups(rows, None, fewest=20)) == ["sex: f", "sex: m"]


@pytest.mark.parametrize("slips", [0, 4])
def test_a_column_that_tells_the_label_makes_no_group(slips: int) -> None:
    """A clinical score of 0.0 for the well, whoever the reader is; sex is still a group."""
    held = _held()
    names = np.where(held.labels == 1, "ill", "well")
    score = np.where(held.labels == 1, "0.5", "0.0")
    score[:slips] = np.where(held.labels[:slips] == 1, "0.0", "0.5")
    held.material.rows = held.material.rows.assign(label=names, CDR=score)
    found = sets_step(held)
    assert [rule.scope for _, rule in rules_of({"sets": found})][2:] == ["sex: f", "sex: m"]
    assert found["no_groups"] == ["CDR"]
    groups = set_groups(held.material.rows, None, without=found["no_groups"])
    assert list(groups) == ["sex: f", "sex: m"]
    assert telling_columns(held.material.rows, "multilabel") == ()


def test_the_simplest_measure_stays_unless_another_is_clearly_better() -> None:
    plain = certainty_step(_held())
    json.dumps(plain)
    assert plain["method"] == "probability"
    assert set(plain["areas"]) == {"probability", "entropy", "views"}
    assert certainty_step(_held(sharp_views=True))["method"] == "views"


def test_members_take_part_only_where_none_learnt_from_the_cases() -> None:
    assert not certainty_step(_held())["members_compared"]
    assert certainty_step(_held(official=True))["members_compared"]


def test_the_positive_class_may_come_first() -> None:
    turned = Manifest(**{**vars(MANIFEST), "classes": ("ill", "well")})
    p = np.array([0.5, 0.3, 0.5])
    assert losses_of(np.array([0, 0, 1]), np.column_stack([p, 1 - p]), turned).tolist() == [0, 1, 1]
    assert losses_of(np.array([1, 1, 0]), np.column_stack([1 - p, p]), MANIFEST).tolist() == [0, 1, 1]


@pytest.mark.slow
def test_a_finished_study_carries_and_measures_them(finished) -> None:
    from thirdeye.inference.second_opinion import SecondReader

    study = Study(finished / "study")
    found = study.read_json("evaluation.json")["sets"]["test"]["uncertainty"]
    trust = study.read_json("model/model.json")["trust"]
    assert found["sets"]["coverage"] == trust["sets"]["coverage"] == 0.9
    assert [rule["asked"] for rule in found["certainty"]["rules"]] == [0.1, 0.2, 0.3]
    for rule in found["sets"]["rules"]:
        assert sum(map(sum, rule["sizes"].values())) == rule["overall"]["n"]
    image = sorted((finished / "data").rglob("*.png"))[0]
    opinion = SecondReader.load(study.folder, threads=1).read(image)
    assert [one.scope for one in opinion.sets][:2] == ["each class", "all cases"]
    assert opinion.certainty is not None
    assert "certainty" in (study.path("report.html")).read_text(encoding="utf-8")


def test_members_are_asked_in_all_views_that_reading_averages(monkeypatch: pytest.MonkeyPatch) -> None:
    held = _held(official=True)
    plain = held_out_certainties(held)[0]["members"]
    held.manifest = replace(MANIFEST, views=("identity", "flip_horizontal"))
    held.study, held.threads, held.material.images = (
        SimpleNamespace(path=str),
        1,
        np.zeros((200, 2, 2, 3), np.uint8),
    )
    averaged, asked = np.zeros((200, 2, 2)), []

    def pass_over(engine: object, images: object, rows: object, views: object) -> SimpleNamespace:
        asked.append(views)
        return SimpleNamespace(members=averaged)

    monkeypatch.setattr(uncertainty, "Engine", lambda *_, **__: None)
    monkeypatch.setattr(uncertainty, "pass_over", pass_over)
    assert held_out_certainties(held)[0]["members"] == pytest.approx(np.ones(200))
    assert asked == [("identity", "flip_horizontal")]
    assert plain.max() < 1
