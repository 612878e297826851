"""A study of one's own among the published ones."""

from __future__ import annotations

from thirdeye.report.clean import clean
from thirdeye.report.document import (
    Block,
    Cell,
    Column,
    KeyNumber,
    KeyNumbers,
    Notice,
    Paragraph,
    Section,
    Table,
)
from thirdeye.report.literature.lines import Literature, Own, Share
from thirdeye.report.literature.numbers import plane_block, size_block
from thirdeye.report.numbers import number


def own_section(found: Literature, own: Own) -> Section:
    """Its numbers, where they fall among the published ones, and what it does that they do not."""
    blocks: list[Block] = [
        Paragraph(place_sentence(found, own), "lead"),
        KeyNumbers(_keys(found, own)),
        Notice(
            "warning",
            "A place, not a rank",
            "The published figures come from other patients, other questions and other reference standards. "
            "They show what was reported and how well it was supported; they do not say whose network is "
            "better.",
        ),
        _checklist(found),
    ]
    if found.dots:
        blocks.append(size_block(found))
    if found.pairs:
        blocks.append(plane_block(found))
    return Section("own", "Your study among them", tuple(blocks))


def place_sentence(found: Literature, own: Own) -> str:
    """Where the AUC and the test stand, as counts of published ones."""
    if own.auc is None:
        return f"{clean(own.name)} has no AUC, so it stands beside the published ones by what it does."
    others = [dot for dot in found.dots if not dot.own and dot.related]
    reports = f"{clean(own.name)} reports an AUC of {number(own.auc[0])} on {own.n:,} cases"
    if not others:
        return f"{reports}; none of the published ones with an AUC is near it ({clean(own.related)})."
    below = sum(dot.auc < own.auc[0] for dot in others)
    smaller = sum(dot.cases < own.n for dot in others)
    return (
        f"{reports}. Of {len(others)} published AUCs ({clean(own.related)}), {below} are lower and "
        f"{smaller} rest on fewer cases."
    )


def _keys(found: Literature, own: Own) -> tuple[KeyNumber, ...]:
    value, low, high = own.auc or (None, None, None)
    interval = "" if low is None or high is None else f"{number(low)} to {number(high)}"
    cases = "" if own.patients is None else f"{own.patients:,} patients"
    does = sum(share.own is True for share in found.shares)
    return (
        KeyNumber("AUC", "none" if value is None else number(value), interval, clean(own.question)),
        KeyNumber("Cases in the test", f"{own.n:,}", cases, "untouched until the end"),
        KeyNumber(
            "Good practice",
            f"{does} of {len(found.shares)}",
            "of the list below",
            f"figures: strong are those with {own.related}",
        ),
    )


def _checklist(found: Literature) -> Table:
    columns = (
        Column("Practice", weight=2),
        Column("Yours", weight=1.8),
        Column("Published: yes", numeric=True),
        Column("no", numeric=True, weight=0.6),
        Column("not known", numeric=True, weight=0.8),
    )
    rows = tuple(_row(share) for share in found.shares)
    return Table(columns, rows, "What your study does, beside what the published ones do.")


def _row(share: Share) -> tuple[str | Cell, ...]:
    total = share.yes + share.no + share.unknown
    word, tone = {True: ("yes", "good"), False: ("no", "bad"), None: ("not known", "muted")}[share.own]
    yes = f"{share.yes} ({share.yes / total:.0%})" if total else "0"
    own = Cell(
        word, "good" if tone == "good" else "bad" if tone == "bad" else "muted", note=clean(share.own_note)
    )
    return share.title, own, yes, str(share.no), str(share.unknown)
