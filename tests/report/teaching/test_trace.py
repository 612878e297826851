"""The noun of a traced run, its text and its page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from thirdeye.report.html import render_html
from thirdeye.report.teaching.page import trace_page
from thirdeye.report.teaching.text import equalities_text, trace_text
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
    ("value", "words"),
    [(0.5, "0.5"), (-0.0, "0"), (True, "yes"), (False, "no"), ([[1, 2.5], [3, 4]], "[[1 2.5] [3 4]]")],
)
def test_numbers_are_short(value: object, words: str) -> None:
    assert number_words(value) == words


def test_text_shows_everything() -> None:
    text = trace_text(TRACE)
    assert "wide: 2 x 30, drawn on the page" in text
    assert "DIFFERS  wrong (a book)\n           expected 1, found 2" in text
    assert "A sentence." in text
    assert "(0, 1), (1, 2)" in text


def test_text_says_how_near_what_is_not_the_same_to_the_last_digit() -> None:
    text = equalities_text((compare("slope", 0, 2e-9, "a book", 1e-6), compare("sum", 3, 3, "a book", 1e-6)))
    assert "equal    slope (a book)\n           2e-09 for 0, within 1e-06\n" in text
    assert text.endswith("equal    sum (a book)")


def test_long_notes_are_wrapped() -> None:
    long = Steps("Table", ("a",), ((1,),), "many words " * 30)
    assert max(map(len, trace_text(replace(TRACE, parts=(long,))).splitlines())) <= 100


def test_tables_stand_as_on_a_board() -> None:
    """No wider than their numbers, every column of numbers under its heading, and the title only once."""
    page = render_html(trace_page(TRACE))
    assert 'class="table board' in page
    assert '<th scope="col" class="n">value</th>' in page
    assert page.count(">Table<") == 3  # contents, heading, and the caption that is only heard
    assert "<figcaption></figcaption>" not in page
    assert 'data-head="compared"' in page


def test_page_escapes_and_draws() -> None:
    page = render_html(trace_page(TRACE))
    assert "Some &lt;run&gt;" in page
    assert page.count("<svg") >= 2
    assert "1 of 2 comparisons differ" in page
    assert "not a medical device" in page.lower()


def test_json_names_the_kind_of_each_part() -> None:
    assert [part["kind"] for part in TRACE.as_json()["parts"]] == ["steps", "grids", "lines", "words"]
