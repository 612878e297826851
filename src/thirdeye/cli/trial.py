"""The examination of a dataset in words for a terminal, by the four V."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from thirdeye.intake.words import counted, listed, shown_name

if TYPE_CHECKING:
    from thirdeye.intake.examine import CheckRun
    from thirdeye.intake.finding import Finding
    from thirdeye.journey.fixing import Fixed
    from thirdeye.journey.results import Checked

WIDTH = 100
_V = ("volume", "variety", "veracity", "velocity")
_INDENT = " " * 10


def findings_text(checked: Checked, *, page: Path | None = None, hint: bool = True) -> str:
    """What was understood and found.

    Args:
        checked: a dataset that was put on trial.
        page: where the page was written.
        hint: whether to say that ``--fix`` would help.
    """
    examination = checked.examination
    about = {run.check: run.about for run in examination.runs}
    lines = ["Understood:", *(f"  {shown_name(sentence)}" for sentence in checked.collection.understood)]
    for name in _V:
        found = [f for f in examination.findings if about.get(f.check, "veracity") == name]
        lines += ["", f"{name.capitalize()}:", *_of_one(found, examination.runs, name)]
    lines += ["", *_end(checked, page, hint)]
    return "\n".join(lines)


def fixed_text(fixed: Fixed, table: Path) -> str:
    """What `--fix` did."""
    rows, done = fixed.table.rows, fixed.table.done
    wrote = "Would write" if fixed.path is None else "Wrote"
    images = counted(rows["image"].nunique(), "image")
    lines = [f"{wrote} {table}: {images}, {counted(len(fixed.table.left_out), 'image')} left out."]
    lines += [f"  {check}: {counted(number, 'image')} {what}" for (check, what), number in done.items()]
    if not done:
        lines.append("  No finding proposes a change that a machine can make.")
    if fixed.table.overruled:
        names = listed(list(dict.fromkeys(fix.image for fix in fixed.table.overruled)), 4)
        lines.append(
            f"  {counted(len(fixed.table.overruled), 'change')} stood against a stronger one: {names}"
        )
    if fixed.header_patients:
        lines.append("  Patients were known from file headers; the table numbers them instead.")
    lines.append(f"The data were not touched. Next: thirdeye check {table}, with the same options.")
    return "\n".join(lines)


def _of_one(findings: list[Finding], runs: tuple[CheckRun, ...], about: str) -> Iterator[str]:
    """The findings of one V; information without its remedy."""
    for finding in findings:
        is_note = finding.severity == "info"
        yield from _wrapped("  note" if is_note else f"  {finding.severity.upper():<8}", finding.message)
        if finding.remedy and not is_note:
            yield from _wrapped(_INDENT, finding.remedy)
    clean = sum(run.about == about and run.status == "clean" for run in runs)
    idle = sum(run.about == about and run.status == "not_applicable" for run in runs)
    said = [f"{counted(clean, 'check')} found nothing"] * bool(clean)
    said += [f"{counted(idle, 'check')} did not apply"] * bool(idle)
    if said or not findings:
        yield f"  {', '.join(said) or 'no check looks at this'}"


def _end(checked: Checked, page: Path | None, hint: bool) -> Iterator[str]:
    findings = checked.examination.findings
    if page is not None:
        yield f"Page with pictures: {page}"
    fixes = len({fix.image for finding in findings for fix in finding.fixes})
    if fixes and hint:
        yield f"A machine can correct the table at {counted(fixes, 'image')}: --fix TABLE.csv"
    errors = sum(finding.severity == "error" for finding in findings)
    warnings = sum(finding.severity == "warning" for finding in findings)
    told = f"{counted(errors, 'error')}, {counted(warnings, 'warning')}"
    yield f"Verdict: {_verdict(checked.collection.task, errors)} ({told})."


def _verdict(task: str, errors: int) -> str:
    if errors:
        return "must not be learnt from yet"
    if task == "unlabelled":
        return "examined; without labels nothing can be learnt from them"
    return "may be learnt from"


def _wrapped(head: str, text: str) -> list[str]:
    """Text behind a head of ten columns."""
    return textwrap.wrap(
        shown_name(text), WIDTH, initial_indent=head.ljust(len(_INDENT)), subsequent_indent=_INDENT,
        break_long_words=False, break_on_hyphens=False,
    ) or [head]  # fmt: skip
