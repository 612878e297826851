"""The list of studies, what they do and leave out, and where each value comes from."""

from __future__ import annotations

from thirdeye.report.document import Cell, Column, Facts, Figure, FigureRow, Paragraph, Section, Table
from thirdeye.report.literature.bars import networks_figure, practice_figure, years_figure
from thirdeye.report.literature.lines import Literature

SOURCE_WORDS = {
    "review": "stated in the review",
    "lecture": "stated in the lecture (Reynaud)",
    "paper": "stated in the paper, its abstract, its code or another public source",
    "computed": "computed here",
    "memory": "from memory (†)",
}


def studies_section(found: Literature) -> Section:
    """The table, publications by year and origin, networks used."""
    columns = (
        Column("Study", weight=1.25),
        Column("Question", weight=2.2),
        Column("Network", weight=1.9),
        Column("Data", weight=1.5),
        Column("As the review quotes it", weight=1.7),
    )
    rows = tuple(
        (
            Cell(one.name, note=f"{one.specialty}; {one.origin}"),
            one.question,
            one.network,
            one.data,
            one.headline,
        )
        for one in found.lines
    )
    years = Figure(
        years_figure(found.years),
        "By year of publication and origin of the first author (origins mostly from memory).",
        "; ".join(f"{year}: {sum(parts.values())}" for year, parts in found.years.items()),
        "Publications",
    )
    networks = Figure(
        networks_figure(found.networks),
        "Families of networks; a study that compares several counts for each.",
        "; ".join(f"{name} {count}" for name, count in found.networks.items()),
        "Networks",
    )
    notes = (
        "† from memory. Where the review's word for a measure is wrong, what it prints stands in quotes.",
    )
    table = Table(columns, rows, "The studies, in the order of the review's references.", notes)
    return Section("studies", "The studies", (FigureRow((years, networks)), table))


def practice_section(found: Literature) -> Section:
    """What share of the studies did what reviewers ask for today."""
    shares = found.shares
    alt = "; ".join(
        f"{share.title} yes {share.yes}, no {share.no}, not known {share.unknown}" for share in shares
    )
    figure = Figure(
        practice_figure(shares),
        "What is known of each study; grey is not “no”, it is “cannot be told from here”.",
        alt,
    )
    return Section("practice", "What they do and leave out", (figure,))


def sources_section(found: Literature) -> Section:
    """How many values are known in which way."""
    total = sum(found.sources.values())
    pairs = tuple((SOURCE_WORDS[name], f"{count} of {total} values") for name, count in found.sources.items())
    lead = Paragraph(
        "Every value of the data set says how it is known; thirdeye evidence show ID prints each one."
    )
    return Section("sources", "Where the values come from", (lead, Facts(pairs)))
