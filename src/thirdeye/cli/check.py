"""``thirdeye check``."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click

from thirdeye.case.study import Study, json_text
from thirdeye.cli.console import Console
from thirdeye.cli.options import as_keywords, data_options, json_option, out_option
from thirdeye.errors import DataRefused

PAGE = "findings.html"  # as `thirdeye.journey.checking` names it; that module is loaded late


@click.command("check")
@click.argument("data", type=click.Path(path_type=Path))
@out_option
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="File for the page.")
@click.option(
    "--fix",
    "table",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="TABLE.csv",
    help="Write a new table with what a machine can correct; DATA are never touched.",
)
@click.option("--dry-run", is_flag=True, help="Look and tell only; nothing is written.")
@json_option
@data_options
def command(
    data: Path,
    out: Path | None,
    html: Path | None,
    table: Path | None,
    dry_run: bool,
    as_json: bool,
    **given: Any,
) -> None:
    """Put DATA on trial: what was understood, and what is wrong with it."""
    from thirdeye.cli.trial import findings_text, fixed_text
    from thirdeye.journey.checking import check, findings_json
    from thirdeye.journey.fixing import fix, refuse_target

    options = as_keywords(given)
    if dry_run:
        out = html = None
    if table is not None:
        refuse_target(table, data)
    with Console() as console, nullcontext() if out is None else Study(out).lock(make=True):
        tell = console if as_json else _stages_only(console)
        checked = check(data, out=out, html=html, tell=tell, **options)
        fixed = None if table is None else fix(checked, data, table, dry_run=dry_run)
    if as_json:
        click.echo(json_text(findings_json(checked)))
    else:
        page = html or (None if out is None else out / PAGE)
        click.echo(findings_text(checked, page=page, hint=fixed is None))
    if fixed is not None and table is not None:
        click.echo(fixed_text(fixed, table), err=as_json)
    if checked.refused:
        errors = sum(finding.severity == "error" for finding in checked.examination.findings)
        raise DataRefused(f"{errors} {'finding forbids' if errors == 1 else 'findings forbid'} training")


def _stages_only(console: Console) -> Any:
    """Notes come again in the text, so they are not shown while the check runs."""
    return lambda event: None if event.kind == "note" else console(event)
