from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from thirdeye.case.study import Study
from thirdeye.errors import StudyMismatch
from thirdeye.inference.similar.finder import Finder
from thirdeye.inference.similar.gallery import PastCase, gallery_of, read_gallery, write_gallery
from thirdeye.inference.similar.lists import Beyond
from thirdeye.inference.similar.measure import Measure
from thirdeye.inference.similar.patients import digest, digests_of
from thirdeye.inference.similar.words import how_searched
from thirdeye.journey.similar import listing
from thirdeye.journey.similar.listing import cluster, library, with_lists

pytestmark = pytest.mark.skipif(library() is None, reason="the extra 'search' is not installed")
WIDTH, N = 12, 3000
BEYOND = Beyond(cases=1000, run=500)
MEASURE = Measure(np.zeros((2, WIDTH), np.float32), np.stack([np.eye(WIDTH, dtype=np.float32)] * 2))
OF_PICTURES = Measure(np.zeros((1, 768), np.float32), np.eye(768, dtype=np.float32)[None, :, :4])


def _features(count: int, seed: int) -> np.ndarray:
    """Two members' features, in clusters."""
    middles = np.random.default_rng(0).normal(size=(40, 2 * WIDTH))
    rng = np.random.default_rng(seed)
    return (middles[rng.integers(0, 40, count)] + 0.4 * rng.normal(size=(count, 2 * WIDTH))).astype(
        np.float32
    )


@pytest.fixture
def kept(tmp_path: Path) -> tuple[Study, dict[str, Any], np.ndarray]:
    """Cases of 300 patients, ten each: a third seen by one member, 300 by the other, the rest by both."""
    study, features = Study(tmp_path), _features(N, 1)
    cases = [
        PastCase(f"case {row}", f"{row}.png", "rare" if row % 250 == 7 else "usual", digest(f"p{row // 10}"))
        for row in range(N)
    ]
    pictures = np.random.default_rng(2).normal(size=(N, 4)).astype(np.float32)
    pictures /= np.linalg.norm(pictures, axis=1, keepdims=True)
    parts = [
        (group, MEASURE.vectors(features[rows], group), pictures[rows], cases[rows])
        for group, rows in (((0,), slice(0, 1000)), ((1,), slice(1000, 1300)), ((0, 1), slice(1300, N)))
    ]
    entry = write_gallery(study, gallery_of("training", parts, place=None))
    return study, {"galleries": [entry]}, features


def _finder(study: Study, kept: dict[str, Any], *, exact: bool = False, limit: float | None = None) -> Finder:
    galleries = tuple(read_gallery(study, entry) for entry in kept["galleries"])
    return Finder(MEASURE, OF_PICTURES, galleries, limit, N if exact else kept["search"]["beyond"])


BLANK = np.zeros((32, 32, 3), np.uint8)


def test_what_is_found_is_what_the_exact_search_finds_as_often_as_was_measured(kept) -> None:
    study, before, _ = kept
    found = with_lists(study, before, beyond=BEYOND)
    first, small, last = found["galleries"][0]["lists"]["runs"]
    assert small is None
    assert (first["n"], last["n"]) == (1000, 1700)
    assert (first["lists"], last["lists"]) == (94, 123)
    by_lists, exact = _finder(study, found), _finder(study, found, exact=True)
    same = []
    for query in _features(60, 3):
        ours = by_lists.find(query, BLANK, answer="usual")
        theirs = {one.case: one for one in exact.find(query, BLANK, answer="usual")}
        same.append(np.mean([one.case in theirs for one in ours]))
        for one in ours:
            if one.case in theirs:
                assert one.similarity == theirs[one.case].similarity
    assert np.mean(same) > 0.93
    for run in (first, last):
        assert run["recall"]["name"] == "recall_at_10"
        assert run["recall"]["n_clusters"] > 50
        assert 0.93 < run["recall"]["value"] <= 1
        assert run["share_read"] < 0.3


def test_only_the_order_of_the_cases_changes(kept) -> None:
    study, before, _ = kept
    old = read_gallery(study, before["galleries"][0])
    vectors, cases = np.array(old.vectors), old.cases
    new = read_gallery(study, with_lists(study, before, beyond=BEYOND)["galleries"][0])
    assert sorted(one.case for one in new.cases) == sorted(one.case for one in cases)
    place = {one.case: row for row, one in enumerate(cases)}
    np.testing.assert_array_equal(np.asarray(new.vectors), vectors[[place[one.case] for one in new.cases]])
    assert new.groups == old.groups
    lists = new.lists[0]
    assert lists is not None
    for at in range(len(lists.centres)):
        rows = np.asarray(new.vectors[lists.starts[at] : lists.starts[at + 1], :WIDTH])
        assert ((rows @ lists.centres[:, :WIDTH].T).argmax(axis=1) == at).all()


def test_it_is_the_same_every_time(kept) -> None:
    study, before, features = kept
    vectors = MEASURE.vectors(features, (0, 1))
    for one, other in zip(cluster(vectors, 50), cluster(vectors, 50), strict=True):
        np.testing.assert_array_equal(one, other)
    found = with_lists(study, before, beyond=BEYOND)
    assert with_lists(study, found, beyond=BEYOND) == found  # lists that are there stay
    query = _features(1, 8)[0]
    told = [_finder(study, found).find(query, BLANK, answer="rare") for _ in range(2)]
    assert told[0] == told[1]


def test_the_own_patient_is_left_out_and_others_are_found_instead(kept) -> None:
    study, before, features = kept
    finder = _finder(study, with_lists(study, before, beyond=BEYOND))
    for row in range(1300, 1800, 10):
        own = digests_of(f"p{row // 10}")
        shown = finder.find(features[row], BLANK, answer="usual")
        assert shown[0].case == f"case {row}"
        told = finder.find(features[row], BLANK, answer="usual", own=own)
        assert len(told) >= 5
        assert {int(one.case.split()[1]) // 10 for one in told}.isdisjoint({row // 10})


def test_a_patient_who_fills_the_lists_does_not_empty_the_answer(kept) -> None:
    """All cases but six are the own patient's: more and more lists are looked at, in the end all."""
    study, before, features = kept
    gallery = read_gallery(study, before["galleries"][0])
    many = [
        PastCase(one.case, one.image, one.label, digest("other" if at % 500 == 3 else "me"))
        for at, one in enumerate(gallery.cases)
    ]
    form = json.loads((study.folder / "model" / "similar_training.json").read_text())
    form["cases"] = [[one.case, one.image, one.label, one.patient] for one in many]
    study.write_text("model/similar_training.json", json.dumps(form))
    before["galleries"][0]["cases"]["sha256"] = study.sha256("model/similar_training.json")
    finder = _finder(study, with_lists(study, before, beyond=BEYOND))
    told = finder.find(features[40], BLANK, answer="usual", own=digests_of("me"))
    assert len(told) >= 5
    assert {int(one.case.split()[1]) % 500 for one in told} == {3}


def test_a_rare_answer_is_sought_further_until_it_is_found(kept) -> None:
    study, before, _ = kept
    found = with_lists(study, before, beyond=BEYOND)
    by_lists, exact = _finder(study, found), _finder(study, found, exact=True)
    hits = 0
    for query in _features(20, 4):
        rare = [[one.case for one in finder.find(query, BLANK, answer="rare") if one.label == "rare"]
                for finder in (by_lists, exact)]  # fmt: skip
        assert len(rare[0]) >= 2
        hits += rare[0][:2] == rare[1][:2]
    assert hits >= 18


def test_a_copy_is_seen_wherever_it_lies(kept) -> None:
    """Its picture is the same, its features are far away: no list that is looked at holds it."""
    study, before, features = kept
    found = with_lists(study, before, beyond=BEYOND)
    image = np.random.default_rng(5).integers(0, 255, (32, 32, 3)).astype(np.uint8)
    finder = _finder(study, found, limit=0.9)
    query = OF_PICTURES.vectors(_small(image), (0,))[0]
    alike = np.concatenate([gallery.pictures for gallery in finder.galleries]) @ query
    twins = {finder.galleries[0].cases[row].case for row in np.flatnonzero(alike >= 0.9)}
    assert 0 < len(twins) < 400
    patients = {int(one.split()[1]) // 10 for one in twins}
    told = finder.find(features[0], image, answer="usual")
    for one in told:
        assert one.duplicate == (one.case in twins)
        assert one.duplicate or int(one.case.split()[1]) // 10 not in patients


def _small(image: np.ndarray) -> np.ndarray:
    from thirdeye.inference.similar.pictures import small_pictures

    return small_pictures(image[None])


def test_few_cases_or_no_library_are_searched_exactly_and_that_is_said(
    kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    study, before, _ = kept
    few = with_lists(study, before)
    assert few == {**before, "search": {"beyond": 100_000}}
    assert how_searched(few) == "All 3,000 past cases are compared with the new one, exactly."
    monkeypatch.setattr(listing, "find_spec", lambda name: None)
    missing = with_lists(study, before, beyond=BEYOND)
    assert missing["galleries"] == before["galleries"]
    assert "exactly; a faster search needs the extra 'search' (faiss)" in how_searched(missing)
    assert how_searched(before) == how_searched(few)


def test_the_sentence_says_what_is_missed(kept) -> None:
    study, before, _ = kept
    said = how_searched(with_lists(study, before, beyond=BEYOND))
    assert "Of 3,000 past cases those in the nearest lists are compared" in said
    assert "of the 2,700 that lie in lists" in said
    assert "of the 10 nearest they hold a share of 0.9" in said or "share of 1.000" in said


def test_lists_that_do_not_help_are_not_kept(kept, tmp_path: Path) -> None:
    """Points without any structure, in many dimensions."""
    study = Study(tmp_path / "other")
    rows = np.random.default_rng(0).normal(size=(1500, 2 * WIDTH)).astype(np.float32)
    cases = [PastCase(str(row), "", "", "") for row in range(1500)]
    gallery = gallery_of("x", [((0, 1), MEASURE.vectors(rows, (0, 1)), rows[:, :4], cases)], place=None)
    before = {"galleries": [write_gallery(study, gallery)]}
    found = with_lists(study, before, beyond=BEYOND)
    assert found["galleries"] == before["galleries"]
    assert "exactly" in how_searched(found)


def _rewritten(change: Callable[[dict[str, np.ndarray]], None]) -> Callable[[Path], None]:
    def rewrite(path: Path) -> None:
        with np.load(path) as stored:
            arrays = dict(stored)
        change(arrays)
        with path.open("wb") as stream:
            np.savez(stream, **arrays)

    return rewrite


@pytest.mark.parametrize(
    "change",
    [
        lambda arrays: arrays["starts_0"].__setitem__(3, 10_000),
        lambda arrays: arrays["starts_0"].__setitem__(-1, 999),
        lambda arrays: arrays["centres_2"].__setitem__((0, 0), np.nan),
        lambda arrays: arrays.pop("starts_2"),
        lambda arrays: arrays.update(centres_0=np.array([{"run": "me"}], object)),
    ],
)
def test_a_file_of_lists_is_checked_for_its_hash_and_its_sense(kept, change) -> None:
    study, before, _ = kept
    found = with_lists(study, before, beyond=BEYOND)
    path = study.folder / "model" / "similar_training_lists.npz"
    _rewritten(change)(path)
    with pytest.raises(StudyMismatch, match="was changed"):
        read_gallery(study, found["galleries"][0])
    found["galleries"][0]["lists"]["sha256"] = study.sha256(f"model/{path.name}")
    with pytest.raises(StudyMismatch, match="is damaged"):
        read_gallery(study, found["galleries"][0])
    path.unlink()
    with pytest.raises(StudyMismatch, match="is missing"):
        read_gallery(study, found["galleries"][0])
