"""Referral in two stages: what it opens and refuses, and a member that says the same after it was kept."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from thirdeye.errors import DataRefused, UnreadableFile, UsageError
from thirdeye.recipes.fixtures import maculae
from thirdeye.recipes.learning import oct_stages
from thirdeye.recipes.learning.oct_referral import TwoStageReferral
from thirdeye.recipes.learning.oct_scans import plain_numbers
from thirdeye.recipes.recipe import Setting, values_of
from thirdeye.recipes.rows.defauw2018_oct import RECIPE, values
from thirdeye.recipes.system import ANSWER, Known, Learning
from thirdeye.report.numbers import full_text
from thirdeye.transform.dense.prepare import IGNORED

SYSTEM = TwoStageReferral()
SMALL: Mapping[str, Any] = {
    **values_of(values(Setting(()))),
    **RECIPE.fixture.overrides,
    "rounds": 1, "epochs": 1, "segmenters": 2, "classifiers": 1, "width": 4, "growth": 2, "blocks": (1, 1),
    "new_device": "",
}  # fmt: skip


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(maculae, "SCANS", 12)
    monkeypatch.setattr(maculae, "NEW_SCANS", 0)
    return maculae.write_maculae(tmp_path / "data", 0)


def test_opens_scans_with_referrals_findings_and_drawn_slices(data: Path) -> None:
    cases = SYSTEM.open(data, SMALL, {})
    assert cases.task == "ordinal"
    assert cases.classes == tuple(name for name in maculae.GRADES if name in set(cases.rows["label"]))
    assert cases.arrays["scans"].shape == (12, 6, 48, 64)
    assert cases.inputs == {"tissues": list(maculae.TISSUES), "findings": list(maculae.FINDINGS)}
    drawn = [(one != IGNORED).any(axis=(1, 2)).sum() for one in cases.arrays["tissues"]]
    assert drawn == [3, 0, 0, 0] * 3
    assert "3 of them with drawn tissues" in cases.understood[0]
    assert set(cases.rows["site"]) == {"A", "B"}
    assert np.isfinite(cases.simple).all()


def test_scans_of_other_sides_are_brought_to_those_of_the_plan(data: Path) -> None:
    cases = SYSTEM.open(data, {**SMALL, "scan_sides": (6, 24, 32)}, {})
    assert cases.arrays["scans"].shape == cases.arrays["tissues"].shape == (12, 6, 24, 32)


def test_what_was_kept_says_the_same(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oct_stages, "STEPS_A_ROUND", 2)
    small = {**SMALL, "scan_sides": (6, 24, 32), "patch": (6, 24, 32), "map_sides": (6, 12, 16)}
    cases = SYSTEM.open(data, small, {})
    member = SYSTEM.learn(cases, Learning(small, 3, time.monotonic() + 60))
    said = member.say(cases)[ANSWER]
    assert said.shape == (12, len(cases.classes))
    np.testing.assert_allclose(np.exp(said).sum(axis=1), 1, atol=1e-6)
    assert said.std(axis=0).min() > 0
    kept = dict(member.keep())
    assert sorted(kept) == ["decider/0", "outputs", "segmenter/0", "segmenter/1"]
    assert all(array.dtype != object for array in kept.values())
    known = Known(cases.classes, cases.task, None, cases.inputs)
    new = SYSTEM.to_read(data, small, {}, known)
    np.testing.assert_allclose(SYSTEM.restored(kept, small).say(new)[ANSWER], said, atol=1e-6)
    told = SYSTEM.told((member,), cases, small)
    assert [table.caption.split(":")[0] for table in told.tables] == [
        "Referral",
        "Referral by least penalty",
        "Findings, told by the same second network",
        "First stage",
    ]
    assert told.pictures["tissues"].png.startswith(b"\x89PNG")
    assert set(told.numbers) == {"least_penalty", "most_probable"}


def test_a_new_device_is_kept_from_learning_and_the_first_stage_learns_it_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oct_stages, "STEPS_A_ROUND", 2)
    monkeypatch.setattr(maculae, "SCANS", 12)
    monkeypatch.setattr(maculae, "NEW_SCANS", 8)
    folder = maculae.write_maculae(tmp_path / "data", 0)
    small = {**SMALL, "scan_sides": (6, 24, 32), "patch": (6, 24, 32), "map_sides": (6, 12, 16),
             "segmenters": 1, "new_rounds": 1, "new_device": maculae.NEW_DEVICE}  # fmt: skip
    cases = SYSTEM.open(folder, small, {})
    new = oct_stages.is_new(cases, small)
    assert new.sum() == 8
    assert len(oct_stages.of_device(cases, small).rows) == 2  # drawn ones alone
    member = SYSTEM.learn(cases, Learning(small, 3, time.monotonic() + 60))
    again = SYSTEM.learn(cases.at(np.flatnonzero(~new)), Learning(small, 3, time.monotonic() + 60))
    kept, without = dict(member.keep()), dict(again.keep())
    assert sorted(kept) == ["adapted/0", "decider/0", "outputs", "segmenter/0"]
    assert sorted(without) == ["decider/0", "outputs", "segmenter/0"]
    known = cases.at(np.flatnonzero(~new))
    np.testing.assert_allclose(member.say(known)[ANSWER], again.say(known)[ANSWER], atol=1e-5)
    assert not np.allclose(member.say(cases)[ANSWER][new], again.say(cases)[ANSWER][new], atol=1e-5)
    restored = SYSTEM.restored(kept, small)
    np.testing.assert_allclose(restored.say(cases)[ANSWER], member.say(cases)[ANSWER], atol=1e-6)
    told = SYSTEM.told((member,), cases, small)
    table = next(one for one in told.tables if one.caption.startswith("Another device"))
    assert [row[1] for row in table.rows] == ["12", "8", "8"]
    assert {"known_devices", "new_device_before", "new_device_after"} <= set(told.numbers)
    before = told.numbers["new_device_before"]["errors"]
    assert f"{full_text(before)} before" in told.lead[-1]
    assert "interval" in told.lead[-1]
    assert "same scans" in table.notes[-1]
    later = SYSTEM.told((member,), cases.at(np.flatnonzero(new)), small)
    table = next(one for one in later.tables if one.caption.startswith("Another device"))
    assert [row[1] for row in table.rows] == ["8", "8"]
    told = SYSTEM.told((again,), cases, small)
    assert "In 1 of 1 member no drawn scan of device C was there" in told.lead[-1]
    assert not [one for one in told.tables if one.caption.startswith("Another device")]


def test_without_a_new_device_nothing_is_told_of_one(data: Path) -> None:
    cases = SYSTEM.open(data, SMALL, {})
    assert not oct_stages.is_new(cases, {**SMALL, "new_device": ""}).any()
    assert not oct_stages.is_new(cases, {k: v for k, v in SMALL.items() if k != "new_device"}).any()


@pytest.fixture
def devices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Eight scans of known devices and four of a new one; the first of every four is drawn."""
    monkeypatch.setattr(maculae, "SCANS", 8)
    monkeypatch.setattr(maculae, "NEW_SCANS", 4)
    return maculae.write_maculae(tmp_path / "data", 0)


def test_a_device_that_no_scan_comes_from_is_refused(devices: Path) -> None:
    with pytest.raises(UsageError, match="no scan comes from 'c'; the column site has A, B, C"):
        SYSTEM.open(devices, {**SMALL, "new_device": "c"}, {})


@pytest.mark.parametrize(
    ("undrawn", "told"),
    [((8,), "no scan of device 'C' has drawn"), ((0, 4), "no scan of devices other than 'C' has drawn")],
)
def test_a_device_of_which_nothing_could_be_learnt_is_refused(
    devices: Path, undrawn: tuple[int, ...], told: str
) -> None:
    for number in undrawn:
        (devices / "tissues" / f"scan_{number:03d}.nii.gz").unlink()
    with pytest.raises(DataRefused, match=told):
        SYSTEM.open(devices, {**SMALL, "new_device": "C"}, {})


def test_scans_to_read_have_to_name_their_device(devices: Path) -> None:
    """A scan of the new device without its name would be read by networks that never saw such a one."""
    small = {**SMALL, "new_device": "C"}
    known = Known(("observation", "urgent"), "ordinal", None, {"tissues": [], "findings": []})
    assert len(SYSTEM.to_read(devices, small, {}, known).rows) == 12
    table = pd.read_csv(devices / "referrals.csv")
    table.drop(columns="site").to_csv(devices / "referrals.csv", index=False)
    assert len(SYSTEM.to_read(devices, SMALL, {}, known).rows) == 12
    with pytest.raises(DataRefused, match="12 scans without a device"):
        SYSTEM.to_read(devices, small, {}, known)


def test_grey_values_beyond_the_tissues_change_nothing() -> None:
    """What the traditional technique gets is blind to brightness and contrast of the whole scan as well."""
    scan = np.random.default_rng(0).normal(size=(3, 24, 20)).astype(np.float32)
    assert plain_numbers(scan).shape == (32,)
    assert not np.allclose(plain_numbers(scan), plain_numbers(scan[:, ::-1]))


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("penalties", (0.0, 1.0), "4 rows"),
        ("folds", 1, "folds is at least 2"),
        ("tissue_loss", "hinge", "loss is one of"),
        ("segmenters", 0, "segmenters is at least 1"),
        ("patch", (9, 448), "slices,rows,columns"),
    ],
)
def test_values_that_cannot_be_are_refused(name: str, value: Any, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        SYSTEM.check({**SMALL, name: value})


def test_data_that_are_something_else_are_refused(data: Path, tmp_path: Path) -> None:
    with pytest.raises(DataRefused, match=r"has no referrals\.csv"):
        SYSTEM.open(tmp_path, SMALL, {})
    with pytest.raises(DataRefused, match="at least two of red, green"):
        SYSTEM.open(data, {**SMALL, "grades": ("red", "green")}, {})
    (data / "scans" / "scan_003.nii.gz").unlink()
    with pytest.raises(UnreadableFile, match="scan_003"):
        SYSTEM.open(data, SMALL, {})
    for path in (data / "tissues").iterdir():
        path.unlink()
    maculae.write_maculae(data, 0)
    for path in (data / "tissues").iterdir():
        path.unlink()
    with pytest.raises(DataRefused, match="no scan has drawn tissues"):
        SYSTEM.open(data, SMALL, {})
