"""``thirdeye validate``."""

from __future__ import annotations

from pathlib import Path

import click

from thirdeye.case.study import Study, json_text
from thirdeye.cli.console import Console
from thirdeye.cli.options import data_option, json_option
from thirdeye.cli.summary import evidence_text


@click.command("validate")
@click.argument("study", type=click.Path(path_type=Path))
@data_option
@json_option
def command(study: Path, data: Path | None, as_json: bool) -> None:
    """Measure the reader of STUDY on its untouched test part. Every look is counted."""
    from thirdeye.journey.validating import validate

    with Console() as console, Study(study).lock():
        found = validate(study, data=data, tell=console)
    click.echo(json_text(found.evidence) if as_json else evidence_text(found.evidence))
