"""``thirdeye report``."""

from __future__ import annotations

from pathlib import Path

import click

from thirdeye.case.study import Study, json_text
from thirdeye.cli.console import Console
from thirdeye.cli.options import json_option


@click.command("report")
@click.argument("study", type=click.Path(path_type=Path))
@json_option
def command(study: Path, as_json: bool) -> None:
    """Write the report and the extraction canvas of STUDY."""
    from thirdeye.journey.reporting import report

    with Console() as console, Study(study).lock():
        written = report(study, tell=console)
    names = [str(path) for path in written.files]
    click.echo(json_text({"files": names}) if as_json else "\n".join(names))
