"""``thirdeye run``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from thirdeye.case.study import json_text
from thirdeye.cli.console import Console
from thirdeye.cli.options import (
    as_keywords,
    as_overrides,
    data_options,
    json_option,
    recipe_options,
    run_options,
)
from thirdeye.cli.plan import plan_text
from thirdeye.cli.summary import evidence_text


@click.command("run")
@click.argument("data", type=click.Path(path_type=Path))
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="Study folder; made where none is."
)
@click.option(
    "--seeds",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Whole trainings, to see what chance does; each takes the budget again.",
)
@click.option(
    "--names",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="What the classes are called before people: CSV class,name,fr or JSON; see thirdeye names.",
)
@click.option("--dry-run", is_flag=True, help="Check and plan only; nothing is written.")
@json_option
@recipe_options
@run_options
@data_options
def command(
    data: Path,
    out: Path,
    seeds: int,
    names: Path | None,
    dry_run: bool,
    as_json: bool,
    recipe: str | None,
    flaws: tuple[str, ...],
    lighter: bool,
    budget: str,
    seed: int,
    overrides: tuple[str, ...],
    variables: str | None,
    taxonomy: Path | None,
    **given: Any,
) -> None:
    """From DATA to a validated second reader: check, plan, train, validate, explain, report.

    The same command again goes on where it was stopped.
    """
    options = as_keywords(given)
    wanted = as_overrides(overrides, variables, taxonomy)
    by: Any = {"recipe": recipe, "flaws": flaws, "lighter": lighter}
    with Console() as console:
        if dry_run:
            from thirdeye.journey.planning import plan

            planned = plan(
                data, budget=budget, seed=seed, overrides=wanted, tell=console, **by, **options
            ).plan
            click.echo(json_text(planned.as_json()) if as_json else plan_text(planned))
            return
        from thirdeye.journey.running import run

        found = run(
            data,
            out,
            budget=budget,
            seed=seed,
            overrides=wanted,
            seeds=seeds,
            names=names,
            tell=console,
            **by,
            **options,
        )
    if as_json:
        click.echo(json_text(found.evidence))
    else:
        click.echo(evidence_text(found.evidence))
        click.echo(f"Report: {out / 'report.html'}")
