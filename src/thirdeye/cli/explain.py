"""``thirdeye explain``."""

from __future__ import annotations

from pathlib import Path

import click

from thirdeye.case.study import Study, json_text
from thirdeye.cli.console import Console
from thirdeye.cli.options import data_option, json_option


@click.command("explain")
@click.argument("study", type=click.Path(path_type=Path))
@data_option
@json_option
def command(study: Path, data: Path | None, as_json: bool) -> None:
    """Draw heat maps for STUDY and put them to the exam."""
    from thirdeye.journey.explaining import explain

    with Console() as console, Study(study).lock():
        found = explain(study, data=data, tell=console)
    click.echo(json_text({"passed": found.passed, "verdict": found.verdict}) if as_json else found.verdict)
