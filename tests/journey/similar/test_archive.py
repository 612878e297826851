from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from thirdeye.case.study import Study
from thirdeye.cli.similar import command
from thirdeye.errors import StudyMismatch, UsageError
from thirdeye.inference.second_opinion import SecondReader
from thirdeye.inference.similar.lists import Beyond
from thirdeye.journey.ledger import Ledger
from thirdeye.journey.similar import listing
from thirdeye.journey.similar.archive import add_archive, archives_of, remove_archive, search_of
from thirdeye.journey.similar.indexing import index_similar
from thirdeye.journey.similar.listing import library


@pytest.fixture
def study(finished: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "study"
    shutil.copytree(finished / "study", copy)
    return copy


@pytest.fixture
def archive(tmp_path: Path, make_cases: Callable[..., Path]) -> Path:
    return make_cases(tmp_path / "old", 8, seed=5)


def test_an_archive_is_searched_with_its_labels(study: Path, archive: Path) -> None:
    added = add_archive(study, archive, name="old")
    assert (added.n, added.n_labelled, added.unreadable, added.unnamed) == (8, 8, 0, 0)
    assert [one["name"] for one in archives_of(study)] == ["training", "old"]
    Ledger(Study(study)).verify("train")
    opinion = SecondReader.load(study).read(archive / "images" / "case 03.png")
    (twin,) = [one for one in opinion.similar if one.duplicate]
    assert (twin.archive, twin.image, twin.label) == ("old", "images/case 03.png", "malignant")
    assert twin.similarity == pytest.approx(1, abs=1e-3)


def test_an_archive_goes_without_a_trace(study: Path, archive: Path) -> None:
    before = sorted(path.name for path in (study / "model").iterdir())
    add_archive(study, archive, name="old")
    add_archive(study, archive, name="old")  # replaced, not doubled
    assert len(archives_of(study)) == 2
    remove_archive(study, "old")
    assert sorted(path.name for path in (study / "model").iterdir()) == before
    with pytest.raises(UsageError, match="no archive 'old'; it has: none"):
        remove_archive(study, "old")
    with pytest.raises(UsageError, match="no archive 'training'"):
        remove_archive(study, "training")


def test_images_without_labels_and_broken_ones(study: Path, tmp_path: Path, archive: Path) -> None:
    (archive / "images" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    added = add_archive(study, archive / "images", labelled=False, name="plain")
    assert (added.n, added.n_labelled, added.unreadable) == (8, 0, 1)
    with pytest.raises(UsageError, match="cannot be called"):
        add_archive(study, archive, name="../x")
    with pytest.raises(UsageError, match="cannot be called"):
        add_archive(study, archive, name="training")


def test_nobody_is_named(study: Path, tmp_path: Path, archive: Path) -> None:
    named = tmp_path / "named"
    shutil.copytree(archive, named)
    heading, *lines = (named / "cases.csv").read_text().splitlines()
    lines = [line.replace(",p", ",DOE^JANE") for line in lines]
    image, _, patient = lines[0].split(",")
    (named / "images" / f"{patient} film.png").write_bytes((named / image).read_bytes())
    lines[0] = lines[0].replace(image, f"images/{patient} film.png")
    (named / "cases.csv").write_text("\n".join([heading, *lines]) + "\n")
    added = add_archive(study, named, name="named")
    assert added.unnamed == 1
    for path in (study / "model").glob("similar_named*"):
        assert b"DOE" not in path.read_bytes()


def test_a_study_without_them_can_be_given_similar_cases(study: Path, finished: Path) -> None:
    place = Study(study)
    form = place.read_json("model/model.json")
    del form["trust"]["similar"]
    Ledger(place).rewrite_json("train", "model/model.json", form)
    with pytest.raises(StudyMismatch, match="thirdeye similar index"):
        archives_of(study)
    found = index_similar(study, data=finished / "data")
    assert found == Study(finished / "study").read_json("model/model.json")["trust"]["similar"]


def test_by_command(study: Path, archive: Path) -> None:
    def run(*arguments: str) -> str:
        result = CliRunner().invoke(command, list(arguments), catch_exceptions=False)
        assert result.exit_code == 0
        return result.output

    assert "old: 8 images added, 8 with a label" in run("add", str(study), str(archive), "--name", "old")
    assert json.loads(run("list", str(study), "--json"))[1] == {"name": "old", "n": 8}
    assert "old: removed" in run("remove", str(study), "old")
    assert "old" not in run("list", str(study))


def test_the_test_part_is_measured_beside_raw_features(finished: Path) -> None:
    content = json.loads((finished / "study" / "evaluation.json").read_text())
    found = content["sets"]["test"]["retrieval"]
    assert found["n_queries"] == content["sets"]["test"]["n"]
    names = [one["name"] for one in found["metrics"]]
    assert names == ["precision_at_1", "precision_at_5", "precision_at_10", "mean_average_precision"]
    assert [one["name"] for one in found["comparisons"]] == ["pixels", "handcrafted"]
    for comparison in found["comparisons"]:
        for measured, own in zip(comparison["measures"], found["metrics"], strict=True):
            assert measured["first"] == own
            gap = measured["first"]["value"] - measured["second"]["value"]
            np.testing.assert_allclose(measured["difference"]["value"], gap, atol=1e-12)


@pytest.mark.skipif(library() is None, reason="the extra 'search' is not installed")
def test_a_large_archive_is_put_into_lists_and_goes_without_a_trace(
    study: Path, tmp_path: Path, make_cases: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "MOST", 1.0)
    before = sorted(path.name for path in (study / "model").iterdir())
    archive = make_cases(tmp_path / "old", 120, seed=5)
    added = add_archive(study, archive, name="old", beyond=Beyond(cases=100, run=100))
    Ledger(Study(study)).verify("train")
    assert "those in the nearest lists are compared" in added.searched
    assert added.searched == search_of(study)
    opinion = SecondReader.load(study).read(archive / "images" / "case 03.png")
    (twin,) = [one for one in opinion.similar if one.duplicate]
    assert (twin.archive, twin.image, twin.label) == ("old", "images/case 03.png", "malignant")
    (study / "model" / "similar_old_lists.npz").write_bytes(b"other")
    with pytest.raises(StudyMismatch, match=r"similar_old_lists\.npz was changed"):
        _ = SecondReader.load(study).read(archive / "images" / "case 03.png").similar
    remove_archive(study, "old")
    assert sorted(path.name for path in (study / "model").iterdir()) == before
    assert search_of(study).endswith("exactly.")
