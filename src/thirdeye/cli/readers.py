"""``thirdeye readers``: reader studies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from thirdeye.case.study import json_text
from thirdeye.cli.options import json_option
from thirdeye.errors import UsageError

_RANDOM: dict[str, Any] = {"both": "readers_and_cases", "cases": "cases", "readers": "readers"}
# Kept here so that --help loads no numpy; a test compares them with the evaluation's own.
_MERITS = [
    "auc", "partial_auc", "sensitivity", "specificity", "youden", "accuracy", "wAFROC", "wAFROC1", "AFROC",
    "AFROC1", "HrAuc", "HrSe", "HrSp", "MaxLLF", "MaxNLF", "MaxNLFAllCases",
]  # fmt: skip
_DESIGNS = ["reader_first", "concurrent", "second_reader", "independent_crossover", "crossover"]
_ARRANGEMENTS = ["crossed", "split_plot", "cases_nested_in_readers", "cases_nested_in_tests",
                 "readers_nested_in_tests"]  # fmt: skip


@click.group("readers")
def command() -> None:
    """Reader studies: how many, who reads what when, and what the readings say."""


@command.command("size")
@click.option("--effect", type=float, required=True, help="Difference of the AUCs that must not be missed.")
@click.option("--readers", "numbers", default="4,6,8,10,15", show_default=True, help="Readers to try.")
@click.option("--power", type=float, default=0.8, show_default=True, help="Wanted power.")
@click.option("--alpha", type=float, default=0.05, show_default=True, help="Two-sided level.")
@click.option("--random", type=click.Choice(list(_RANDOM)), default="both", show_default=True,
              help="What the result shall extend to.")  # fmt: skip
@click.option("--auc", type=float, default=0.85, show_default=True, help="Expected mean AUC.")
@click.option("--ratio", type=float, default=1.0, show_default=True, help="Healthy cases per diseased one.")
@click.option("--range", "reader_range", type=float, default=0.05, show_default=True,
              help="Range of the effect between readers.")  # fmt: skip
@click.option("--pilot", type=click.Path(exists=True, path_type=Path), help="analysis.json of a pilot study.")
@click.option("--design", "arrangement", type=click.Choice(_ARRANGEMENTS), default="crossed",
              show_default=True, help="Who reads what.")  # fmt: skip
@click.option("--groups", type=click.IntRange(min=2), default=2, show_default=True, help="Of a split-plot.")
@json_option
def size(numbers: str, random: str, ratio: float, pilot: Path | None, as_json: bool, **given: Any) -> None:
    """How many cases several numbers of readers need."""
    from thirdeye.journey.readers.pilots import read_pilot
    from thirdeye.journey.readers.sizing import size as sized

    try:
        readers = [int(part) for part in numbers.split(",")]
    except ValueError:
        raise UsageError(f"--readers {numbers}: expected whole numbers separated by commas") from None
    found = sized(
        readers=readers, random=_RANDOM[random], healthy_per_diseased=ratio,
        pilot=None if pilot is None else read_pilot(pilot), **given,
    )  # fmt: skip
    if as_json:
        click.echo(json_text(found.as_json()))
        return
    click.echo("\n".join(found.assumptions))
    click.echo(f"\n{'readers':>8}{'cases':>8}{'power':>8}{'interval':>12}")
    for row in found.rows:
        width = f"+-{row.interval_half_width:.3f}"
        click.echo(f"{row.readers:>8}{row.cases:>8}{row.power:>8.2f}{width:>12}")
    for number, reason in found.impossible.items():
        click.echo(f"{number:>8}  {reason}")


@command.command("design")
@click.argument("cases", type=click.Path(exists=True, path_type=Path))
@click.option("--readers", "names", required=True, help="Names or numbers, separated by commas.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder of the reader study.")
@click.option("--design", type=click.Choice(_DESIGNS),
              default="reader_first", show_default=True, help="When the machine is shown.")  # fmt: skip
@click.option("--washout-days", type=click.IntRange(min=0), default=28, show_default=True,
              help="Between the sessions of a crossover.")  # fmt: skip
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of the lists.")
def design(cases: Path, names: str, out: Path, **given: Any) -> None:
    """Randomised reading lists for the table CASES."""
    from thirdeye.journey.readers.designing import design as designed

    made = designed(cases, [part.strip() for part in names.split(",") if part.strip()], out, **given)
    click.echo(f"{len(made.slots):,} readings planned; written into {made.folder}:")
    for name in made.files:
        click.echo(f"  {name}")


@command.command("import")
@click.argument("table", type=click.Path(exists=True, path_type=Path))
@click.argument("study", type=click.Path(path_type=Path))
@click.option("--truth", type=click.Path(exists=True, path_type=Path), help="Table: case, truth.")
@click.option("--column", "pairs", multiple=True, metavar="ROLE=COLUMN", help="Which column is what.")
@click.option("--lesions", type=click.Path(exists=True, path_type=Path),
              help="TABLE holds marks; this one the lesions: case, lesion, place, radius.")  # fmt: skip
@click.option("--distance", type=float, help="How near to a lesion a mark has to be, without a radius.")
def import_(
    table: Path,
    study: Path,
    truth: Path | None,
    pairs: tuple[str, ...],
    lesions: Path | None,
    distance: float | None,
) -> None:
    """Bring readings (or marks) from TABLE into the reader study STUDY."""
    if lesions is not None:
        from thirdeye.journey.readers.marking import import_marks

        marks = import_marks(table, lesions, study, columns=as_columns(pairs), distance=distance)
        click.echo("\n".join(marks.sentences))
        return
    from thirdeye.journey.readers.importing import import_readings

    found = import_readings(table, study, columns=as_columns(pairs), truth=truth)
    click.echo("\n".join(found.sentences))


@command.command("open")
@click.argument("design", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--room", type=click.Path(path_type=Path), required=True, help="Folder of the reading room.")
@click.option("--images", type=click.Path(exists=True, path_type=Path), required=True,
              help="Folder with an image named after each case, or a table: case, file.")  # fmt: skip
@click.option("--study", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True,
              help="Study whose reader gives the opinions.")  # fmt: skip
@click.option("--reader", "people", multiple=True, metavar="NAME=LOGIN", help="Who is who in the room.")
@click.option("--name", help="Of the reader study in the room.  [its folder]")
@click.option("--database", metavar="URL", help="Store of the room, where it is not in its folder.")
def open_(design: Path, people: tuple[str, ...], **given: Any) -> None:
    """Bring the lists of DESIGN into a reading room, where order, blinding and washout are kept."""
    from thirdeye.intake.words import counted
    from thirdeye.journey.rooms.reader_studies import open_reader_study

    pairs = dict(part.split("=", 1) for part in people if "=" in part)
    if len(pairs) < len(people):
        raise UsageError("--reader takes NAME=LOGIN, once for each reader")
    made = open_reader_study(design, people=pairs, **given)
    click.echo(
        f"reader study {made.number} is open: {counted(made.readers, 'reader')}, "
        f"{counted(made.cases, 'case')}, {counted(made.places, 'place')} to read"
    )


@command.command("collect")
@click.argument("design", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--room", type=click.Path(path_type=Path), required=True, help="Folder of the reading room.")
@click.option("--number", type=click.IntRange(min=1), required=True, help="Of the reader study in the room.")
@click.option("--call-from", type=click.FloatRange(0, 1, min_open=True), default=0.5, show_default=True,
              help="Probability from which a reader's counts as a positive decision.")  # fmt: skip
@click.option("--database", metavar="URL", help="Store of the room, where it is not in its folder.")
def collect(design: Path, room: Path, number: int, call_from: float, database: str | None) -> None:
    """Fetch the readings of a reader study from a reading room, for thirdeye readers import."""
    from thirdeye.journey.rooms.reader_studies import collect_readings

    path = collect_readings(room, number, design, call_from=call_from, database=database)
    click.echo(f"written: {path}")
    click.echo(f"next: thirdeye readers import {path} {design} --truth TABLE")


@command.command("adjudicate")
@click.argument("study", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--threshold", type=float, help="Rating from which a reader calls a case positive.")
@click.option("--network-scores", type=click.Path(exists=True, path_type=Path), help="Table: case, score.")
@click.option("--network-threshold", type=float, help="Score from which the network calls a case positive.")
@click.option("--controls", type=click.IntRange(min=0), default=0, show_default=True,
              help="Cases without dispute to mix in.")  # fmt: skip
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of the order.")
@click.option("--import", "sheets", type=click.Path(exists=True, path_type=Path), multiple=True,
              help="A filled sheet; once for each adjudicator.")  # fmt: skip
def adjudicate(study: Path, sheets: tuple[Path, ...], **given: Any) -> None:
    """List the cases on which readers, or reader and network, differ; or bring filled sheets back."""
    from thirdeye.journey.readers.adjudicating import import_adjudications, queue_cases

    if sheets:
        click.echo("\n".join(import_adjudications(study, sheets).sentences))
        return
    queued = queue_cases(study, **given)
    click.echo(
        f"{queued.discordant} discordant cases and {queued.controls} others; written into {queued.folder}:"
    )
    for name in queued.files:
        click.echo(f"  {name}")


@command.command("analyse")
@click.argument("readings", type=click.Path(exists=True, path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the page and the JSON.")
@click.option("--merit", type=click.Choice(_MERITS), default="auc", show_default=True,
              help="Figure of merit.")  # fmt: skip
@click.option("--threshold", type=float, help="Rating from which a case counts as positive.")
@click.option("--specificity-from", type=float, help="Lower end of the partial AUC; 0.8 without it.")
@click.option("--dbm", is_flag=True, help="The analysis of pseudovalues too (Dorfman, Berbaum and Metz).")
@click.option("--random", type=click.Choice(list(_RANDOM)), default="both", show_default=True,
              help="What the result shall extend to.")  # fmt: skip
@click.option("--network", help="Name of the reader that is the network.")
@click.option("--network-scores", type=click.Path(exists=True, path_type=Path), help="Table: case, score.")
@click.option("--network-threshold", type=float, help="Score from which the network calls a case positive.")
@click.option("--validation-scores", type=click.Path(exists=True, path_type=Path),
              help="Table: case, score, truth of validation cases, on which deferral is fixed.")  # fmt: skip
@click.option("--fixed-cases", "--cases-fixed", "cases_fixed", is_flag=True,
              help="Against the network: these cases only.")  # fmt: skip
@click.option(
    "--lesions", type=click.Path(exists=True, path_type=Path), help="READINGS holds marks; the lesions."
)
@click.option("--distance", type=float, help="How near to a lesion a mark has to be.")
@click.option("--pdf/--no-pdf", default=True, show_default=True, help="Write the page for print.")
@click.option("--truth", type=click.Path(exists=True, path_type=Path), help="Table: case, truth.")
@click.option("--column", "pairs", multiple=True, metavar="ROLE=COLUMN", help="Which column is what.")
@json_option
def analyse(readings: Path, random: str, pairs: tuple[str, ...], as_json: bool, **given: Any) -> None:
    """What READINGS (a table, or a study folder) say about tests, readers and machine."""
    from thirdeye.cli.readers_text import analysis_text
    from thirdeye.journey.readers.analysing import analyse_readings

    found = analyse_readings(
        readings,
        random=_RANDOM[random],
        columns=as_columns(pairs),
        **given,
    )
    if as_json:
        click.echo(json_text(found.result))
        return
    click.echo(analysis_text(found.result))
    for path in found.files:
        click.echo(f"written: {path}")


def as_columns(pairs: tuple[str, ...]) -> dict[str, str]:
    """ROLE=COLUMN pairs.

    Raises:
        UsageError: no equals sign, or an unknown role.
    """
    from thirdeye.journey.readers.columns import COLUMNS, MARK_COLUMNS

    chosen = {}
    for pair in pairs:
        role, equals, column = pair.partition("=")
        if not equals or role not in {**COLUMNS, **MARK_COLUMNS}:
            roles = ", ".join({**COLUMNS, **MARK_COLUMNS})
            raise UsageError(f"--column {pair}: expected ROLE=COLUMN, with one of {roles}")
        chosen[role] = column
    return chosen
