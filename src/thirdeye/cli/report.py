"""``thirdeye report``."""

from __future__ import annotations

from pathlib import Path

import click

from thirdeye.case.study import Study, json_text
from thirdeye.cli.console import Console
from thirdeye.cli.options import json_option
from thirdeye.errors import UsageError


@click.command("report")
@click.argument("study", type=click.Path(path_type=Path))
@click.option(
    "--ask", "asks", is_flag=True, help="Ask what only a person knows; Enter leaves a question open."
)
@click.option(
    "--answers", type=click.Path(exists=True, path_type=Path), help="YAML or JSON file with the answers."
)
@click.option(
    "--form", type=click.Path(path_type=Path), help="Write the open questions as a YAML file to fill."
)
@click.option(
    "--publish", is_flag=True, help="Tables (CSV, LaTeX, Word) and print figures too, in STUDY/publication."
)
@json_option
def command(
    study: Path, asks: bool, answers: Path | None, form: Path | None, publish: bool, as_json: bool
) -> None:
    """Write the report, canvas, checklists, model card and data sheet of STUDY."""
    from thirdeye.journey.reporting import report
    from thirdeye.report.checklists.answers import ask, load_answers, read_answers, template

    if form is not None:
        if form.exists():
            raise UsageError(f"'{form}' is there already; choose another name")
        form.write_text(template(read_answers(Study(study))), encoding="utf-8")
        click.echo(f"fill {form}, then: thirdeye report STUDY --answers {form}", err=True)
        return
    given = {} if answers is None else load_answers(answers)
    if asks:
        given |= ask({**read_answers(Study(study)), **given}, _prompt)
    with Console() as console, Study(study).lock():
        written = report(study, answers=given, publish=publish, tell=console)
    names = [str(path) for path in written.files]
    click.echo(json_text({"files": names}) if as_json else "\n".join(names))


def _prompt(topic: str, question: str) -> str:
    answer: str = click.prompt(question, default="", show_default=False, err=True)
    return answer
