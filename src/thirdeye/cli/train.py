"""``thirdeye train``."""

from __future__ import annotations

from pathlib import Path

import click

from thirdeye.case.study import Study, json_text
from thirdeye.cli.console import Console
from thirdeye.cli.options import data_option, json_option


@click.command("train")
@click.argument("study", type=click.Path(path_type=Path))
@data_option
@json_option
def command(study: Path, data: Path | None, as_json: bool) -> None:
    """Train the reader of a STUDY that was planned; goes on where it was stopped."""
    from thirdeye.journey.training import train

    with Console() as console, Study(study).lock():
        trained = train(study, data=data, tell=console)
    if as_json:
        click.echo(json_text([stage.as_json() for stage in trained.stages]))
