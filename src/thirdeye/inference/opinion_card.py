"""One opinion as a piece of HTML: what is held to be true, by what to weigh it, and what looked alike."""

from __future__ import annotations

import base64
import html
from collections.abc import Mapping, Sequence

from thirdeye.case.opinion import Opinion, Verdict
from thirdeye.case.reliance import SimilarCase
from thirdeye.inference.fusion.words import fused_sentences
from thirdeye.inference.opinion_words import (
    certainty_sentence,
    deferral_sentence,
    familiarity_sentence,
    frequency_sentence,
    point_name,
    rate,
    sides_of,
    similar_sentence,
    such,
)
from thirdeye.inference.page_marks import hundred, scale
from thirdeye.inference.set_words import set_sentences
from thirdeye.inference.wording import percent, readable

SHOWN_CLASSES = 6
LONGEST_NAME = 28  # characters of a past case's name that are shown
Thumbnails = Mapping[SimilarCase, bytes]  # PNG of a past case


def card(
    opinion: Opinion, *, figures: str, found: str = "", legend: str = "", thumbnails: Thumbnails | None = None
) -> str:
    """An article on one case.

    Args:
        opinion: what is said.
        figures: HTML of its pictures.
        found: HTML of what was found where.
        legend: HTML below the pictures.
        thumbnails: pictures of past cases.
    """
    said = _abstention(opinion) if opinion.abstained is not None else found + _said(opinion)
    shown = f'<div><div class="pictures">{figures}</div>{legend}</div>' if figures else ""
    past = "" if opinion.abstained is not None else _similar(opinion, thumbnails or {})
    return (
        f'<article><div class="top"><h2>{safe(opinion.source)}</h2></div>'
        f'<div class="{"grid" if figures else "alone"}">{shown}<div>{said}</div></div>'
        f"{past}{_notes(opinion)}</article>\n"
    )


def figure(png: bytes, caption: str) -> str:
    """A picture with its caption, inside the page."""
    source = base64.b64encode(png).decode("ascii")
    return (
        f'<figure><img alt="{safe(caption)}" src="data:image/png;base64,{source}">'
        f"<figcaption>{safe(caption)}</figcaption></figure>"
    )


def safe(text: str) -> str:
    """Text that can be nothing but text."""
    return html.escape(readable(text))


def rows(pairs: Sequence[tuple[str, str]]) -> str:
    """A table of what and its sentence; "" without any."""
    if not pairs:
        return ""
    cells = "".join(f"<tr><th>{safe(what)}</th><td>{safe(said)}</td></tr>" for what, said in pairs)
    return f'<table class="told">{cells}</table>'


def _abstention(opinion: Opinion) -> str:
    return (
        f'<div class="box"><b>No opinion.</b> {safe(opinion.abstained or "")}</div>'
        '<p class="soft">The reader gives no number here, as none would mean anything.</p>'
    )


def _said(opinion: Opinion) -> str:
    if not opinion.probabilities:
        return ""
    answer = _binary(opinion) if opinion.positive is not None else _classes(opinion)
    return f"{_deferral(opinion)}{answer}{_often(opinion)}{_verdicts(opinion.verdicts)}{_weighing(opinion)}"


def _deferral(opinion: Opinion) -> str:
    certainty = opinion.certainty
    if certainty is None or not certainty.defer:
        return ""
    return f'<div class="box"><b>Deferred.</b> {safe(deferral_sentence(certainty))}</div>'


def _binary(opinion: Opinion) -> str:
    name = opinion.positive or ""
    value = opinion.probabilities[name]
    thresholds = [verdict.threshold for verdict in opinion.verdicts]
    under = '<p class="soft">Below the bar: thresholds of the operating points.</p>' if thresholds else ""
    return f'<p class="answer"><b>{percent(value)}</b>{safe(name)}</p>{scale(value, thresholds)}{under}'


def _classes(opinion: Opinion) -> str:
    ranked = sorted(opinion.probabilities.items(), key=lambda item: -item[1])
    shown = ranked if opinion.task == "multilabel" else ranked[:SHOWN_CLASSES]
    found = set((opinion.predicted or "").split("|"))
    bars = "".join(_bar(name, value, first=name in found) for name, value in shown)
    rest = sum(value for _, value in ranked[len(shown) :])
    more = f'<p class="soft">{len(ranked) - len(shown)} others together: {percent(rest)}</p>' if rest else ""
    head = ""
    if opinion.task != "multilabel":
        head = f'<p class="answer"><b>{percent(ranked[0][1])}</b>{safe(ranked[0][0])}</p>'
    return f'{head}<div class="bars">{bars}</div>{more}'


def _bar(name: str, value: float, *, first: bool) -> str:
    mark = ' class="first"' if first else ""
    bar = f'<div class="bar"><span style="width: {100 * value:.1f}%"></span></div>'
    return f'<span{mark}>{safe(name)}</span>{bar}<span class="num">{percent(value)}</span>'


def _often(opinion: Opinion) -> str:
    return "".join(
        f'<div class="often">{hundred(one)}<div><p>{safe(frequency_sentence(one))}</p>'
        f'<p class="soft">{safe(such(one))}</p></div></div>'
        for one in opinion.frequencies
    )


def _verdicts(verdicts: Sequence[Verdict]) -> str:
    if not verdicts:
        return ""
    body = "".join(_verdict(one) for one in verdicts)
    return (
        '<h3>Verdict at each operating point</h3><table class="many"><tr><th>verdict</th><th>at</th>'
        f"<th>sensitivity there</th><th>specificity there</th></tr>{body}</table>"
        '<p class="soft">Sensitivity and specificity in validation, with 95 % intervals.</p>'
    )


def _verdict(one: Verdict) -> str:
    word = "positive" if one.positive else "negative"
    at = f'{safe(point_name(one.operating_point))} <span class="soft">from {percent(one.threshold)}</span>'
    return (
        f'<tr><td class="verdict {word}">{word}</td><td>{at}</td>'
        f'<td class="num">{_rate(one.sensitivity, one.sensitivity_interval)}</td>'
        f'<td class="num">{_rate(one.specificity, one.specificity_interval)}</td></tr>'
    )


def _rate(value: float | None, limits: tuple[float, float] | None) -> str:
    return "–" if value is None else safe(rate(value, limits))


def _weighing(opinion: Opinion) -> str:
    levels = [
        (level, f"{name} {percent(value)}")
        for level, values in list(opinion.levels.items())[:-1]
        for name, value in [max(values.items(), key=lambda item: item[1])]
    ]
    said = [("Together", one) for one in fused_sentences(opinion)]
    said += [("Answers left", one) for one in set_sentences(opinion)]
    if opinion.certainty is not None:
        said.append(("Certainty", certainty_sentence(opinion.certainty)))
    if opinion.familiarity is not None:
        said.append(("Familiarity", familiarity_sentence(opinion.familiarity)))
    table = rows([*levels, *said])
    return f"<h3>How far to trust it</h3>{table}" if table else ""


def _similar(opinion: Opinion, thumbnails: Thumbnails) -> str:
    if not opinion.similar:
        return ""
    columns = "".join(
        _side(f"{title[0].upper()}{title[1:]}", cases, thumbnails) for title, cases in sides_of(opinion)
    )
    return (
        f"<h3>Past cases that look alike</h3><p>{safe(similar_sentence(opinion))}</p>"
        f'<div class="sides">{columns}</div>'
    )


def _side(title: str, cases: Sequence[SimilarCase], thumbnails: Thumbnails) -> str:
    shown = "".join(_past(one, thumbnails.get(one)) for one in cases)
    return f'<div><h3>{safe(title)}</h3><div class="past">{shown}</div></div>'


def _name(case: str) -> str:
    """What a past case is called; of a long name the beginning and the end, which tell cases apart."""
    if len(case) <= LONGEST_NAME:
        return safe(case)
    end = LONGEST_NAME // 2
    start = case[: LONGEST_NAME - end - 1]
    return f'<span title="{safe(case)}">{safe(start)}…<br>{safe(case[-end:])}</span>'


def _past(one: SimilarCase, png: bytes | None) -> str:
    if png is None:
        picture = '<div class="none">picture not at hand</div>'
    else:
        picture = f'<img alt="" src="data:image/png;base64,{base64.b64encode(png).decode("ascii")}">'
    same = "<br>may be the very same image" if one.duplicate else ""
    place = f"<br>from {safe(one.archive)}" if one.archive else ""
    return (
        f"<figure>{picture}<figcaption><b>{safe(one.label or 'outcome unknown')}</b>{_name(one.case)}"
        f"<br>similarity {one.similarity:.2f}{place}{same}</figcaption></figure>"
    )


def _notes(opinion: Opinion) -> str:
    if not opinion.warnings:
        return ""
    items = "".join(f"<li>{safe(warning)}</li>" for warning in opinion.warnings)
    return f'<div class="notes"><h3>Note</h3><ul>{items}</ul></div>'
