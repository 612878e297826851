"""One small member learns, answers, is kept and restored, and tells what it found."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from thirdeye.errors import DataRefused
from thirdeye.recipes.learning.cross_site import CrossSite
from thirdeye.recipes.learning.site_member import SiteMember
from thirdeye.recipes.rows.zech2018 import RECIPE
from thirdeye.recipes.system import ANSWER, Cases, Learning

SIDE = 32


def films(n: int, sites: tuple[int, ...], rng: np.random.Generator) -> Cases:
    """The positive class ("ill", the first one) is bright in the middle; each site has a bright corner."""
    site = rng.choice(sites, n)
    ill = rng.random(n) < np.where(site == 0, 0.7, 0.3)
    pixels = rng.integers(40, 90, (n, SIDE, SIDE, 3), dtype=np.uint8)
    pixels[ill, 10:22, 10:22] += 90
    pixels[site == 0, :8, :8] = 250
    pixels[site == 1, -8:, -8:] = 250
    names = [str(at) for at in range(n)]
    rows = pd.DataFrame({
        "image": names, "case": names, "patient": names, "label": np.where(ill, "ill", "well"),
        "split": "", "site": [("north", "south", "")[one] for one in site],
    })  # fmt: skip
    return Cases(
        rows, {"pixels": pixels, "site": site}, ("ill", "well"), "binary", "ill", np.zeros((n, 1)), "nothing",
        inputs={"sites": ["north", "south"]},
    )  # fmt: skip


@pytest.fixture(scope="module")
def values() -> dict[str, object]:
    chosen = {name: one.value for name, one in RECIPE.published((), lighter=True).items()}
    return {**chosen, "layers": "head", "image_size_px": SIDE}


@pytest.fixture(scope="module")
def member(values: dict[str, object]) -> SiteMember:
    learning = Learning(values, 0, time.monotonic() + 60)
    found = CrossSite().learn(films(60, (0, 1), np.random.default_rng(0)), learning)
    assert isinstance(found, SiteMember)
    return found


def test_answers_are_of_the_positive_class_and_the_lazy_model_knows_sites_alone(member: SiteMember) -> None:
    new = films(40, (0, 1), np.random.default_rng(1))
    said = member.say(new)
    assert set(said) == {ANSWER, "first_site", "second_site", "by_site"}
    ill = new.labels == 0
    gap = said[ANSWER][:, 0] - said[ANSWER][:, 1]
    assert gap[ill].mean() > gap[~ill].mean() + 1
    lazy = said["by_site"][:, 0] - said["by_site"][:, 1]
    assert len(set(lazy.tolist())) == 2
    assert lazy[new.arrays["site"] == 0].min() > lazy[new.arrays["site"] == 1].max()


def test_what_is_kept_answers_alike(member: SiteMember, values: dict[str, object]) -> None:
    new = films(8, (0, 1), np.random.default_rng(2))
    again = CrossSite().restored(dict(member.keep()), values)
    for name, logits in member.say(new).items():
        np.testing.assert_allclose(again.say(new)[name], logits, atol=1e-6)


def test_the_report_says_who_learnt_where_and_what_betrays_the_site(
    member: SiteMember, values: dict[str, object]
) -> None:
    test = films(60, (0, 1, 2), np.random.default_rng(3))
    test.arrays["site"][test.arrays["site"] == 2] = -1
    told = CrossSite().told((member,), test, values)
    matrix = told.tables[0]
    assert matrix.columns == ("Learnt at", "north", "south", "north and south", "unknown")
    assert [row[0] for row in matrix.rows[:3]] == ["north and south", "north", "south"]
    assert matrix.rows[3][1].startswith("0.500")
    assert told.numbers["site_recognised"]["value"] > told.numbers["site_recognised_by_chance"]
    assert len(told.pictures) == 3
    assert all(one.png.startswith(b"\x89PNG") for one in told.pictures.values())


def test_a_site_with_one_class_teaches_nothing(values: dict[str, object]) -> None:
    cases = films(20, (0, 1), np.random.default_rng(0))
    cases.rows.loc[cases.arrays["site"] == 1, "label"] = "well"
    with pytest.raises(DataRefused, match="nothing can be learnt at 'south' alone"):
        CrossSite().learn(cases, Learning(values, 0, time.monotonic() + 60))


def many(n: int, sites: tuple[int, ...], rng: np.random.Generator) -> Cases:
    """The same films with a second finding, a bright lower half, that has nothing to do with the first."""
    cases = films(n, sites, rng)
    lower = rng.random(n) < 0.4
    pixels = cases.arrays["pixels"].copy()
    pixels[lower, 22:28] += 80
    findings = np.stack([lower, cases.labels == 0], axis=1).astype(np.int64)
    inputs = {**cases.inputs, "findings": ["fluid", "ill"]}
    return replace(cases, arrays={**cases.arrays, "pixels": pixels, "findings": findings}, inputs=inputs)


def test_several_findings_are_learnt_at_once_and_one_is_the_question(values: dict[str, object]) -> None:
    cases, new = many(80, (0, 1), np.random.default_rng(0)), many(80, (0, 1, 2), np.random.default_rng(1))
    new.arrays["site"][new.arrays["site"] == 2] = -1
    found = CrossSite().learn(cases, Learning(values, 0, time.monotonic() + 60))
    assert isinstance(found, SiteMember)
    outputs = found.seen(ANSWER, new.arrays["pixels"]).logits
    assert outputs.shape == (80, 2)
    assert found.finding == found.output == 1
    for number in (0, 1):  # each output answers for its finding
        there = new.arrays["findings"][:, number] == 1
        assert outputs[there, number].mean() > outputs[~there, number].mean() + 1
    said = found.say(new)[ANSWER]
    np.testing.assert_allclose(said[:, 0] - said[:, 1], outputs[:, 1], atol=1e-6)  # "ill" is the first class
    again = CrossSite().restored(dict(found.keep()), values)
    np.testing.assert_allclose(again.say(new)[ANSWER], said, atol=1e-6)
    told = CrossSite().told((found,), new, values)
    (table,) = [one for one in told.tables if one.caption.startswith("Every finding")]
    assert [row[0] for row in table.rows] == ["fluid", "ill"]
    assert table.columns[2:4] == ("north and south", "unknown")
    matrix = told.tables[0]
    assert matrix.rows[0][3] == table.rows[1][2]  # the question's own row is the matrix's


def test_findings_of_two_hospitals_alone_are_told_without_an_elsewhere(values: dict[str, object]) -> None:
    """Data of exactly two hospitals have no third to test at."""
    cases, new = many(80, (0, 1), np.random.default_rng(0)), many(60, (0, 1), np.random.default_rng(1))
    found = CrossSite().learn(cases, Learning(values, 0, time.monotonic() + 60))
    told = CrossSite().told((found,), new, values)
    (table,) = [one for one in told.tables if one.caption.startswith("Every finding")]
    assert table.columns == ("Finding", "Films with it", "north and south")
    assert all(len(row) == 3 for row in table.rows)
    assert "elsewhere" not in table.notes[0]


def test_members_of_earlier_versions_have_two_classes(member: SiteMember, values: dict[str, object]) -> None:
    kept = {name: array for name, array in member.keep().items() if name != "finding"}
    assert CrossSite().restored(kept, values).finding is None  # type: ignore[attr-defined]
