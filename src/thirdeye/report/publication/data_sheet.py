"""``data_sheet.md``: what the data are (Gebru et al. 2021, Datasheets for Datasets; CACM 64, 86), shortened.

Filled from the files of the study; what only a person knows stands open until it is answered.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thirdeye.report.canvas_fill import set_distribution, variety, volume_number, volume_size
from thirdeye.report.cases import excluded_reasons, patients_named
from thirdeye.report.checklists.fill import FILLERS
from thirdeye.report.checklists.fill_data import ORIGINS
from thirdeye.report.evidence import Evidence
from thirdeye.report.names import SPLITS
from thirdeye.report.numbers import plain
from thirdeye.report.publication.characteristics import characteristics_table
from thirdeye.report.publication.markdown import bullets, escape, facts, open_topics, page, said, table_lines
from thirdeye.report.publication.variables import variables
from thirdeye.report.sections.method import plan_value_text

_QUESTIONS: dict[str, tuple[str, ...]] = {
    "Motivation": ("data_purpose", "funding"),
    "Collection": (
        "data_source", "setting", "dates", "identified", "series", "eligibility", "acquisition_protocol",
        "ethics", "deidentification",
    ),
    "Labels": ("reference_standard", "annotators", "annotation_procedure", "disputes"),
    "Uses": ("population_match", "data_uses"),
    "Distribution": ("data_availability", "data_licence"),
    "Maintenance": ("data_maintenance",),
}  # fmt: skip
ASKED = (*(topic for topics in _QUESTIONS.values() for topic in topics), "data_sensitive")
_MOST_FINDINGS = 40


def data_sheet(evidence: Evidence, answers: Mapping[str, str]) -> str:
    """The sheet as Markdown, from motivation to maintenance."""
    name = str((evidence.provenance.get("data") or {}).get("name") or "the data of this study")
    left = open_topics(ASKED, answers)
    waiting = f"{len(left)} of {len(ASKED)} questions wait for a person: `thirdeye report STUDY --ask`."
    return page(
        [
            [f"# Data sheet: {escape(name)}"],
            [waiting] if left else [],
            *_asked("Motivation", answers),
            *_composition(evidence, answers),
            *_asked("Collection", answers),
            *_preprocessing(evidence),
            *_labels(evidence, answers),
            *_quality(evidence),
            *_asked("Uses", answers),
            *_asked("Distribution", answers),
            *_asked("Maintenance", answers),
            *_hashes(evidence),
        ]
    )


def _asked(title: str, answers: Mapping[str, str]) -> list[list[str]]:
    return [[f"## {title}"], *(said(topic, answers) for topic in _QUESTIONS[title])]


def _composition(evidence: Evidence, answers: Mapping[str, str]) -> list[list[str]]:
    pairs = [
        ("How much", volume_number(evidence).text),
        ("What", variety(evidence).text),
        ("Size", volume_size(evidence).text),
        ("Formats", _counted(evidence, "formats")),
        ("Modalities", _counted(evidence, "modalities")),
        ("Parts", set_distribution(evidence).text),
        ("Where the parts come from", _origin(evidence)),
        ("Left out", _left_out(evidence)),
        ("Patients", _patients(evidence)),
        ("Known of the cases", _known(evidence)),
    ]
    table = characteristics_table(evidence)
    return [
        ["## Composition"], bullets(map(str, evidence.findings.get("understood") or ())), facts(pairs),
        table_lines(table) if table else ["The table of cases is missing."], ["### Anything sensitive"],
        said("data_sensitive", answers),
    ]  # fmt: skip


def _counted(evidence: Evidence, key: str) -> str:
    found = evidence.fingerprint.get(key) or {}
    return ", ".join(f"{name} ({amount:,})" for name, amount in found.items())


def _origin(evidence: Evidence) -> str:
    return ORIGINS.get(str(evidence.fingerprint.get("split_origin") or ""), "")


def _left_out(evidence: Evidence) -> str:
    if evidence.dataset is None:
        return ""
    reasons = excluded_reasons(evidence.dataset)
    return "; ".join(f"{amount:,}: {reason}" for reason, amount in reasons.items()) or "nothing"


def _patients(evidence: Evidence) -> str:
    if evidence.dataset is None:
        return ""
    if not patients_named(evidence):
        return (
            "not named: each image counts as a patient of its own; if that is wrong, intervals are too narrow"
        )
    return f"named; parts and folds are kept apart by {evidence.fingerprint.get('group') or 'patient'}"


def _known(evidence: Evidence) -> str:
    if evidence.dataset is None:
        return ""
    return ", ".join(one.title.lower() for one in variables(evidence.dataset)) or "nothing but the label"


def _preprocessing(evidence: Evidence) -> list[list[str]]:
    pairs = [
        ("Fitting into the square", plan_value_text("resize", evidence.plan_value("resize"))),
        ("Grey scale", plan_value_text("intensity", evidence.plan_value("intensity"))),
    ]
    kept = [(term, text) for term, text in pairs if text != "none"]
    return [
        ["## Preprocessing"], facts(kept) or ["Not recorded: there is no plan."],
        ["The files themselves are not changed; every step is applied when an image is read."],
    ]  # fmt: skip


def _labels(evidence: Evidence, answers: Mapping[str, str]) -> list[list[str]]:
    found = [FILLERS[topic](evidence).text for topic in ("label_source", "agreement")]
    return [["## Labels"], bullets(found), *(said(topic, answers) for topic in _QUESTIONS["Labels"])]


def _quality(evidence: Evidence) -> list[list[str]]:
    findings = evidence.findings.get("findings") or ()
    if not evidence.findings:
        return [["## Errors, noise and redundancy"], ["The data were not put on trial."]]
    order = {"error": 0, "warning": 1}
    ranked = sorted(findings, key=lambda one: order.get(str(one.get("severity")), 2))
    lines = [_finding(one) for one in ranked[:_MOST_FINDINGS]]
    if len(ranked) > _MOST_FINDINGS:
        lines.append(f"- and {len(ranked) - _MOST_FINDINGS} more in findings.json")
    return [["## Errors, noise and redundancy"], lines or ["Every check passed."]]


def _finding(one: Mapping[str, Any]) -> str:
    word = {"error": "Error", "warning": "Warning"}.get(str(one.get("severity")), "Note")
    cases = len(one.get("cases") or ())
    counted = f" ({cases:,} cases)" if cases else ""
    return (
        f"- **{word}:** {escape(str(one.get('message', '')))}{counted} `{escape(str(one.get('check', '')))}`"
    )


def _hashes(evidence: Evidence) -> list[list[str]]:
    data = evidence.provenance.get("data") or {}
    pairs = [
        (f"{name.removesuffix('_sha256').capitalize()} (SHA-256)", plain(value))
        for name, value in data.items()
        if str(name).endswith("_sha256")
    ]
    counts = [(f"Images, {SPLITS.get(part, part).lower()} part", f"{n:,}") for part, n in _splits(evidence)]
    return [["## To recognise this version by"], facts([*counts, *pairs])] if pairs or counts else []


def _splits(evidence: Evidence) -> list[tuple[str, int]]:
    return [(str(part), int(n)) for part, n in (evidence.fingerprint.get("splits") or {}).items()]
