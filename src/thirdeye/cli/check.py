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


@click.command("check")
@click.argument("data", type=click.Path(path_type=Path))
@out_option
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="File for the page.")
@json_option
@data_options
def command(data: Path, out: Path | None, html: Path | None, as_json: bool, **given: Any) -> None:
    """Put DATA on trial: what was understood, and what is wrong with it."""
    from thirdeye.journey.checking import check, findings_json

    options = as_keywords(given)
    with Console() as console, nullcontext() if out is None else Study(out).lock(make=True):
        checked = check(
            data, out=out, html=html, tell=console if as_json else _stages_only(console), **options
        )
    if as_json:
        click.echo(json_text(findings_json(checked)))
    else:
        click.echo(findings_text(checked))
    if checked.refused:
        errors = sum(finding.severity == "error" for finding in checked.examination.findings)
        raise DataRefused(f"{errors} {'finding forbids' if errors == 1 else 'findings forbid'} training")


def _stages_only(console: Console) -> Any:
    """Notes come again in the text, so they are not shown while the check runs."""
    return lambda event: None if event.kind == "note" else console(event)


def findings_text(checked: Any) -> str:
    """What was understood and found, for a terminal."""
    lines = ["Understood:", *(f"  {sentence}" for sentence in checked.collection.understood), ""]
    lines.append("Found:")
    for finding in checked.examination.findings:
        lines.append(f"  {finding.severity.upper():<8}{finding.message}")
        if finding.remedy and finding.severity != "info":
            lines.append(f"          {finding.remedy}")
    if not checked.examination.findings:
        lines.append("  nothing to report")
    return "\n".join(lines)
