"""``thirdeye plan``."""

from __future__ import annotations

import shutil
import textwrap
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from thirdeye.case.study import Study, json_text
from thirdeye.cli.console import Console
from thirdeye.cli.options import (
    as_keywords,
    as_overrides,
    data_options,
    json_option,
    out_option,
    recipe_options,
    run_options,
)

if TYPE_CHECKING:
    from thirdeye.plan.decisions import Decisions


@click.command("plan")
@click.argument("data", type=click.Path(path_type=Path))
@out_option
@json_option
@recipe_options
@run_options
@data_options
def command(
    data: Path,
    out: Path | None,
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
    """Decide how to train on DATA, and say why."""
    from thirdeye.journey.planning import plan

    options = as_keywords(given)
    with Console() as console, nullcontext() if out is None else Study(out).lock(make=True):
        planned = plan(
            data,
            out=out,
            budget=budget,
            seed=seed,
            overrides=as_overrides(overrides, variables, taxonomy),
            recipe=recipe,
            flaws=flaws,
            lighter=lighter,
            tell=console,
            **options,
        )
    if as_json:
        click.echo(json_text(planned.plan.as_json()))
    else:
        click.echo(plan_text(planned.plan))


def plan_text(plan: Decisions, width: int | None = None) -> str:
    """The plan as a table: name, value, reason.

    Args:
        plan: what to show.
        width: columns of the terminal; None: as wide as it is, at most 120.
    """
    width = width or min(120, shutil.get_terminal_size((100, 24)).columns)
    names, values = 23, 30
    lines = []
    for name, value in plan.values().items():
        cells = (
            [name],
            textwrap.wrap(shown(value), values) or ["none"],
            textwrap.wrap(plan.reasons.get(name, ""), max(30, width - names - values - 2)) or [""],
        )
        for index in range(max(map(len, cells))):
            first, second, third = (cell[index] if index < len(cell) else "" for cell in cells)
            lines.append(f"{first:<{names}} {second:<{values}} {third}".rstrip())
    return "\n".join(lines)


def shown(value: Any) -> str:
    """A value as a person writes it."""
    if isinstance(value, tuple) and value and isinstance(value[0], tuple):
        if isinstance(value[0][0], str):
            return ", ".join(f"{name} {strength:g}" for name, strength in value)
        return ", ".join(" x ".join(map(str, sides)) for sides in value)
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
