"""``thirdeye retrain``: from a reading room to a new model, with a plan and a test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from thirdeye.case.study import json_text
from thirdeye.cli.options import json_option

_PATH = click.Path(path_type=Path)
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_ROOM = click.option("--room", type=_PATH, required=True, help="Folder of the reading room.")
_DATABASE = click.option(
    "--database", metavar="URL", help="Store of the room, where it is not in its folder."
)


@click.group("retrain")
def command() -> None:
    """From a reading room to a new model: cases that may be learnt from, a plan, an acceptance test."""


@command.command("cases")
@click.argument("study", type=_FOLDER)
@_ROOM
@click.option("--consent", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True,
              help="Table: patient, scope, date, withdrawal.")  # fmt: skip
@click.option("--out", type=_PATH, required=True, help="New folder for the dataset.")
@click.option("--frozen", is_flag=True, help="The patients kept for acceptance tests instead.")
@click.option("--scope", metavar="NAME", help="Purpose of the consent.")
@click.option("--as-of", metavar="DATE", help="Day of the consent.  [today]")
@click.option("--look", type=click.Choice(["search", "suspect", "trust"]),
              help="At pixels for burned-in text, as in thirdeye deidentify.")  # fmt: skip
@_DATABASE
@json_option
def cases(study: Path, room: Path, consent: Path, out: Path, as_json: bool, **given: Any) -> None:
    """Write the consented, proven cases of STUDY as a dataset for thirdeye run, without identities."""
    from thirdeye.journey.rooms.retraining_cases import CASES_FILE, retraining_cases

    done = retraining_cases(room, study, consent, out, **given)
    if as_json:
        form = {"cases": done.cases, "images": done.images, "patients": done.patients,
                "labels": dict(done.labels), "left_out": dict(done.left_out)}  # fmt: skip
        click.echo(json_text(form))
        return
    labels = ", ".join(f"{n:,} {label}" for label, n in sorted(done.labels.items()))
    click.echo(f"{done.cases:,} cases of {done.patients:,} patients: {labels}")
    for reason, n in done.left_out.items():
        click.echo(f"  left out, {reason.replace('_', ' ')}: {n:,}")
    click.echo(f"written: {done.folder / CASES_FILE}")


@command.command("plan")
@click.argument("study", type=_FOLDER)
@_ROOM
@click.option("--frozen", type=_FOLDER, required=True, help="Folder of thirdeye retrain cases --frozen.")
@click.option("--what", required=True, help="What is to change.")
@click.option("--why", required=True, help="Why.")
@click.option("--auc", type=float, default=0.05, show_default=True, help="Largest loss that is accepted.")
@click.option("--sensitivity", type=float, default=0.1, show_default=True, help="Largest loss accepted.")
@click.option("--specificity", type=float, default=0.1, show_default=True, help="Largest loss accepted.")
@click.option("--brier", type=float, default=0.05, show_default=True, help="Largest rise accepted.")
@click.option("--fewest", type=int, default=30, show_default=True,
              help="Cases of either kind that the test needs.")  # fmt: skip
@_DATABASE
def plan(
    study: Path, room: Path, frozen: Path, what: str, why: str, database: str | None, **margins: Any
) -> None:
    """Put on record what is to change about the model of STUDY, and what the new one has to reach."""
    from thirdeye.evaluation.acceptance import Margins
    from thirdeye.journey.rooms.changing import plan_a_change

    number, _ = plan_a_change(
        room, study, frozen, what=what, why=why, margins=Margins(**margins), database=database
    )
    click.echo(f"change {number} is planned; its margins and frozen cases cannot change any more")


@command.command("accept")
@click.argument("new", type=_FOLDER)
@_ROOM
@click.option("--change", type=click.IntRange(min=1), required=True, help="Number of the plan.")
@click.option("--old", type=_FOLDER, required=True, help="Study whose model is to be replaced.")
@click.option("--frozen", type=_FOLDER, required=True, help="Folder of the frozen cases of the plan.")
@_DATABASE
@json_option
def accept(
    new: Path, room: Path, change: int, old: Path, frozen: Path, database: str | None, as_json: bool
) -> None:
    """Test the model of NEW on the frozen cases of a plan. Exit code 4 where it is not accepted."""
    from thirdeye.journey.rooms.changing import accept as accepted

    result = accepted(room, change, new, old, frozen, database=database)
    click.echo(json_text(result) if as_json else _said(result))
    if not result["passed"]:
        raise click.exceptions.Exit(4)


def _said(result: dict[str, Any]) -> str:
    lines = [
        f"{result['n']:,} frozen cases of {result['n_patients']:,} patients, {result['n_pos']:,} positive"
    ]
    lines += [] if result["enough"] else ["  fewer cases than the plan asks for"]
    for one in result["criteria"]:
        gap, met = one["difference"], {True: "met", False: "NOT met", None: "cannot be told"}[one["passed"]]
        if gap["value"] is None or gap["ci_low"] is None:
            between = "no interval"
        else:
            between = f"{gap['value']:+.3f} ({gap['ci_low']:+.3f} to {gap['ci_high']:+.3f})"
        lines.append(f"  {one['name']}: new - old {between}, margin {one['margin']:g}: {met}")
    return "\n".join([*lines, "accepted" if result["passed"] else "not accepted"])
