"""``thirdeye robustness``."""

from __future__ import annotations

from pathlib import Path

import click

from thirdeye.case.study import Study, json_text
from thirdeye.cli.console import Console
from thirdeye.cli.options import data_option, json_option
from thirdeye.cli.robustness_text import robustness_text


@click.command("robustness")
@click.argument("study", type=click.Path(path_type=Path))
@click.option(
    "--seeds",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Whole trainings, the study's own included; each takes its time budget again.",
)
@click.option("--budget", help="Time for the learning curve.  [a twentieth of the study's]")
@data_option
@json_option
def command(study: Path, seeds: int, budget: str | None, data: Path | None, as_json: bool) -> None:
    """Would more cases help STUDY, and does chance decide? Added to its evidence.

    The learning curve is measured on validation cases. With --seeds the whole training is repeated; all
    repetitions together are one look at the test part. The same command again goes on where it was stopped.
    """
    from thirdeye.journey.repeating import robustness

    with Console() as console, Study(study).lock():
        found = robustness(study, data=data, seeds=seeds, budget=budget, tell=console).found
    click.echo(json_text(found) if as_json else robustness_text(found))
