"""The verdict in one sentence."""

from __future__ import annotations

from thirdeye.intake.finding import Finding
from thirdeye.intake.words import counted
from thirdeye.report.clean import clean
from thirdeye.report.document import Verdict
from thirdeye.report.trial.identity import without_patients
from thirdeye.report.trial.trial import Trial


def verdict(trial: Trial) -> Verdict:
    """Whether the data may be learnt from, and why."""
    findings = trial.examination.findings
    errors = [f for f in findings if f.severity == "error"]
    warnings = [f for f in findings if f.severity == "warning"]
    if errors:
        return Verdict(
            "stop", f"These data must not be learnt from yet: {_why(trial, errors)}.", _then(trial)
        )
    if trial.collection.task == "unlabelled":
        return Verdict(
            "warning", "These data hold no labels: they can be examined, but nothing can be learnt from them."
        )
    if warnings:
        told = counted(len(warnings), "warning")
        return Verdict(
            "warning", f"These data may be learnt from, but {told} should be read first.", _then(trial)
        )
    return Verdict("good", "These data may be learnt from: no check found a reason against it.", _then(trial))


def _why(trial: Trial, errors: list[Finding]) -> str:
    """The first error in its own words, and how many more there are."""
    first = (
        clean(without_patients(errors[0].message, trial.patients)).split(". ")[0].split(": ")[0].rstrip(".")
    )
    first = first[:1].lower() + first[1:] if first[1:2].islower() else first
    return first if len(errors) == 1 else f"{first}, and {counted(len(errors) - 1, 'further error')}"


def _then(trial: Trial) -> str:
    ran = sum(run.status != "not_applicable" for run in trial.examination.runs)
    clean = sum(run.status == "clean" for run in trial.examination.runs)
    said = f"{counted(ran, 'check')} looked at these data; {clean} found nothing."
    fixes = len({fix.image for finding in trial.examination.findings for fix in finding.fixes})
    if fixes:
        said += f" A machine can correct the table of cases at {counted(fixes, 'image')}; see the page's end."
    return said
