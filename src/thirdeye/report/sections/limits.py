"""Limits and warnings: what the numbers cannot say, each a rule of its own."""

from __future__ import annotations

from collections.abc import Callable

from thirdeye.report.cases import patients_named, patients_on_two_sides, sites
from thirdeye.report.clean import typeset
from thirdeye.report.comparison import comparison_notice, outcome, traditional_comparison
from thirdeye.report.document import Block, Bullets, Notice, Paragraph, Section
from thirdeye.report.evidence import Evidence
from thirdeye.report.located.cut_short import short_training
from thirdeye.report.located.tasks import located_words
from thirdeye.report.names import measure
from thirdeye.report.numbers import count, has_value, is_number, number
from thirdeye.report.sections.audits import TITLES, audit_notices, audited
from thirdeye.report.sections.external import external_limits
from thirdeye.report.sections.stages import members_trained
from thirdeye.report.sections.strata import shown_strata
from thirdeye.report.sections.subgroups import lifted_by_site, shown_gaps
from thirdeye.report.sets import evidence_sets, prevalence_of, test_set

FEW_EVENTS = 100
_HEADLINES = ("auc", "auc_macro", "balanced_accuracy", "sensitivity", "specificity")


def limits_section(evidence: Evidence) -> Section:
    """Every rule that has something to say, then what no run can know."""
    located = located_words(evidence.task)
    rules = (
        RULES
        if located is None
        else (*(rule for rule in RULES if rule not in _OF_CLASSES), short_training, *located.rules)
    )
    notices = [notice for rule in rules if (notice := rule(evidence)) is not None]
    notices += _audits(evidence)
    order = {"stop": 0, "warning": 1, "note": 2}
    blocks: list[Block] = [*sorted(notices, key=lambda notice: order[notice.level])]
    blocks.append(Paragraph("What no run can know", "label"))
    told = {notice.title for notice in notices}
    always = (*_ALWAYS, *(located.always if located else ()))
    blocks.append(Bullets(tuple(line for line in always if line.partition(".")[0] not in told)))
    return Section("limits", "Limits and warnings", tuple(blocks))


def _audits(evidence: Evidence) -> list[Notice]:
    """What the audits found, less what a rule here says in more words."""
    said = TITLES["clusters.unknown"] if _no_patients(evidence) is not None else None
    return [notice for notice in audit_notices(evidence) if notice.title != said]


_ALWAYS = (
    "How the labels were proven. A network learns the errors of whoever labelled the images.",
    "Whether these cases are like those of another clinic, device or year. Only external data can show that.",
    "Whether the doctor becomes better with this second opinion. Only a reader study can show that.",
)


def _no_patients(evidence: Evidence) -> Notice | None:
    if evidence.dataset is None or patients_named(evidence):
        return None
    return Notice(
        "warning",
        "No patient is named in the data",
        "Each image was taken for a patient of its own. If one patient has several images, parts may share "
        "patients, and every number here is too favourable.",
        "Name the column that holds the patient with --patient.",
    )


def _crossing_patients(evidence: Evidence) -> Notice | None:
    crossing = None if evidence.dataset is None else patients_on_two_sides(evidence.dataset)
    if not crossing:
        return None
    return Notice(
        "stop",
        f"{count(crossing, evidence.cluster)} with images in more than one part",
        "The network was tested on cases it had learned from, so every number here is too favourable.",
        "Let Third Eye draw the parts, or correct those that came with the data.",
    )


def _test_looks(evidence: Evidence) -> Notice | None:
    looks = evidence.provenance.get("test_looks")
    if audited(test_set(evidence), "test.reuse") or not is_number(looks) or int(looks) <= 1:  # type: ignore[arg-type]
        return None
    reasons = [f"“{reason}”" for reason in evidence.provenance.get("test_look_reasons") or ()]
    said = f" Reasons given: {'; '.join(reasons)}." if reasons else ""
    return Notice(
        "warning",
        f"The test part was looked at {int(looks)} times",  # type: ignore[arg-type]
        f"Each look invites a choice in its favour, so the result leans to the favourable side.{said}",
        "Confirm it on data that nobody has seen.",
    )


def _few_events(evidence: Evidence) -> Notice | None:
    part = test_set(evidence)
    if part is None or part.content.get("warnings") is not None:  # the evaluation has counted them itself
        return None
    prevalence, n = prevalence_of(part), part.content.get("n")
    if prevalence is None or not isinstance(n, int):
        return None
    events = round(prevalence * n)
    fewer, what = min((events, "with"), (n - events, "without"))
    if fewer >= FEW_EVENTS:
        return None
    return Notice(
        "warning",
        f"Few cases: {fewer} {what} the condition in the test part",
        f"Fewer than {FEW_EVENTS} of either kind leave wide intervals; read the interval, not the number.",
        "More test cases narrow it.",
    )


def _unfinished_training(evidence: Evidence) -> Notice | None:
    trained = members_trained(evidence)
    if trained is None:
        return None
    return Notice(
        "warning",
        f"The time ended before the training was complete: {trained[0]} of {trained[1]} networks",
        "Those that are there were kept. Thresholds and calibration rest on the validation cases of these "
        "networks alone, and more time may give a better reader.",
        "Run it again with a longer --budget.",
    )


def _single_source(evidence: Evidence) -> Notice | None:
    if evidence.dataset is None or len(sites(evidence)) > 1:
        return None
    known = sites(evidence)
    title = (
        f"All images come from one source: “{known[0]}”" if known else "The source of the images is not named"
    )
    return Notice(
        "warning", title, "A network can learn the marks of a device or a site instead of the disease.",
        "Name a site column, or test on data from elsewhere: thirdeye validate STUDY --on DATA.",
    )  # fmt: skip


def _no_external(evidence: Evidence) -> Notice | None:
    parts = evidence_sets(evidence)
    if not parts or any(part.name.startswith("external:") for part in parts):
        return None
    return Notice(
        "note", "No external validation", "The test part comes from the same collection as the training part."
    )


def _not_better(evidence: Evidence) -> Notice | None:
    part = test_set(evidence)
    said = traditional_comparison(part) if part else None
    return None if said is None or outcome(said) == "better" else comparison_notice(said)


def _heat_maps(evidence: Evidence) -> Notice | None:
    if evidence.heat_maps_passed is True or not evidence.model:
        return None
    what = "have not passed" if evidence.heat_maps_passed is False else "were not put to"
    return Notice("warning", f"The heat maps {what} their exam", "They are no reason to believe an answer.")


def _shaky_numbers(evidence: Evidence) -> Notice | None:
    part = test_set(evidence)
    if part is None:
        return None
    undefined = {measure(str(m.get("name"))).title for m in part.metrics if not has_value(m)}
    unstable = {
        measure(str(m.get("name"))).title
        for m in part.metrics
        if m.get("status") in ("unstable", "degenerate")
    }
    sentences = []
    if undefined:
        sentences.append(f"Undefined, at least once: {'; '.join(sorted(undefined))}.")
    if unstable:
        sentences.append(f"Resting on few cases, or without variance: {'; '.join(sorted(unstable))}.")
    if not sentences:
        return None
    grave = undefined or unstable & {measure(name).title for name in _HEADLINES}
    title = "Some measures are undefined" if undefined else "Some measures rest on few cases"
    return Notice("warning" if grave else "note", title, " ".join(sentences))


def _evaluation_warnings(evidence: Evidence) -> Notice | None:
    part = test_set(evidence)
    warnings = part.content.get("warnings") if part else None
    said = {audit.get("sentence") for audit in (part.content.get("audits") or [])} if part else set()
    warnings = [warning for warning in warnings or () if warning not in said]
    if not warnings:
        return None
    return Notice("warning", "The evaluation itself warns", typeset(" ".join(map(str, warnings))))


def _chosen_on_test(evidence: Evidence) -> Notice | None:
    part = test_set(evidence)
    origins = {point.get("origin") for point in part.points} if part else set()
    if audited(part, "threshold.test") or "chosen_on_test" not in origins:
        return None
    return Notice(
        "stop",
        "A threshold was chosen on the test part",
        "What was measured at it is exploratory and too favourable.",
    )


def _prevalence(evidence: Evidence) -> Notice | None:
    part = test_set(evidence)
    prevalence = prevalence_of(part) if part and evidence.task == "binary" else None
    if prevalence is None or audited(part, "prev.shift"):
        return None
    return Notice(
        "note",
        f"Predictive values hold at a prevalence of {number(prevalence, percent=True)}",
        "In a clinic where the condition is rarer, fewer alarms are right and more passes are.",
    )


def _gaps_between_groups(evidence: Evidence) -> Notice | None:
    shown = [said for part in evidence_sets(evidence) for said in shown_gaps(part)]
    if not shown:
        return None
    return Notice(
        "warning",
        "The reader does not serve all groups of patients alike",
        " ".join(shown),
        "Give the figures of each group; do not use the reader alone where they are poor.",
    )


def _hidden_groups(evidence: Evidence) -> Notice | None:
    shown = [said for part in evidence_sets(evidence) for said in shown_strata(part)]
    if not shown:
        return None
    return Notice("warning", "There is a group of hard cases", " ".join(shown))


def _sites_lift(evidence: Evidence) -> Notice | None:
    lifted = [said for part in evidence_sets(evidence) for said in lifted_by_site(part)]
    if not lifted:
        return None
    return Notice("warning", "Part of the AUC comes from telling sites apart", " ".join(lifted))


def _groups_unknown(evidence: Evidence) -> Notice | None:
    part = test_set(evidence)
    if part is None or "subgroup_tests" not in part.content or part.content.get("subgroups"):
        return None
    return Notice(
        "note",
        "Whether all groups of patients are served alike is not known",
        "The data name neither sex, age, site nor any other property.",
        "Join such columns with --clinical.",
    )


def _data_findings(evidence: Evidence) -> Notice | None:
    findings = evidence.findings.get("findings") or ()
    severities = [finding.get("severity") for finding in findings]
    raised = [count(n, name) for name in ("error", "warning") if (n := severities.count(name))]
    if not raised:
        return None
    return Notice(
        "warning",
        f"The checks of the data raised {' and '.join(raised)}",
        "They are listed under “The data”, each with what to do.",
    )


def _incomplete(evidence: Evidence) -> Notice | None:
    if not evidence.missing and not evidence.unreadable:
        return None
    names = [*evidence.missing, *evidence.unreadable]
    return Notice(
        "warning",
        f"The study is not complete: {count(len(names), 'file')} missing or unreadable",
        ", ".join(names) + ".",
    )


RULES: tuple[Callable[[Evidence], Notice | None], ...] = (
    _chosen_on_test,
    _crossing_patients,
    _not_better,
    _gaps_between_groups,
    _hidden_groups,
    _sites_lift,
    _no_patients,
    _test_looks,
    _unfinished_training,
    _few_events,
    _evaluation_warnings,
    _shaky_numbers,
    _heat_maps,
    _data_findings,
    _single_source,
    _incomplete,
    _prevalence,
    _groups_unknown,
    _no_external,
    external_limits,
)

# Rules on heat maps, thresholds and prevalence have no place where something is marked.
_OF_CLASSES = (_heat_maps, _few_events, _prevalence, _groups_unknown, _chosen_on_test)
