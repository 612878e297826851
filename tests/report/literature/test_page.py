"""The page: every study, count and contradiction on it, in HTML and PDF; and degenerate content."""

from __future__ import annotations

from dataclasses import replace

import pytest

from thirdeye.report.document import Document, Table
from thirdeye.report.html import render_html
from thirdeye.report.literature.lines import Literature, Own, Share
from thirdeye.report.literature.own import place_sentence
from thirdeye.report.literature.page import compose
from thirdeye.report.pdf import render_pdf

EMPTY = Literature((), {}, {}, (), (), (), (), (), (), tuple(
    Share(name, f"{name}?", 0, 0, 0)
    for name in ("intervals", "doctors", "traditional", "external_test", "heat_maps", "heat_maps_examined",
                 "patient_wise")
), {})  # fmt: skip


def own(auc: tuple[float, float | None, float | None] | None = (0.9, 0.8, 0.95)) -> Own:
    return Own("<b>mine</b>\u202e", "malignant", 50, 40, auc, "the same task: binary", "binary")


def test_nothing_to_show_is_still_a_page() -> None:
    page = compose(EMPTY)
    assert "No AUC and no operating point" in render_html(page)
    assert render_pdf(page).startswith(b"%PDF")


def test_a_hostile_name_is_text() -> None:
    html = render_html(compose(replace(EMPTY, own=own())))
    assert "<b>mine</b>" not in html
    assert "&lt;b&gt;mine" in html
    assert "\u202e" not in html


@pytest.mark.parametrize(
    ("auc", "said"),
    [(None, "has no AUC"), ((0.9, None, None), "none of the published ones with an AUC is near it")],
)
def test_a_place_without_neighbours_is_said(
    auc: tuple[float, float | None, float | None] | None, said: str
) -> None:
    assert said in place_sentence(EMPTY, own(auc))


def tables(page: Document) -> list[Table]:
    return [block for section in page.sections for block in section.blocks if isinstance(block, Table)]


def test_rows_are_as_wide_as_their_tables() -> None:
    for table in tables(compose(replace(EMPTY, own=own()))):
        assert all(len(row) == len(table.columns) for row in table.rows)
