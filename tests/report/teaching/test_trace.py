"""The noun of a traced run, its text and its page."""

from __future__ import annotations

import pytest

from thirdeye.report.html import render_html
from thirdeye.report.teaching.page import trace_page
from thirdeye.report.teaching.text import trace_text
from thirdeye.report.teaching.trace import (
    Grids,
    Line,
    Lines,
    Steps,
    Trace,
    Words,
    compare,
    grid,
    number_words,
)

TRACE = Trace(
    "some",
    "Some <run>",
    "What is shown?",
    (
        Steps("Table", ("name", "value"), (("first", 0.5), ("second", -2))),
        Grids("Squares", (grid("small", [[1.0, -0.5], [0, 2]]), grid("wide", [[0] * 30] * 2))),
        Lines("Curves", "x", "y", (Line("a", (0.0, 1.0), (1.0, 2.0)), Line("b", (0.5,), (1.5,), marks=True))),
        Words("Said", ("A sentence.",)),
    ),
    (compare("right", [1, 2], [1.0, 2.0], "a book"), compare("wrong", 1, 2, "a book")),
)


def test_equality_is_of_shape_and_of_numbers() -> None:
    assert compare("", [[1, 2]], [[1, 2.0]], "").equal
    assert not compare("", [1, 2], [[1, 2]], "").equal
    assert not compare("", 1.0, 1.0 + 1e-9, "").equal
    assert compare("", 1.0, 1.0 + 1e-9, "", 1e-8).equal
    assert not compare("", 1.0, float("nan"), "", 1e-8).equal
    assert not TRACE.equal


@pytest.mark.parametrize(
    ("value", "words"), [(0.5, "0.5"), (-0.0, "0"), ([[1, 2.5], [3, 4]], "[[1 2.5] [3 4]]")]
)
def test_numbers_are_short(value: object, words: str) -> None:
    assert number_words(value) == words


def test_text_shows_everything() -> None:
    text = trace_text(TRACE)
    assert "wide: 2 x 30, drawn on the page" in text
    assert "DIFFERS  wrong (a book)\n           expected 1, found 2" in text
    assert "A sentence." in text
    assert "(0, 1), (1, 2)" in text


def test_page_escapes_and_draws() -> None:
    page = render_html(trace_page(TRACE))
    assert "Some &lt;run&gt;" in page
    assert page.count("<svg") >= 2
    assert "1 of 2 comparisons differ" in page
    assert "not a medical device" in page.lower()


def test_json_names_the_kind_of_each_part() -> None:
    assert [part["kind"] for part in TRACE.as_json()["parts"]] == ["steps", "grids", "lines", "words"]
