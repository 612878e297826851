"""``model_card.md``: what the reader is, for whom, how good, and its limits (Mitchell et al. 2019, FAT*).

Filled from the run; what only a person knows stands open until it is answered (``thirdeye report --ask``).
"""

from __future__ import annotations

from collections.abc import Mapping

from thirdeye.case.opinion import RESEARCH_USE
from thirdeye.report.canvas_fill import augmentation, layers, origin, parameters, set_distribution, training
from thirdeye.report.cases import sites
from thirdeye.report.document import Bullets, Notice
from thirdeye.report.evidence import Evidence
from thirdeye.report.located.filled import is_located, output_text, size_text
from thirdeye.report.publication.characteristics import characteristics_table
from thirdeye.report.publication.class_table import class_table
from thirdeye.report.publication.comparisons import comparison_table
from thirdeye.report.publication.front_matter import front_matter
from thirdeye.report.publication.markdown import bullets, escape, facts, open_topics, page, said, table_lines
from thirdeye.report.publication.model_facts import calibration_facts, envelope_facts, file_rows, weight_facts
from thirdeye.report.publication.performance import performance_table
from thirdeye.report.publication.points_table import operating_point_table
from thirdeye.report.publication.subgroup_table import subgroup_table
from thirdeye.report.publication.table import JournalTable
from thirdeye.report.question import question
from thirdeye.report.sections.limits import limits_section
from thirdeye.report.sections.method import plan_value_text
from thirdeye.report.sections.published import made_up_notice

ASKED = (
    "model_contact", "model_licence", "intended_use", "end_user", "misuse", "interaction", "population_match",
    "reference_standard", "fairness", "risks", "limitations", "implications",
)  # fmt: skip
_HOW_TO_READ = (
    "A probability says how many of 100 such cases have the condition, as far as calibration holds; read "
    "the reliability figure before you trust it.",
    "An operating point turns it into a yes or no. Which one is right depends on what a miss and a false "
    "alarm cost; that choice belongs to the people who use it.",
    "An abstention is an answer: the image lies outside what the network has seen, and no number is given.",
    "A heat map shows where the network looked, not why. It is no proof, least of all where its exam "
    "was not passed.",
    "The doctor reads first. A second opinion that is seen first steers the first one.",
)
_HOW_TO_READ_MARKS = (
    "A mark says where the network sees something, not what follows from it. Look at the border before you "
    "use a size that was measured from it.",
    "An average hides the cases that went wrong: look at the worst cases in the report. In a single case the "
    "mark may be missing, or be in the wrong place.",
    "Sizes agree within limits that the report gives; a change smaller than these limits may be no change.",
    "The doctor reads first. A second opinion that is seen first steers the first one.",
)
_NOT_FOR = (
    "Diagnosis or treatment of patients: this is no medical device.",
    "Images of another kind, body part, device or population than those described here.",
    "Reading without a doctor, and sorting out cases that nobody looks at.",
)


def model_card(evidence: Evidence, answers: Mapping[str, str]) -> str:
    """The card as Markdown with a front matter that model hubs read."""
    return front_matter(evidence) + page(
        [
            [f"# Model card: {escape(question(evidence))}"],
            [f"> {RESEARCH_USE}"],
            _made_up(evidence),
            _open(answers),
            *_details(evidence, answers),
            *_use(answers),
            *_factors(evidence, answers),
            *_evaluation(evidence),
            *_data(evidence, answers),
            *_calibration(evidence),
            *_limits(evidence, answers),
            *_reading(evidence),
            *_files(evidence),
        ]
    )


def _made_up(evidence: Evidence) -> list[str]:
    notice = made_up_notice(evidence)
    return [] if notice is None else [f"> {notice.title}. {escape(notice.text)}"]


def _open(answers: Mapping[str, str]) -> list[str]:
    left = open_topics(ASKED, answers)
    if not left:
        return []
    return [f"{len(left)} of {len(ASKED)} questions wait for a person: `thirdeye report STUDY --ask`."]


def _details(evidence: Evidence, answers: Mapping[str, str]) -> list[list[str]]:
    versions = evidence.provenance.get("versions") or {}
    version = str(versions.get("thirdeye-imaging") or versions.get("thirdeye") or "")
    pairs = [
        ("Network", layers(evidence).text),
        ("Learned parameters", parameters(evidence).text),
        ("Starting weights", origin(evidence).text),
        ("Input", _input(evidence)),
        ("Output", _output(evidence)),
        ("Training", training(evidence).text),
        ("Augmentation", augmentation(evidence).text),
        ("Trained", str(evidence.provenance.get("started") or "")[:10]),
        ("Made with", f"Third Eye {version} (Apache-2.0)".replace("  ", " ")),
    ]
    return [
        ["## The model"], facts(pairs), ["### Who answers for it"], said("model_contact", answers),
        ["### Licence of the model"], said("model_licence", answers),
        ["Parts with a licence of their own:"] if evidence.model.get("weights") else [],
        weight_facts(evidence),
    ]  # fmt: skip


def _input(evidence: Evidence) -> str:
    found, located = evidence.model.get("input") or {}, size_text(evidence)
    if located is not None:
        return located
    if not found.get("size_px"):
        return ""
    side = found["size_px"]
    kept = [plan_value_text(name, found.get(name)) for name in ("resize", "intensity") if found.get(name)]
    return f"one image, brought to {side} × {side} pixels ({'; '.join(kept)})"


def _output(evidence: Evidence) -> str:
    if not evidence.classes:
        return ""
    located = output_text(evidence)
    if located is not None:
        return located
    names = plan_value_text("classes", list(evidence.classes))
    positive = f"; “{evidence.positive}” counts as positive" if evidence.task == "binary" else ""
    method = (evidence.model.get("calibration") or {}).get("method")
    kind = "calibrated probability" if method and method != "none" else "probability"
    return f"a {kind} of each of {len(evidence.classes)} classes ({names}){positive}"


def _use(answers: Mapping[str, str]) -> list[list[str]]:
    return [
        ["## Intended use"], said("intended_use", answers), ["### Intended users"], said("end_user", answers),
        ["### How it is used"], said("interaction", answers), ["### Not to be used for"],
        bullets(_NOT_FOR), said("misuse", answers),
    ]  # fmt: skip


def _factors(evidence: Evidence, answers: Mapping[str, str]) -> list[list[str]]:
    known = sites(evidence)
    listed = f"{len(known)} named sites ({', '.join(known[:12])})" if known else "the source is not named"
    found = subgroup_table(evidence)
    lines = table_lines(found) if found else ["No subgroup was measured."]
    return [
        ["## Factors"], facts([("Sites", listed)]), ["### Whom the data stand for"],
        said("population_match", answers), ["### Subgroups"], lines, said("fairness", answers),
    ]  # fmt: skip


def _evaluation(evidence: Evidence) -> list[list[str]]:
    makers = (performance_table, operating_point_table, class_table, comparison_table)
    tables = [table for make in makers if (table := make(evidence)) is not None]
    if not tables:
        return [["## Performance"], ["The test part has not been measured."]]
    return [
        ["## Performance"],
        ["Every value stands with its 95% interval; “undefined” means that the data cannot answer."],
        *(_with_heading(table) for table in tables),
    ]


def _with_heading(table: JournalTable) -> list[str]:
    return [f"### {table.title}", "", *table_lines(table, heading=False)]


def _data(evidence: Evidence, answers: Mapping[str, str]) -> list[list[str]]:
    found = characteristics_table(evidence)
    return [
        ["## Training and evaluation data"],
        facts([("Parts", set_distribution(evidence).text)]),
        table_lines(found) if found else ["The table of cases is missing."],
        ["### How the truth was established"], said("reference_standard", answers),
        ["More on the data: data_sheet.md."],
    ]  # fmt: skip


def _calibration(evidence: Evidence) -> list[list[str]]:
    if is_located(evidence):
        return [["## Envelope"], facts(envelope_facts(evidence))]
    return [
        ["## Calibration and envelope"], facts(calibration_facts(evidence)),
        ["The envelope is what the network has seen; outside it there is an abstention, not a number."],
        facts(envelope_facts(evidence)),
    ]  # fmt: skip


def _limits(evidence: Evidence, answers: Mapping[str, str]) -> list[list[str]]:
    blocks = limits_section(evidence).blocks
    found = [f"{one.title}. {one.text}".rstrip() for one in blocks if isinstance(one, Notice)]
    always = [line for one in blocks if isinstance(one, Bullets) for line in one.items]
    return [
        ["## Limits and warnings"], bullets(found), ["What no run can know:"], bullets(always),
        said("limitations", answers), ["### Ethical considerations and risks"], said("risks", answers),
        ["### What follows"], said("implications", answers),
    ]  # fmt: skip


def _reading(evidence: Evidence) -> list[list[str]]:
    lines = _HOW_TO_READ_MARKS if is_located(evidence) else _HOW_TO_READ
    return [["## How to read an opinion"], bullets(lines)]


def _files(evidence: Evidence) -> list[list[str]]:
    found = file_rows(evidence)
    return [["## Files"], table_lines(found, heading=False)] if found else []
