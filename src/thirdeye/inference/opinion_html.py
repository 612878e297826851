"""Opinions as one self-contained page, written piece by piece so that a thousand cases fit."""

from __future__ import annotations

from dataclasses import replace

from thirdeye.case.opinion import RESEARCH_USE, HeatMap, Opinion
from thirdeye.inference.located_html import found_html
from thirdeye.inference.opine import NOT_PASSED
from thirdeye.inference.opinion_card import Thumbnails, card, figure, rows, safe
from thirdeye.inference.page_style import SCOPED, STYLE
from thirdeye.inference.reader_words import identity_pairs, overall_pairs
from thirdeye.inference.wording import without_name

Ramp = list[tuple[int, int, int]]

_MAPS = {
    "cam": "class activation map", "grad_cam": "Grad-CAM", "rise": "RISE",
    "saliency": "input-gradient saliency",
}  # fmt: skip
_NO_MAP = '<p class="soft">No heat map: none passed the exam of this study.</p>'
_HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>{title}</title>
<style>{style}</style></head><body>
<h1>{title}</h1>
<p class="soft">{subtitle}</p>
<p class="notice">{notice}</p>
"""


def page_head(*, title: str, subtitle: str) -> str:
    """Everything before the first case.

    Args:
        title, subtitle: plain text.
    """
    return _HEAD.format(title=safe(title), subtitle=safe(subtitle), notice=safe(RESEARCH_USE), style=STYLE)


def page_case(
    opinion: Opinion,
    *,
    picture: bytes | None,
    overlay: bytes | None,
    ramp: Ramp,
    thumbnails: Thumbnails | None = None,
) -> str:
    """One case.

    Args:
        opinion: what is said.
        picture: PNG of the image; None where it is not at hand.
        overlay: PNG of the image under the heat map, where there is one.
        ramp: colours of the heat map from low to high, for the legend.
        thumbnails: PNG of past cases by their image, as far as they are at hand.
    """
    figures = "" if picture is None else figure(picture, "the image")
    legend = ""
    if overlay is not None and opinion.heat_map is not None:
        figures += figure(overlay, _map_caption(opinion.heat_map))
        legend = _legend(opinion, ramp)
    elif NOT_PASSED in opinion.warnings:
        kept = tuple(one for one in opinion.warnings if one != NOT_PASSED)
        opinion, legend = replace(opinion, warnings=kept), _NO_MAP if figures else ""
    return card(opinion, figures=figures, legend=legend, thumbnails=thumbnails)


def page_located(opinion: Opinion, *, picture: bytes | None, caption: str) -> str:
    """One case of a reader that says where something is.

    Args:
        opinion: what is said.
        picture: PNG of the image with what was found drawn on it; None where it is not at hand.
        caption: of the picture.
    """
    figures = "" if picture is None else figure(picture, caption)
    return card(opinion, figures=figures, found=found_html(opinion))


def page_failure(source: str, error: str) -> str:
    """A file that could not be read."""
    return (
        f'<article><div class="top"><h2>{safe(source)}</h2></div>'
        f'<div class="box"><b>Could not be read:</b> {safe(without_name(source, error))}</div></article>\n'
    )


def page_foot(*, last: Opinion | None) -> str:
    """Everything after the last case: what holds for the reader, whatever the case.

    Args:
        last: an opinion of the reader; None where it gave none.
    """
    reader = "" if last is None else about_reader(last)
    return f'{reader}<p class="soft">{safe(RESEARCH_USE)}</p></body></html>\n'


def about_reader(opinion: Opinion) -> str:
    """What a reader was measured at and what not, and which it is.

    Args:
        opinion: any one of its opinions.
    """
    good = rows(overall_pairs(opinion))
    gaps = "".join(f"<li>{safe(one)}</li>" for one in opinion.unvalidated)
    return (
        '<section class="reader"><h2>About this reader</h2>'
        + (f"<h3>How good it is</h3>{good}" if good else "")
        + (f"<h3>What it has not been validated on</h3><ul>{gaps}</ul>" if gaps else "")
        + f'<h3>Which it is</h3><div class="hash">{rows(identity_pairs(opinion))}</div></section>'
    )


def notebook(opinion: Opinion, body: str) -> str:
    """One opinion for a notebook: the same card, with everything that it needs.

    Args:
        opinion: what is said.
        body: its card.
    """
    return (
        f'<style>{SCOPED}</style><div class="third-eye">{body}{about_reader(opinion)}'
        f'<p class="soft">{safe(RESEARCH_USE)}</p></div>'
    )


def _legend(opinion: Opinion, ramp: Ramp) -> str:
    colours = ", ".join(f"rgb{colour}" for colour in ramp)
    heat = opinion.heat_map
    passed = heat is not None and heat.passed_sanity
    exam = "" if heat is None else f" Made by {safe(_MAPS.get(heat.method, heat.method.replace('_', ' ')))}"
    exam += ", which passed the exam of this study." if passed else "." if heat is not None else ""
    signed = heat is None or heat.signed
    low, meaning = (
        ("no evidence", "Where evidence came from; not where the disease is.")
        if signed
        else ("no effect", "Where a change would move the answer, up or down; not where the disease is.")
    )
    return (
        f'<div class="legend" style="background: linear-gradient(90deg, {colours})"></div>'
        f'<div class="ends soft"><span>{low}</span><span>strong</span></div>'
        f'<p class="soft">{meaning}{exam}</p>'
    )


def _map_caption(heat: HeatMap) -> str:
    if heat.signed:
        return f"evidence for {heat.class_name}"
    return f"what moves the answer for {heat.class_name}, up or down"
