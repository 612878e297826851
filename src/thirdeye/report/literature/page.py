"""The published evidence as a document."""

from __future__ import annotations

from thirdeye.case.opinion import RESEARCH_USE
from thirdeye.report.clean import clean
from thirdeye.report.document import Bullets, Document, KeyNumber, KeyNumbers, Notice, Paragraph, Section
from thirdeye.report.literature.checked import checked_section, clashes_section
from thirdeye.report.literature.lines import Literature
from thirdeye.report.literature.numbers import numbers_section, recomputed_section
from thirdeye.report.literature.own import own_section
from thirdeye.report.literature.studies import practice_section, sources_section, studies_section
from thirdeye.report.numbers import count

KIND = "Third Eye, the published evidence"
IMPRINT = (
    "Review: Fourcade and Khonsari, J Stomatol Oral Maxillofac Surg 2019;120:279-288, "
    "doi:10.1016/j.jormas.2019.06.002. Data set, counts and intervals: thirdeye evidence."
)


def compose(found: Literature) -> Document:
    """The page: in short, one's own study, the studies, their numbers, what they leave out, the checks."""
    sections = [_short(found)]
    if found.own is not None:
        sections.append(own_section(found, found.own))
    sections += [
        studies_section(found),
        numbers_section(found),
        practice_section(found),
        recomputed_section(found),
        checked_section(found),
        clashes_section(found),
        sources_section(found),
    ]
    title = count(len(found.lines), "published study", "published studies")
    title += " and yours" if found.own else ""
    subtitle = "Convolutional networks for diagnosis from images, as reviewed in 2019"
    subtitle += f"; chosen: {clean(found.chosen)}" if found.chosen else ""
    return Document(title, subtitle, RESEARCH_USE, tuple(sections), IMPRINT, KIND)


def _short(found: Literature) -> Section:
    differs = sum(count.verdict == "differs" for count in found.counts)
    memory = found.sources.get("memory", 0)
    items = (
        _key("Studies", str(len(found.lines)), _span(found), "each with every number that it reports"),
        _key("Intervals computed here", str(len(found.recomputed)), "from published counts",
             f"{sum(not one.published for one in found.recomputed)} where none is known from the paper"),
        _key("Statements that differ", f"{differs} of {len(found.counts)}", "review against its own tables",
             "counted again from the data"),
        _key("Contradictions", str(len(found.clashes)), "each named and explained",
             "within the review, or between review and paper"),
    )  # fmt: skip
    return Section(
        "short",
        "In short",
        (
            KeyNumbers(items),
            Paragraph("What they share", "label"),
            Bullets(_shared(found)),
            Paragraph("What they lack", "label"),
            Bullets(_lacking(found)),
            Notice(
                "warning",
                "Figures of different data sets cannot be compared",
                "An AUC belongs to its cases: how ill they were, how they were chosen, how common the "
                "disease was. A higher number here is not a better network.",
            ),
            Notice(
                "note",
                f"{memory} of {sum(found.sources.values())} values are from memory",
                "They carry a dagger (†) in tables and are hollow in figures. Look them up before you cite "
                "them.",
            ),
        ),
    )


def _key(label: str, value: str, interval: str, meaning: str) -> KeyNumber:
    return KeyNumber(label, value, interval, meaning)


def _span(found: Literature) -> str:
    return f"{min(found.years)} to {max(found.years)}" if found.years else ""


def _shared(found: Literature) -> tuple[str, ...]:
    """What most of the chosen studies have in common, from the data."""
    aucs = sorted(dot.auc for dot in found.dots if not dot.own)
    said = ["One question, asked of images that were collected for it, and one number as the answer."]
    if aucs:
        said.append(
            f"The AUCs that the review quotes run from {aucs[0]:.2f} to {aucs[-1]:.2f}, in {len(aucs)} "
            "studies."
        )
    own = found.networks.get("own", 0)
    if own:
        said.append(
            f"{own} of {len(found.lines)} use a network of their own, alone or beside a well-known one."
        )
    return tuple(said)


def _lacking(found: Literature) -> tuple[str, ...]:
    shares = {share.practice: share for share in found.shares}
    n = len(found.lines)
    intervals, outside, doctors = (shares[name] for name in ("intervals", "external_test", "doctors"))
    maps, split = shares["heat_maps"], shares["patient_wise"]
    return (
        f"Intervals: known of {intervals.yes} of {n}. The review itself prints none.",
        f"Data from elsewhere: {outside.yes} of {n}; {outside.no} have one data set only.",
        f"A comparison with doctors: {doctors.yes} of {n}; who took part is often a handful.",
        f"Heat maps: shown by {maps.yes} of {n}, put to a test by {shares['heat_maps_examined'].yes}.",
        f"A split by patient: known of {split.yes} of {n}; for {split.unknown} it cannot be told from here.",
    )
