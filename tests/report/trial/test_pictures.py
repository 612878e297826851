"""Thumbnails: their size, their brightness, their budget."""

from __future__ import annotations

import io
import time
from collections.abc import Callable

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from thirdeye.report.trial.outlines import Outlines
from thirdeye.report.trial.pictures import PictureBook, jpeg, shares, shrunk
from thirdeye.report.trial.trial import Trial


def test_eight_bits_keep_their_brightness() -> None:
    assert (shrunk(np.full((400, 300), 37, np.uint8)) == 37).all()
    assert shrunk(np.zeros((400, 300), np.uint8)).shape == (200, 150)
    assert shrunk(np.zeros((8, 1000, 3), np.uint8)).shape == (2, 200, 3)
    assert shrunk(np.zeros((3, 2), np.uint8)).shape == (3, 2)


def test_deeper_pixels_are_stretched() -> None:
    pixels = np.linspace(1000, 3000, 100 * 100, dtype=np.float32).reshape(100, 100)
    shown = shrunk(pixels)
    assert shown.dtype == np.uint8
    assert shown.min() == 0
    assert shown.max() == 255
    assert not shrunk(np.full((5, 5), 7, np.uint16)).any()


def test_a_jpeg_tells_nothing_but_pixels() -> None:
    with Image.open(io.BytesIO(jpeg(np.full((9, 5, 3), 90, np.uint8)))) as opened:
        assert opened.format == "JPEG"
        assert opened.size == (5, 9)
        assert not opened.getexif()


def test_a_picture_is_loaded_once_and_counted(make_trial: Callable[..., Trial]) -> None:
    trial = make_trial()
    loaded: list[str] = []

    def look(name: str) -> np.ndarray:
        loaded.append(name)
        return np.zeros((4, 4), np.uint8)

    object.__setattr__(trial, "look", look)
    book = PictureBook(trial, Outlines(trial.collection, look), left=2)
    assert book.take("a") == book.take("a") != None  # noqa: E711 - the chain says both
    assert book.take("a") is None
    assert loaded == ["a"]


def test_no_picture_after_the_time_is_up(make_trial: Callable[..., Trial]) -> None:
    trial = make_trial()
    book = PictureBook(trial, Outlines(trial.collection, trial.look), until=time.monotonic() - 1)
    assert book.take("pictures/0.png") is None


@given(st.lists(st.integers(0, 60), max_size=30), st.integers(0, 400))
def test_shares_are_fair(wishes: list[int], total: int) -> None:
    granted = shares(wishes, total)
    assert all(0 <= given <= wish for given, wish in zip(granted, wishes, strict=True))
    assert sum(granted) == min(total, sum(wishes))
    unmet = [given for given, wish in zip(granted, wishes, strict=True) if given < wish]
    if unmet:
        assert max(granted) - min(unmet) <= 1
