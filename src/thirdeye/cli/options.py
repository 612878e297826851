"""Options that several verbs share, each with the words of the field that it fills."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from thirdeye.errors import UsageError

Command = TypeVar("Command", bound=Callable[..., Any])

DATA_OPTIONS = (
    click.option("--layout", help="Layout of DATA, instead of recognising it."),
    click.option(
        "--task",
        type=click.Choice(
            ["binary", "multiclass", "multilabel", "ordinal", "segmentation", "detection", "landmarks"]
        ),
        help="Kind of decision.",
    ),
    click.option("--positive", metavar="CLASS", help="The class that counts as diseased."),
    click.option(
        "--patient", metavar="COLUMN", help="Column with the patient; folders: a regular expression."
    ),
    click.option("--patient-is-image", is_flag=True, help="Say aloud that every image is another patient."),
    click.option("--image-column", metavar="COLUMN", help="Column with the file."),
    click.option("--label-column", metavar="COLUMN", help="Column with the label; several: A,B,C."),
    click.option("--split-column", metavar="COLUMN", help="Column with the split; 'none' ignores it."),
    click.option("--site-column", metavar="COLUMN", help="Column with the hospital."),
    click.option(
        "--prevalence",
        metavar="SHARE",
        help="How common the disease will be in use: 0.02, 2%, or CLASS=0.02,...",
    ),
    click.option(
        "--consent",
        type=click.Path(path_type=Path),
        metavar="TABLE",
        help="Patients, scope, date and withdrawal of consent; who has not consented is left out.",
    ),
    click.option("--scope", metavar="NAME", help="With --consent: the purpose that it has to cover."),
    click.option("--as-of", metavar="DATE", help="With --consent: the day on which it has to hold.  [today]"),
    click.option(
        "--consent-key",
        type=click.Path(path_type=Path),
        metavar="KEY",
        help="With --consent: the key of thirdeye deidentify, if only the data have its pseudonyms.",
    ),
    click.option(
        "--clinical",
        type=click.Path(path_type=Path),
        metavar="TABLE",
        help="Clinical variables, joined by patient, case or image.",
    ),
    click.option(
        "--measurements",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="What to measure from landmarks: a JSON file of angles, distances, ratios; or: cephalometry.",
    ),
    click.option(
        "--structures",
        metavar="VALUE=NAME,...",
        help="What the values of masks mark: 1=liver,2=tumour; or one name: vessel.",
    ),
    click.option("--order", metavar="A,B,C", help="Classes from least to most (ordinal)."),
    click.option(
        "--merge",
        metavar="NEW=A,B;...",
        help="Labels that are one: 'referable=moderate,severe'; of graders, before they are counted.",
    ),
    click.option(
        "--questions",
        metavar="NAME=A,B;...",
        help="Several yes-or-no questions at once: 'referable=moderate,severe;swelling=oedema:yes' (values "
        "of the label, or COLUMN:VALUE).",
    ),
)
RUN_OPTIONS = (
    click.option(
        "--budget", default="10m", show_default=True, help="Time the run may take: 10m, 90s, 1h30m."
    ),
    click.option(
        "--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of everything random."
    ),
    click.option(
        "--set",
        "overrides",
        multiple=True,
        metavar="NAME=VALUE",
        help="A value of the plan; may be repeated.",
    ),
    click.option(
        "--variables",
        metavar="A,B",
        help="Clinical variables (columns) to set beside the image; 'none'.  [age, sex, place in the body]",
    ),
    click.option(
        "--taxonomy",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Kinds that classes belong to: child,parent as CSV, or JSON.  [taxonomy.csv beside DATA]",
    ),
)
lighter_option = click.option(
    "--lighter", is_flag=True, help="With the values with which a processor can bear it; see recipes show."
)
RECIPE_OPTIONS = (
    click.option("--recipe", metavar="ID", help="Plan as a published system did; see thirdeye recipes list."),
    click.option(
        "--flaw", "flaws", multiple=True, metavar="NAME", help="A flaw of that system to reproduce."
    ),
    lighter_option,
)
json_option = click.option(
    "--json", "as_json", is_flag=True, help="Result as JSON on stdout, all else on stderr."
)
out_option = click.option("--out", type=click.Path(path_type=Path), help="Study folder.")
data_option = click.option(
    "--data", type=click.Path(path_type=Path), help="Where the images lie now, if they were moved."
)


def data_options(command: Command) -> Command:
    """Add what a user can say about the data."""
    return _added(command, DATA_OPTIONS)


def run_options(command: Command) -> Command:
    """Add budget, seed and values of the plan."""
    return _added(command, RUN_OPTIONS)


def recipe_options(command: Command) -> Command:
    """Add the published system to plan by."""
    return _added(command, RECIPE_OPTIONS)


def _added(command: Command, options: tuple[Callable[[Command], Command], ...]) -> Command:
    for option in reversed(options):
        command = option(command)
    return command


def as_keywords(given: dict[str, Any]) -> dict[str, Any]:
    """The options of intake among a command's parameters, as `DataOptions`; takes them out of `given`."""
    names = (
        "layout", "task", "positive", "patient", "patient_is_image",
        "image_column", "label_column", "split_column", "site_column", "prevalence", "order",
        "consent", "scope", "as_of", "consent_key", "clinical", "structures", "measurements", "merge",
        "questions",
    )  # fmt: skip
    taken = {name: given.pop(name) for name in names}
    if taken["order"] is not None:
        taken["order"] = tuple(part.strip() for part in taken["order"].split(","))
    return {name: value for name, value in taken.items() if value not in (None, False)}


def as_overrides(
    pairs: tuple[str, ...], variables: str | None = None, taxonomy: Path | None = None
) -> dict[str, Any]:
    """NAME=VALUE pairs, and the options that have a name of their own.

    Args:
        pairs: of `--set`.
        variables: names of columns, separated by commas; "none" for none.
        taxonomy: file.

    Raises:
        UsageError: a pair has no equals sign, or the taxonomy cannot be read.
    """
    values: dict[str, Any] = {}
    if variables is not None:
        names = () if variables.strip().lower() == "none" else variables.split(",")
        values["variables"] = tuple(name.strip() for name in names if name.strip())
    if taxonomy is not None:
        from thirdeye.intake.taxonomy import read_taxonomy  # deferred: few runs have one

        values["taxonomy"] = read_taxonomy(taxonomy)
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise UsageError(f"--set takes NAME=VALUE, got '{pair}'")
        values[name.strip()] = value.strip()
    return values
