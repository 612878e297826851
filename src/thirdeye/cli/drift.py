"""``thirdeye drift``: are the cases of today still like those that the reader was tested on?"""

from __future__ import annotations

from pathlib import Path

import click

from thirdeye.case.opinion import RESEARCH_USE
from thirdeye.case.study import json_text
from thirdeye.cli.options import json_option
from thirdeye.errors import DataRefused

_PATH = click.Path(path_type=Path)


@click.command("drift")
@click.argument("study", type=_PATH)
@click.argument("files", metavar="[FILE]...", nargs=-1, type=_PATH)
@click.option("--state", type=_PATH, help="File that keeps the state between calls.  [drift.json in STUDY]")
@click.option("--restart", is_flag=True, help="Forget what came before.")
@json_option
def command(study: Path, files: tuple[Path, ...], state: Path | None, restart: bool, as_json: bool) -> None:
    """Follow a stream of cases: are they still like those that the reader of STUDY was tested on?

    FILE are the new cases in their order: images, folders, or .jsonl files with what `thirdeye read --json`
    printed. What came before is kept, and a file counts once. Two charts are drawn: how far images lie
    from what the reader knows, and the probability it gives. If nothing changes, at most one stream in twenty
    gives a false alarm within 1,000 cases. The truth is not asked for, so a quiet chart does not prove that
    the reader is still right.
    """
    from thirdeye.journey.drifting import drift

    found = drift(study, files, state=state, restart=restart)
    if as_json:
        click.echo(json_text(found.as_json()))
    else:
        click.echo("\n".join([f"{found.stream.cases:,} cases, {found.new:,} of them new.", *found.sentences]))
        click.echo(RESEARCH_USE)
    if found.failed:
        raise DataRefused(f"{len(found.failed)} files could not be read; the first: {found.failed[0]}")
