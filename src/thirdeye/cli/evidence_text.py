"""The published evidence in words for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from thirdeye.journey.literature import Published

WIDTH = 110
DAGGER_NOTE = "† from memory: look it up before you cite it."
REMARK = "Figures of different data sets cannot be compared directly: each belongs to its own patients."


def table_text(heads: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[int]) -> str:
    """Columns of fixed width; a cell that is too long goes on in the next line."""
    lines = []
    for cells in (heads, *rows):
        parts = [textwrap.wrap(cell, width) or [""] for cell, width in zip(cells, widths, strict=True)]
        for index in range(max(map(len, parts))):
            row = [part[index] if index < len(part) else "" for part in parts]
            lines.append(
                "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
            )
    return "\n".join(lines)


def list_text(published: Published) -> str:
    """The list of studies."""
    shown = published.shown
    if not shown.lines:
        return f"No study fits all filters together ({shown.chosen}); leave one out."
    rows = [(line.id, line.specialty, line.origin, line.data, line.headline) for line in shown.lines]
    table = table_text(
        ("ID", "SPECIALTY", "ORIGIN", "DATA", "AS THE REVIEW QUOTES IT"), rows, (19, 15, 15, 21, 32)
    )
    number = len(rows)
    return f"{table}\n\n{number} {'study' if number == 1 else 'studies'}. {DAGGER_NOTE}\n{REMARK}"


def study_text(published: Published) -> str:
    """One study, each value with its source."""
    from thirdeye.journey.literature import sourced_lines

    (study,), shown = published.studies, published.shown
    lines = [f"{study.name} ({study.id}), reference {study.reference} of the review"]
    for title, pairs in sourced_lines(study).items():
        lines += ["", title, *(_wrapped(name, text) for name, text in pairs)]
    if shown.recomputed:
        lines += ["", "95% intervals, recomputed here", intervals_text(published)]
    if shown.clashes:
        lines += ["", "Contradictions", *(_clash_lines(published))]
    return "\n".join([*lines, "", study.link]).rstrip()


def _wrapped(name: str, text: str) -> str:
    lines = textwrap.wrap(text, WIDTH - 26) or [""]
    return "\n".join([f"  {name:<22}  {lines[0]}", *(f"  {'':<22}  {line}" for line in lines[1:])])


def intervals_text(published: Published) -> str:
    """Recomputed intervals."""
    rows = [
        (
            one.study,
            one.what,
            one.measure,
            f"{one.value:g}",
            f"{one.low:.3f} to {one.high:.3f}",
            one.n,
            one.remark,
        )
        for one in published.shown.recomputed
    ]
    heads = ("STUDY", "WHAT", "MEASURE", "VALUE", "95% RECOMPUTED", "CASES", "REMARK")
    if not rows:
        return "No number of these studies comes with the counts that an interval needs."
    return table_text(heads, rows, (18, 24, 11, 6, 14, 12, 20))


def numbers_text(published: Published) -> str:
    """Every number with its source."""
    rows = [
        (study.id, each.measure, f"{'>' if each.bound else ''}{each.value:g}", each.of,
         f"{each.on}, {each.by}", each.source)
        for study in published.studies
        for each in study.results
    ]  # fmt: skip
    return table_text(("ID", "MEASURE", "VALUE", "OF", "ON, BY", "SOURCE"), rows, (19, 14, 7, 32, 24, 8))


def counts_text(published: Published) -> str:
    """What the review says, what the data give, and why they differ."""
    lines = []
    for count in published.shown.counts:
        lines += [f"{count.title}: {count.verdict}"]
        pairs = (("review", count.says), ("data", count.found), ("why", count.why))
        lines += [_wrapped(name, text) for name, text in pairs if text]
    number = len(published.shown.clashes)
    return "\n".join([*lines, "", f"{number} contradictions: thirdeye evidence contradictions"])


def contradictions_text(published: Published) -> str:
    """Every contradiction."""
    return "\n".join(_clash_lines(published))


def _clash_lines(published: Published) -> list[str]:
    lines = []
    for one in published.shown.clashes:
        lines += [f"{one.studies} [{one.topic}]"]
        pairs = (("review", one.says), ("elsewhere", f"{one.found} ({one.source})"), ("means", one.meaning))
        lines += [_wrapped(name, text) for name, text in pairs]
    return lines


def own_text(published: Published) -> str:
    """One's own study among the published ones."""
    from thirdeye.journey.literature import place_words

    rows = [
        (share.title, _yes_no(share.own), str(share.yes), str(share.no), str(share.unknown), share.own_note)
        for share in published.shown.shares
    ]
    heads = ("PRACTICE", "YOURS", "YES", "NO", "NOT KNOWN", "")
    table = table_text(heads, rows, (40, 9, 4, 4, 9, 36))
    return f"{place_words(published)}\n{REMARK}\n\n{table}"


def _yes_no(value: bool | None) -> str:
    return "not known" if value is None else "yes" if value else "no"


TEXTS: dict[str, Callable[[Published], str]] = {
    "numbers": numbers_text,
    "intervals": intervals_text,
    "contradictions": contradictions_text,
}
