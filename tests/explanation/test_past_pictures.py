"""Pictures of past cases: only from where the data lay, and only what can be read."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import PIL.Image
import pytest

from thirdeye.case.opinion import Opinion
from thirdeye.case.reliance import SimilarCase
from thirdeye.explanation.past_pictures import THUMBNAIL_PX, PastPictures, past_pictures


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    for name in ("data/a.png", "data/b.png", "secret.png"):
        PIL.Image.fromarray(np.full((300, 200), 90, np.uint8)).save(tmp_path / name)
    (tmp_path / "data/broken.png").write_bytes(b"\x89PNG")
    return tmp_path


def opinion(*images: str, archive: str | None = None) -> Opinion:
    similar = tuple(SimilarCase(name, name, "ill", 0.9, archive=archive) for name in images)
    return Opinion("x", "binary", {"ill": 1.0}, similar=similar)


def test_pictures_that_are_at_hand_are_small(folder: Path) -> None:
    past = PastPictures({None: folder / "data"}, intensity="full_range")
    found = past.of(opinion("a.png", "missing.png", "broken.png", "b.png"))
    assert [one.image for one in found] == ["a.png", "b.png"]
    (folder / "small.png").write_bytes(next(iter(found.values())))
    with PIL.Image.open(folder / "small.png") as small:
        assert small.height == THUMBNAIL_PX


def test_nothing_is_opened_outside_the_data_or_of_an_unknown_archive(folder: Path) -> None:
    past = PastPictures({None: folder / "data"}, intensity="full_range")
    assert past.of(opinion("../secret.png", str(folder / "secret.png"))) == {}
    assert past.of(opinion("a.png", archive="elsewhere")) == {}


@pytest.mark.parametrize(("place", "below"), [("../data/cases.csv", ".."), ("../data", "."), ("..", "data")])
def test_the_data_of_a_table_lie_beside_it(folder: Path, place: str, below: str) -> None:
    (folder / "data/cases.csv").write_text("image,label\na.png,ill\n")
    (folder / "study").mkdir()
    provenance = {"data": {"place": place, "root_below": below}}
    (folder / "study/provenance.json").write_text(json.dumps(provenance))
    manifest = SimpleNamespace(trust={}, input={"intensity": "full_range"})
    past = past_pictures(folder / "study", cast("Any", manifest))
    assert [one.image for one in past.of(opinion("a.png"))] == ["a.png"]


def test_what_was_drawn_is_kept(folder: Path) -> None:
    past = PastPictures({None: folder / "data"}, intensity="full_range")
    first = past.of(opinion("a.png"))
    (folder / "data/a.png").unlink()
    assert past.of(opinion("a.png")) == first
