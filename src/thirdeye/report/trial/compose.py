"""From a trial to its report, organised by the four V."""

from __future__ import annotations

from thirdeye.case.opinion import RESEARCH_USE
from thirdeye.intake.checks.check import CHECKS, About
from thirdeye.intake.finding import Finding
from thirdeye.intake.words import counted
from thirdeye.report.clean import clean
from thirdeye.report.document import (
    Block,
    Bullets,
    Cell,
    Charge,
    Column,
    Document,
    Paragraph,
    Section,
    Table,
    Verbatim,
)
from thirdeye.report.trial.charge import charge, title_of, typeset
from thirdeye.report.trial.identity import without_patients
from thirdeye.report.trial.outlines import Outlines
from thirdeye.report.trial.pictures import MOST_PICTURES, PictureBook, shares
from thirdeye.report.trial.portrait import key_numbers, label_facts, portrait
from thirdeye.report.trial.sheets import wish
from thirdeye.report.trial.trial import Trial
from thirdeye.report.trial.verdict import verdict

_V: tuple[tuple[About, str, str], ...] = (
    ("volume", "Volume", "Is there enough, and is all of it there?"),
    ("variety", "Variety", "Do the data show what the reader will meet?"),
    ("veracity", "Veracity", "Are the images what they seem, and the labels true?"),
    ("velocity", "Velocity", "How long will learning and reading take on this machine?"),
)
# Beginnings of the names of checks that are about veracity: under which heading they stand.
_HEADINGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("The images", ()),
    (
        "The labels: who labelled, how proven",
        (
            "label",
            "labels",
            "class",
            "mask",
            "box",
            "region",
            "landmark",
            "agreement",
            "annotator",
            "readings",
        ),
    ),
    ("Shortcuts: what gives the label away without the disease", ("shortcut",)),
    ("The parts: what would be learnt and tested on both sides", ("split", "leak")),
)
_MOST_FIXES = 40


def compose_trial(trial: Trial) -> Document:
    """The document: verdict, what was understood, the four V, what was clean, what a machine can fix."""
    findings = trial.examination.findings
    book = PictureBook(trial, Outlines(trial.collection, trial.look))
    granted = shares([wish(finding) for finding in findings], MOST_PICTURES)
    charges = {
        id(finding): charge(trial, finding, book, number_of, f"finding-{position}")
        for position, (finding, number_of) in enumerate(zip(findings, granted, strict=True), 1)
    }
    sections: list[Section | None] = [_summary(trial), _understood(trial)]
    sections += [_section(trial, about, title, asks, charges) for about, title, asks in _V]
    sections += [_silent(trial), _fixes(trial)]
    return Document(
        title=f"The data on trial: {clean(trial.name)}",
        subtitle=f"{counted(len(trial.facts), 'image')} · layout: {trial.collection.layout}",
        notice=RESEARCH_USE,
        sections=tuple(section for section in sections if section is not None),
        imprint=(
            f"Made by Third Eye {trial.version}".rstrip() + ". This page shows small pictures "
            "and the names of files as they are: look at them before you pass it on."
        ),
        kind="Third Eye, examination of a dataset",
    )


def about_of(check: str) -> About:
    """Which V a check belongs to; one that is not registered counts as veracity."""
    return next((known.about for name, known in CHECKS if name == check), "veracity")


def _summary(trial: Trial) -> Section:
    return Section("verdict", "The verdict", (verdict(trial), key_numbers(trial), *_list_of_findings(trial)))


def _list_of_findings(trial: Trial) -> list[Block]:
    """Errors and warnings at a glance."""
    words = {"error": Cell("Error", "bad"), "warning": Cell("Warning", "warning")}
    rows = tuple(
        (
            words[f.severity],
            Cell(title_of(f.check), target=f"finding-{position}"),
            typeset(without_patients(f.message, trial.patients)),
        )
        for position, f in enumerate(trial.examination.findings, 1)
        if f.severity in words
    )
    if not rows:
        return []
    columns = (
        Column("Severity", weight=0.7),
        Column("Check", weight=1.4),
        Column("What was found", weight=4),
    )
    return [Table(columns, rows, "Errors and warnings")]


def _understood(trial: Trial) -> Section:
    return Section(
        "understood", "What was understood", (Bullets(tuple(map(clean, trial.collection.understood))),)
    )


def _section(trial: Trial, about: About, title: str, asks: str, charges: dict[int, Charge]) -> Section:
    findings = [f for f in trial.examination.findings if about_of(f.check) == about]
    blocks: list[Block] = [Paragraph(asks, "lead"), *portrait(trial, about)]
    if about == "veracity":
        blocks += _veracity(trial, findings, charges)
    else:
        blocks += [charges[id(finding)] for finding in findings] or [_nothing(trial, about)]
    return Section(about, title, tuple(blocks))


def _veracity(trial: Trial, findings: list[Finding], charges: dict[int, Charge]) -> list[Block]:
    """Of the images, of the labels, of what could replace them, of the parts."""
    blocks: list[Block] = []
    for heading, starts in _HEADINGS:
        found = [charges[id(f)] for f in findings if _heading(f.check) == heading]
        is_labels = "label" in starts
        if found or is_labels or not starts:
            blocks.append(Paragraph(heading, "label"))
            blocks += [label_facts(trial)] * is_labels
            blocks += found or [Paragraph("No check found anything wrong with them.")]
    return blocks


def _heading(check: str) -> str:
    """Where a finding of a check stands; the images, unless its name says otherwise."""
    start = check.split(".")[0]
    return next((heading for heading, starts in _HEADINGS if start in starts), _HEADINGS[0][0])


def _nothing(trial: Trial, about: About) -> Paragraph:
    ran = sum(run.about == about and run.status == "clean" for run in trial.examination.runs)
    return Paragraph(f"{counted(ran, 'check')} found nothing." if ran else "No check applied.", "small")


def _silent(trial: Trial) -> Section | None:
    """The checks that found nothing, and those that did not apply."""
    clean_runs = [run for run in trial.examination.runs if run.status == "clean"]
    idle = [run for run in trial.examination.runs if run.status == "not_applicable"]
    blocks: list[Block] = []
    if clean_runs:
        blocks += [
            Paragraph(f"{counted(len(clean_runs), 'check')} found nothing", "label"),
            Bullets(tuple(run.title for run in clean_runs)),
        ]
    if idle:
        rows = tuple((Cell(run.title, note=run.check), clean(run.reason)) for run in idle)
        columns = (Column("Check"), Column("Why it did not apply", weight=2.5))
        blocks.append(Table(columns, rows, f"{counted(len(idle), 'check')} did not apply"))
    return Section("silent", "What was clean, and what did not apply", tuple(blocks)) if blocks else None


def _fixes(trial: Trial) -> Section | None:
    """What `thirdeye check --fix` would do."""
    fixes = [(f.check, fix) for f in trial.examination.findings for fix in f.fixes]
    if not fixes:
        return None
    kinds: dict[tuple[str, str, str], int] = {}
    for check, fix in fixes:
        does = "leave out" if fix.action == "leave_out" else f"set {fix.column} to {clean(fix.value)}"
        kinds[check, does, clean(fix.reason)] = kinds.get((check, does, clean(fix.reason)), 0) + 1
    rows = tuple(
        (title_of(check), does, reason, f"{number_of:,}")
        for (check, does, reason), number_of in list(kinds.items())[:_MOST_FIXES]
    )
    more = len(kinds) - len(rows)
    columns = (
        Column("Finding"),
        Column("Change"),
        Column("Reason", weight=2),
        Column("Images", numeric=True),
    )
    return Section(
        "fixes",
        "What a machine can correct",
        (
            Paragraph(
                "These changes can be made to the table of cases. A new table is written; the data "
                "themselves are never touched. Leaving an image out goes before any other change to it."
            ),
            Verbatim("thirdeye check DATA --fix corrected.csv"),
            Table(columns, rows, "Changes", (f"and {more:,} more kinds",) if more else ()),
        ),
    )
