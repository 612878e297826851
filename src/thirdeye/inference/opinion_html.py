"""Opinions as one self-contained page, written piece by piece so that a thousand cases fit."""

from __future__ import annotations

import base64
import html

from thirdeye.case.opinion import RESEARCH_USE, Opinion, Verdict
from thirdeye.case.region import Region
from thirdeye.inference.located_text import absent_lines, located_lines, sizes_of
from thirdeye.inference.opinion_text import percent, point_name, probability_lines, readable
from thirdeye.intake.volume_picture import mask_colour

_HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
:root {{ color-scheme: light; --ink: #1d2430; --soft: #5b6675; --line: #d9dee5; --alarm: #9a3412; }}
body {{ font: 16px/1.5 system-ui, sans-serif; color: var(--ink);
  max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }}
h1 {{ font-size: 1.5rem; margin-bottom: .2rem; }}
h2 {{ font-size: 1.05rem; margin: 0 0 .4rem; overflow-wrap: anywhere; }}
.notice {{ border-left: 4px solid var(--alarm); padding: .4rem .8rem; background: #fdf4ee; }}
article {{ border-top: 1px solid var(--line); padding: 1.2rem 0; display: grid; gap: 1.2rem;
  break-inside: avoid;
  grid-template-columns: minmax(0, 26rem) minmax(16rem, 1fr); }}
.pictures {{ display: flex; gap: .6rem; align-items: flex-start; }}
figure {{ margin: 0; flex: 1 1 0; }}
figure img {{ width: 100%; border-radius: 4px; display: block; background: #000; }}
figcaption, .soft {{ font-size: .82rem; color: var(--soft); }}
.bar {{ height: .55rem; border-radius: 3px; background: #e8ebf0; margin: .1rem 0 .6rem; }}
.bar span {{ display: block; height: 100%; border-radius: 3px; background: #3b5b8c; }}
.legend {{ height: .5rem; border-radius: 3px; background: linear-gradient(90deg, {ramp}); }}
table {{ border-collapse: collapse; margin: .3rem 0 .6rem; }}
td, th {{ text-align: left; padding: .2rem .9rem .2rem 0; border-bottom: 1px solid var(--line);
  font-weight: normal; }}
th {{ font-size: .82rem; color: var(--soft); }}
.chip {{ display: inline-block; width: .8rem; height: .8rem; border-radius: 2px; margin-right: .5rem;
  vertical-align: -.05rem; }}
.abstained {{ font-weight: 600; color: var(--alarm); }}
ul {{ margin: .5rem 0; padding-left: 1.1rem; }}
@media (max-width: 44rem) {{ article {{ grid-template-columns: 1fr; }} }}
</style></head><body>
<h1>{title}</h1>
<p class="soft">{subtitle}</p>
<p class="notice">{notice}</p>
"""


def page_head(*, title: str, subtitle: str, ramp: list[tuple[int, int, int]]) -> str:
    """Everything before the first case.

    Args:
        title, subtitle: plain text.
        ramp: colours of the heat map from low to high, for the legend.
    """
    colours = ", ".join(f"rgb{colour}" for colour in ramp)
    return _HEAD.format(
        title=_safe(title), subtitle=_safe(subtitle), notice=_safe(RESEARCH_USE), ramp=colours
    )


def page_case(opinion: Opinion, *, picture: bytes, overlay: bytes | None) -> str:
    """One case.

    Args:
        opinion: what is said.
        picture: PNG of the image.
        overlay: PNG of the image under the heat map, where there is one.
    """
    figures = [_figure(picture, "the image")]
    if overlay is not None and opinion.heat_map is not None:
        figures.append(_figure(overlay, f"evidence for {opinion.heat_map.class_name}"))
    legend = (
        '<div class="legend"></div><p class="soft">evidence: none to strong</p>' if len(figures) > 1 else ""
    )
    return (
        f'<article><div><div class="pictures">{"".join(figures)}</div>{legend}</div>'
        f"<div><h2>{_safe(readable(opinion.source))}</h2>{_said(opinion)}{_notes(opinion)}</div></article>\n"
    )


def page_located(opinion: Opinion, *, picture: bytes, caption: str) -> str:
    """One case of a reader that says where something is.

    Args:
        opinion: what is said.
        picture: PNG of the image with what was found drawn on it.
        caption: of the picture.
    """
    return (
        f'<article><div class="pictures">{_figure(picture, caption)}</div>'
        f"<div><h2>{_safe(readable(opinion.source))}</h2>{_found(opinion)}{_notes(opinion)}</div></article>\n"
    )


def page_failure(source: str, error: str) -> str:
    """A file that could not be read."""
    return (
        f"<article><div></div><div><h2>{_safe(readable(source))}</h2>"
        f'<p class="abstained">could not be read: {_safe(readable(error))}</p></div></article>\n'
    )


def page_foot(*, model: str) -> str:
    """Everything after the last case.

    Args:
        model: name and hash of the reader.
    """
    return f'<p class="soft">Reader: {_safe(model)}. {_safe(RESEARCH_USE)}</p></body></html>\n'


def _said(opinion: Opinion) -> str:
    if opinion.abstained is not None:
        return f'<p class="abstained">No opinion: {_safe(opinion.abstained)}</p>'
    first, *others = probability_lines(opinion)
    value = (
        opinion.probabilities[opinion.positive] if opinion.positive else max(opinion.probabilities.values())
    )
    bar = f'<div class="bar"><span style="width: {100 * value:.1f}%"></span></div>'
    rest = "".join(f'<div class="soft">{_safe(line)}</div>' for line in others)
    return f"<div><b>{_safe(first)}</b></div>{bar}{rest}{_verdicts(opinion.verdicts)}"


def _found(opinion: Opinion) -> str:
    if opinion.abstained is not None:
        return f'<p class="abstained">No opinion: {_safe(opinion.abstained)}</p>'
    if not opinion.regions:
        return "".join(f"<div>{_safe(line)}</div>" for line in located_lines(opinion))
    rows = "".join(_row(opinion, region) for region in opinion.regions)
    head = "<tr><th>structure</th><th>size</th><th>longest diameter</th><th>pieces</th></tr>"
    absent = "".join(f'<p class="soft">{_safe(line)}</p>' for line in absent_lines(opinion))
    return f"<table>{head}{rows}</table>{absent}"


def _row(opinion: Opinion, region: Region) -> str:
    size, diameter = sizes_of(region)
    chip = ""
    if region.structure in opinion.looked_for:
        colour = mask_colour(opinion.looked_for.index(region.structure) + 1)
        chip = f'<span class="chip" style="background: rgb{colour}"></span>'
    cells = (_safe(readable(region.structure)), _safe(size), _safe(diameter), str(region.pieces))
    return f"<tr><td>{chip}{'</td><td>'.join(cells)}</td></tr>"


def _verdicts(verdicts: tuple[Verdict, ...]) -> str:
    if not verdicts:
        return ""
    items = []
    for verdict in verdicts:
        measured = [
            f"{name} {percent(value)}"
            for name, value in (("sensitivity", verdict.sensitivity), ("specificity", verdict.specificity))
            if value is not None
        ]
        there = f"; there, on validation cases: {', '.join(measured)}" if measured else ""
        words = f" at the {point_name(verdict.operating_point)}"
        items.append(
            f"<li><b>{'positive' if verdict.positive else 'negative'}</b>{_safe(words)}"
            f' <span class="soft">threshold {percent(verdict.threshold)}{there}</span></li>'
        )
    return f"<ul>{''.join(items)}</ul>"


def _notes(opinion: Opinion) -> str:
    return "".join(f'<p class="soft">{_safe(warning)}</p>' for warning in opinion.warnings)


def _figure(png: bytes, caption: str) -> str:
    source = base64.b64encode(png).decode("ascii")
    return (
        f'<figure><img alt="{_safe(caption)}" src="data:image/png;base64,{source}">'
        f"<figcaption>{_safe(caption)}</figcaption></figure>"
    )


def _safe(text: str) -> str:
    return html.escape(text.encode("utf-8", "replace").decode("utf-8"))
