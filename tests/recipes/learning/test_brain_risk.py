"""The whole system on a handful of brains; what its run reaches is asked by test_fixtures."""

import io
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from thirdeye.errors import DataRefused, UsageError
from thirdeye.recipes.fixtures import brains
from thirdeye.recipes.fixtures.brains import write_brains
from thirdeye.recipes.learning import brain_risk_member
from thirdeye.recipes.learning.brain_risk_member import (
    PARTS,
    RiskReader,
    inner_part,
    logits_of,
    network_deadlines,
)
from thirdeye.recipes.learning.volumes import blocks, packed
from thirdeye.recipes.recipe import values_of
from thirdeye.recipes.rows.qiu2020_fcn_mlp import RECIPE
from thirdeye.recipes.system import ANSWER, Cases, Known, Learning, System
from thirdeye.training.volumes.patches import GREY
from thirdeye.training.volumes.risk import learn_patches
from thirdeye.training.volumes.whole import learn_whole

SMALL = {
    "folds": 2, "patch": 27, "widths": (2, 2, 2, 2), "hidden": 4, "rounds": 1, "readout_epochs": 3,
    "voxels": 9, "whole_epochs": 1,
}  # fmt: skip
VALUES = values_of(RECIPE.published(())) | SMALL


@pytest.fixture(scope="module")
def system() -> System:
    assert RECIPE.system is not None
    return RECIPE.system


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(brains, "PERSONS", 6)
        yield write_brains(tmp_path_factory.mktemp("brains") / "data", 0)


@pytest.fixture(scope="module")
def cases(system: System, folder: Path) -> Cases:
    return system.open(folder, VALUES, {})


@pytest.fixture(scope="module")
def member(system: System, cases: Cases) -> RiskReader:
    found = system.learn(cases, Learning(VALUES, 0, time.monotonic() + 60))
    assert isinstance(found, RiskReader)
    return found


def test_opens_volumes_and_what_is_recorded_beside_them(cases: Cases) -> None:
    assert cases.arrays["volumes"].shape == (12, 40, 44, 40)
    assert cases.arrays["volumes"].dtype == np.uint8
    assert cases.inputs["clinical"] == ["age", "sex", "MMSE"]
    assert set(cases.arrays["clinical"][:, 1]) <= {0.0, 1.0}
    assert (cases.task, cases.positive) == ("binary", "AD")
    assert {"age", "sex"} <= set(cases.rows.columns)
    assert "MMSE" not in cases.rows.columns


def test_every_source_answers(member: RiskReader, cases: Cases) -> None:
    said = member.say(cases)
    assert set(said) == {ANSWER, *PARTS}
    assert all(one.shape == (12, 2) and np.isfinite(one).all() for one in said.values())
    assert not np.allclose(said[ANSWER], said["image"])


def test_says_the_same_after_being_kept(member: RiskReader, cases: Cases, system: System) -> None:
    stream = io.BytesIO()
    np.savez(stream, **member.keep())
    stream.seek(0)
    with np.load(stream, allow_pickle=False) as saved:
        again = system.restored(dict(saved), VALUES)
    few = cases.at(np.arange(4))
    said, before = again.say(few), member.say(few)
    assert all(np.array_equal(said[source], table) for source, table in before.items())


def test_both_networks_share_the_time_before_the_maps_as_it_is_told() -> None:
    """The rival's share is of the whole time, not of what the patch network left."""
    patches, networks = network_deadlines(100.0, 1100.0, True)
    assert (patches, networks) == pytest.approx((100 + 0.65 * 700, 800.0))
    assert network_deadlines(100.0, 1100.0, False) == pytest.approx((800.0, 800.0))


def test_each_network_is_given_its_own_deadline(
    cases: Cases, system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends: dict[str, float] = {}

    def told_patches(*given: Any) -> Any:
        ends["patches"] = given[-1].deadline
        return learn_patches(*given)

    def told_whole(*given: Any) -> Any:
        ends["whole"] = given[-1].deadline
        return learn_whole(*given)

    monkeypatch.setattr(brain_risk_member, "learn_patches", told_patches)
    monkeypatch.setattr(brain_risk_member, "learn_whole", told_whole)
    began = time.monotonic()
    system.learn(cases, Learning(VALUES, 0, began + 1000))
    assert ends["patches"] - began == pytest.approx(455, abs=5)
    assert ends["whole"] - began == pytest.approx(700, abs=5)


def test_the_rival_of_whole_volumes_can_be_left_out(cases: Cases, member: RiskReader) -> None:
    without = replace(member, whole=None, passes=0)
    assert member.passes == 1
    assert "whole" not in without.say(cases.at(np.arange(2)))
    assert not {"whole", "passes"} & set(without.keep())


def test_tells_of_voxels_and_draws_maps(member: RiskReader, cases: Cases, system: System) -> None:
    told = system.told((member,), cases.at(np.arange(4)), VALUES | {"rounds": 5})
    assert told.tables[0].rows[0][:2] == ("1", "1")
    assert any("1 to 1 of the 5 rounds" in one for one in told.lead)
    assert {name: one.png[:4] for name, one in told.pictures.items()} == dict.fromkeys(
        ("matthews", "risk"), b"\x89PNG"
    )


def test_new_volumes_need_no_label(folder: Path, cases: Cases, system: System, tmp_path: Path) -> None:
    table = pd.read_csv(folder / "subjects.csv").drop(columns=["diagnosis", "MMSE"]).head(3)
    table["image"] = [str(Path("..") / folder.name / name) for name in table["image"]]
    table["image"] = pd.read_csv(folder / "subjects.csv")["image"].head(3)
    (folder / "new").mkdir()
    (folder / "new" / "brains").symlink_to(folder / "brains")
    table.to_csv(folder / "new" / "new.csv", index=False)
    known = Known(cases.classes, cases.task, cases.positive, cases.inputs)
    found = system.to_read(folder / "new" / "new.csv", VALUES, {}, known)
    assert np.array_equal(found.arrays["volumes"], cases.arrays["volumes"][:3])
    assert np.isnan(found.arrays["clinical"][:, 2]).all()
    other = Known(cases.classes, cases.task, cases.positive, {**cases.inputs, "sides": [9, 9, 9]})
    with pytest.raises(DataRefused, match="expected volumes of"):
        system.to_read(folder / "new" / "new.csv", VALUES, {}, other)


def test_what_chooses_is_a_share_of_the_patients_of_each_class(cases: Cases) -> None:
    inner = inner_part(cases, 0.25, 0)
    assert np.bincount(cases.labels[inner]).tolist() == [2, 2]
    twice = cases.rows.assign(patient=[f"p{n // 2}" for n in range(12)])
    paired = Cases(twice, cases.arrays, cases.classes, cases.task, cases.positive, cases.simple, "")
    found = inner_part(paired, 0.25, 0)
    assert (pd.Series(found).groupby(twice["patient"]).nunique() == 1).all()


def test_logits_of_a_risk_give_it_back() -> None:
    table = logits_of(np.asarray([0.0, 0.2, 1.0]))
    assert 1 / (1 + np.exp(table[1, 0] - table[1, 1])) == pytest.approx(0.2)
    assert np.isfinite(table).all()


def test_a_volume_becomes_bytes_of_its_brain() -> None:
    voxels = np.zeros((6, 6, 6))
    voxels[1:5, 1:5, 1:5] = np.random.default_rng(0).normal(500, 50, (4, 4, 4))
    values = GREY.values(packed(voxels, 1))
    assert np.allclose(values[0], GREY.low)
    assert abs(float(values[1:5, 1:5, 1:5].mean())) < 0.3
    assert packed(voxels, 2).shape == (3, 3, 3)
    assert not packed(np.zeros((4, 4, 4)), 1).any()
    assert blocks(packed(voxels, 1)[None]).shape == (1, 250)


@pytest.mark.parametrize("wrong", [{"patch": 30}, {"widths": (2, 2)}, {"dropout": 1.0}, {"rounds": 0}])
def test_values_that_cannot_be_are_refused(system: System, wrong: dict[str, object]) -> None:
    with pytest.raises(UsageError, match=next(iter(wrong))):
        system.check(VALUES | wrong)


def test_a_patch_must_fit(system: System, folder: Path) -> None:
    with pytest.raises(UsageError, match="patches of 47 voxels do not fit"):
        system.open(folder, VALUES | {"patch": 47}, {})


def test_the_earlier_settings_of_the_script_can_be_asked_for() -> None:
    values = values_of(RECIPE.published((), ["earlier_settings"]))
    assert (values["batch_size"], values["readout_dropout"]) == (6, 0.6)
