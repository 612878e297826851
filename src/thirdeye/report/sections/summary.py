"""In short: the headline in natural frequencies, and the few numbers to take home."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thirdeye.report.clean import shorten
from thirdeye.report.comparison import comparison_notice, traditional_comparison
from thirdeye.report.document import (
    Block,
    Figure,
    FigureRow,
    KeyNumber,
    KeyNumbers,
    Notice,
    Paragraph,
    Section,
)
from thirdeye.report.evidence import Evidence
from thirdeye.report.figures.frequencies import hundred_figure, of_hundred
from thirdeye.report.located.cut_short import short_training
from thirdeye.report.located.tasks import located_words
from thirdeye.report.located.words import LocatedWords
from thirdeye.report.names import OPERATING_POINTS, measure, operating_point_title, stage_title, title_in
from thirdeye.report.numbers import (
    MetricJson,
    count,
    full_text,
    has_value,
    inline_text,
    interval_text,
    is_number,
    level_text,
    number,
    per_hundred_text,
    value_text,
)
from thirdeye.report.question import other_class
from thirdeye.report.sections.external import external_notices
from thirdeye.report.sections.label import label_sentence
from thirdeye.report.sections.published import made_up_notice
from thirdeye.report.sections.robustness import robustness_sentence
from thirdeye.report.sections.strata import shown_strata
from thirdeye.report.sections.subgroups import shown_gaps
from thirdeye.report.sets import EvidenceSet, complement, prevalence_of, stated_prevalence, test_set


def summary_section(evidence: Evidence) -> Section:
    """What was found, in a few sentences that stand on their own."""
    part = test_set(evidence)
    if part is None:
        return Section("summary", "In short", (_not_evaluated(evidence),))
    located = located_words(evidence.task)
    write = _binary if evidence.task == "binary" else _several
    made_up = made_up_notice(evidence)
    blocks: list[Block] = [made_up] if made_up is not None else []
    blocks += _located(evidence, part, located) if located else write(evidence, part)
    against = traditional_comparison(part)
    if against is not None:
        blocks.append(comparison_notice(against))
    short = short_training(evidence) if located else None
    blocks += [short] if short is not None else []
    blocks += external_notices(evidence)
    blocks += _groups(part)
    if evidence.task == "binary":
        blocks += _hundreds(evidence, part)
    more_cases = robustness_sentence(evidence)
    if more_cases:
        blocks.append(Paragraph(more_cases))
    return Section("summary", "In short", tuple(blocks))


def _groups(part: EvidenceSet) -> list[Block]:
    """Groups of patients that are not served alike, and hidden groups of hard cases, where any is shown."""
    shown = [*shown_gaps(part), *shown_strata(part)]
    if not shown:
        return []
    return [Notice("warning", "Not all groups of cases are served alike", " ".join(shown))]


def _not_evaluated(evidence: Evidence) -> Notice:
    stages = evidence.stages.get("stages") or []
    reached = (
        f" The last stage that finished was “{stage_title(str(stages[-1].get('name')))}”." if stages else ""
    )
    return Notice(
        "stop",
        "There is no result on the test part yet",
        "The run stopped before the evaluation, so this report shows only what had been done by then."
        + reached,
        "Run the same command again: it goes on where it stopped.",
    )


def _located(evidence: Evidence, part: EvidenceSet, words: LocatedWords) -> list[Block]:
    """The words of the task, then its headline measures."""
    headlines = words.headline_metrics(part)
    shaky = _shaky(headlines[0]) if headlines else ""
    found: list[Block] = [*words.lead(part, evidence.classes)]
    if shaky:
        found.append(Paragraph(shaky.strip()))
    unit = part.content.get("length_unit")
    if headlines:
        found.append(KeyNumbers(tuple(_key_number(metric, "", unit) for metric in headlines)))
    if label := label_sentence(part):
        found.append(Paragraph(label))
    return found


def _binary(evidence: Evidence, part: EvidenceSet) -> list[Block]:
    positive = evidence.positive or "the positive class"
    lead = Paragraph(_headline(part, positive), "lead")
    return [lead, Paragraph(_ranking(part, positive)), _key_numbers(part, "auc")]


def _hundreds(evidence: Evidence, part: EvidenceSet) -> list[Block]:
    """The first two operating points as what happens to a hundred cases."""
    positive = evidence.positive or "the positive class"
    figures = tuple(figure for point in part.points[:2] if (figure := _hundred(part, point, positive)))
    if not figures:
        return []
    stated = stated_prevalence(part)
    where = f"at a prevalence of {number(stated, percent=True)}" if stated else "like those of the test part"
    return [
        Paragraph(f"What this means for 100 cases {where}", "label"),
        FigureRow(figures),
        Paragraph(
            f"“{positive}” counts as positive, “{other_class(evidence)}” as negative.{_origin(part)} "
            "Where the condition is rarer than here, more of the alarms are false: predictive values hold "
            "for this prevalence only.",
            "small",
        ),
    ]


def _origin(part: EvidenceSet) -> str:
    tuned = all(point.get("origin") == "tuned_on_validation" for point in part.points[:2])
    return " Both thresholds were chosen on validation data." if tuned and len(part.points) > 1 else ""


def _headline(part: EvidenceSet, positive: str) -> str:
    if not part.points:
        return f"On {part.title}, {measure('auc').title} is {full_text(part.metric('auc'))}."
    name = str(part.points[0].get("name"))
    sensitivity, specificity = part.metric("sensitivity", point=name), part.metric("specificity", point=name)
    found = f"{_finds(sensitivity, part, positive)} {_alarms(specificity, part)}"
    return found + _shaky(sensitivity, specificity)


def _finds(metric: MetricJson | None, part: EvidenceSet, positive: str) -> str:
    if metric is None or not has_value(metric):
        return f"How many {part.units} with “{positive}” the network finds is {value_text(metric)}."
    return f"Of 100 {part.units} with “{positive}”, the network finds {per_hundred_text(metric)}."


def _alarms(specificity: MetricJson | None, part: EvidenceSet) -> str:
    if specificity is None or not has_value(specificity):
        return f"How often it raises a false alarm is {value_text(specificity)}."
    return (
        f"Of 100 {part.units} without it, it raises a false alarm on "
        f"{per_hundred_text(complement(specificity))}."
    )


def _shaky(*metrics: MetricJson | None) -> str:
    """A sentence that takes the headline back where it rests on too few cases."""
    if any(metric is None or metric.get("status") in ("unstable", "degenerate") for metric in metrics):
        return (
            " This rests on too few cases, or on cases that do not vary: no conclusion can be drawn from it."
        )
    return ""


def _ranking(part: EvidenceSet, positive: str) -> str:
    auc = part.metric("auc")
    counted = _counted(part)
    if auc is None or not has_value(auc):
        return f"{counted} The AUC is {value_text(auc)}."
    return (
        f"{counted} Shown one with “{positive}” and one without, it ranks the pair rightly "
        f"{number(auc['value'], percent=True, digits=0)} of the time (AUC {inline_text(auc)})."
    )


def _counted(part: EvidenceSet) -> str:
    n, patients = part.content.get("n"), part.content.get("n_patients")
    of_patients = (
        f" of {count(patients, part.cluster)}" if isinstance(patients, int) and patients != n else ""
    )
    rows = f"{n:,}" if is_number(n) else "an unrecorded number of"
    return f"Measured on {rows} {part.units}{of_patients} that took no part in training."


def _hundred(part: EvidenceSet, point: Mapping[str, Any], positive: str) -> Figure | None:
    name = str(point.get("name"))
    sensitivity, specificity = part.metric("sensitivity", point=name), part.metric("specificity", point=name)
    prevalence = stated_prevalence(part) or prevalence_of(part)
    if prevalence is None or not has_value(sensitivity) or not has_value(specificity):
        return None
    shares = float((sensitivity or {})["value"]), float((specificity or {})["value"])
    hundred = of_hundred(prevalence=prevalence, sensitivity=shares[0], specificity=shares[1])
    sentence = hundred.sentence(part.units, positive)
    ranges = f"Sensitivity {full_text(sensitivity)}; specificity {full_text(specificity)}."
    meaning = OPERATING_POINTS.get(name, ("", ""))[1]
    title = operating_point_title(name)
    return Figure(
        hundred_figure(hundred, title=f"{title}: probability ≥ {point.get('threshold'):.3g}"),
        f"{title}{': ' + meaning if meaning else ''}. {sentence} {ranges}",
        sentence,
    )


def _several(evidence: Evidence, part: EvidenceSet) -> list[Block]:
    multilabel = evidence.task == "multilabel"
    balanced, macro = part.metric("balanced_accuracy"), part.metric("auc_macro")
    sentences = []
    if not multilabel:
        sentences.append(_named_rightly(balanced, part, len(evidence.classes)))
    lead = sentences[0] if sentences else _ranked_rightly(macro, "a label")
    lead += _shaky(balanced if sentences else macro)
    rest = (
        _counted(part)
        + _range(evidence, part)
        + (" " + _ranked_rightly(macro, "a class") if not multilabel else "")
    )
    return [Paragraph(lead, "lead"), Paragraph(rest), _key_numbers(part, "auc_macro")]


def _range(evidence: Evidence, part: EvidenceSet) -> str:
    """The hardest and the easiest class; empty where fewer than two have an AUC."""
    measured = [(name, part.metric("auc", class_name=name)) for name in evidence.classes]
    found = [
        (float(metric["value"]), name, metric) for name, metric in measured if metric and has_value(metric)
    ]
    if len(found) < 2:
        return ""
    ranked = sorted(found, key=lambda entry: entry[:2])
    (_, hardest, low), (_, easiest, high) = ranked[0], ranked[-1]
    return (
        f" The hardest to recognise is “{shorten(hardest, 40)}” (AUC {inline_text(low)}), "
        f"the easiest “{shorten(easiest, 40)}” (AUC {inline_text(high)})."
    )


def _named_rightly(metric: MetricJson | None, part: EvidenceSet, classes: int) -> str:
    if metric is None or not has_value(metric):
        return f"How often the network names the right class is {value_text(metric)}."
    return (
        f"Of 100 {part.units} drawn equally from the {classes} classes, the network names the right class in "
        f"{per_hundred_text(metric)}."
    )


def _ranked_rightly(metric: MetricJson | None, what: str) -> str:
    if metric is None or not has_value(metric):
        return f"The macro AUC is {value_text(metric)}."
    return (
        f"Shown one case with {what} and one without, the network ranks the pair rightly "
        f"{number(metric['value'], percent=True, digits=0)} of the time, averaged over all "
        f"(macro AUC {inline_text(metric)})."
    )


def _key_numbers(part: EvidenceSet, ranking: str) -> KeyNumbers:
    wanted: list[tuple[str, MetricJson | None]] = [("", part.metric(ranking))]
    if part.points and ranking == "auc":
        name = str(part.points[0].get("name"))
        where = f", {operating_point_title(name).lower()}"
        wanted += [(where, part.metric(key, point=name)) for key in ("sensitivity", "specificity")]
    else:
        wanted += [("", part.metric(key)) for key in ("balanced_accuracy", "quadratic_kappa", "mcc")]
    wanted.append(("", part.metric("brier")))
    return KeyNumbers(tuple(_key_number(metric, where) for where, metric in wanted if metric is not None))


def _key_number(metric: MetricJson, where: str, unit: object = None) -> KeyNumber:
    kind = measure(str(metric["name"]))
    title = title_in(str(metric["name"]), unit) + where
    interval = interval_text(metric)
    if has_value(metric):
        shown = f"{level_text(metric)} interval {interval}" if interval and interval[0] != "n" else interval
        dagger = " †" if metric.get("status") in ("unstable", "degenerate") else ""
        return KeyNumber(title, value_text(metric) + dagger, shown, kind.meaning)
    return KeyNumber(title, "undefined", str(metric.get("reason") or ""), kind.meaning)
