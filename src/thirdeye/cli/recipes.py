"""``thirdeye recipes``: the published systems."""

from __future__ import annotations

import json
import shutil
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from thirdeye.case.opinion import RESEARCH_USE
from thirdeye.case.study import json_text
from thirdeye.cli.console import Console
from thirdeye.cli.options import (
    as_keywords,
    as_overrides,
    data_options,
    json_option,
    lighter_option,
    run_options,
)

if TYPE_CHECKING:
    from thirdeye.journey.recipes import Difference

_flaw_option = click.option(
    "--flaw", "flaws", multiple=True, metavar="NAME", help="A flaw of the original to reproduce; see show."
)


@click.group("recipes")
def command() -> None:
    """Published systems as plans, and teaching runs: list, show, run, read, compare."""


@command.command("list")
@click.option("--state", type=click.Choice(["ready", "specified", "not a system"]), help="Only those.")
@json_option
def list_(state: str | None, as_json: bool) -> None:
    """All systems of the literature, and which of them run today."""
    from thirdeye.journey.systems import recipes

    found = recipes(state)
    if as_json:
        click.echo(json_text([one.as_json() for one in found]))
        return
    width = max(len(one.id) for one in found)
    for one in found:
        click.echo(f"{one.id:<{width}}  {one.state:<9}  {one.title}")
    ready = sum(one.state == "ready" for one in found)
    click.echo(f"{ready} of {len(found)} are ready. One of them in full: thirdeye recipes show ID")


@command.command("show")
@click.argument("name", metavar="ID")
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    help="How the plan of these data differs from the published one.",
)
@_flaw_option
@lighter_option
@json_option
@run_options
@data_options
def show(
    name: str,
    data: Path | None,
    flaws: tuple[str, ...],
    lighter: bool,
    as_json: bool,
    budget: str,
    seed: int,
    **given: Any,
) -> None:
    """What is known of the system ID, where each statement comes from, and what is wrong with it."""
    from thirdeye.journey.recipes import differences, told, told_json

    for unused in ("overrides", "variables", "taxonomy"):
        given.pop(unused)
    options = as_keywords(given)
    found: tuple[Difference, ...] = ()
    if data is not None:
        with Console() as console:
            found = differences(
                name, data, budget=budget, seed=seed, flaws=flaws, lighter=lighter, tell=console, **options
            )
    if as_json:
        lines = [
            {"name": one.name, "ours": one.ours, "published": one.published, "why": one.why} for one in found
        ]
        click.echo(json_text({**told_json(name), **({} if data is None else {"differences": lines})}))
        return
    click.echo(told(name))
    if data is not None:
        click.echo("\n" + differences_text(found))


@command.command("run")
@click.argument("name", metavar="ID")
@click.argument("data", type=click.Path(path_type=Path), required=False)
@click.option("--out", type=click.Path(path_type=Path), help="Folder to write into.  [the recipe's id]")
@_flaw_option
@lighter_option
@json_option
@run_options
@data_options
@click.pass_context
def run_(
    ctx: click.Context,
    name: str,
    data: Path | None,
    out: Path | None,
    flaws: tuple[str, ...],
    lighter: bool,
    as_json: bool,
    budget: str,
    seed: int,
    overrides: tuple[str, ...],
    variables: str | None,
    taxonomy: Path | None,
    **given: Any,
) -> None:
    """Run the system ID: without DATA on its fixture in under two minutes, with DATA on the real thing."""
    from thirdeye.cli.summary import evidence_text
    from thirdeye.journey.recipes import run_recipe

    said = ctx.get_parameter_source("budget") is not click.core.ParameterSource.DEFAULT
    options = as_keywords(given)
    with Console() as console:
        ran = run_recipe(
            name, data, out=out, flaws=flaws, lighter=lighter, budget=budget if said else None, seed=seed,
            overrides=as_overrides(overrides, variables, taxonomy), tell=console, **options,
        )  # fmt: skip
    if ran.trace is not None:
        from thirdeye.report.teaching.text import trace_text

        click.echo(json_text(ran.trace.as_json()) if as_json else trace_text(ran.trace))
    elif ran.evidence is not None:
        click.echo(json_text(ran.evidence.evidence) if as_json else evidence_text(ran.evidence.evidence))
    if not as_json:
        if data is None and ran.evidence is not None:
            click.echo(
                "The data were made up: these figures show that the parts work, nothing about patients."
            )
        click.echo(f"\nPage: {ran.page}")


@command.command("compare")
@click.argument("name", metavar="ID")
@click.argument("data", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Folder for both studies.  [compare_ID]")
@_flaw_option
@lighter_option
@json_option
@run_options
@data_options
def compare_(
    name: str,
    data: Path,
    out: Path | None,
    flaws: tuple[str, ...],
    lighter: bool,
    as_json: bool,
    budget: str,
    seed: int,
    overrides: tuple[str, ...],
    variables: str | None,
    taxonomy: Path | None,
    **given: Any,
) -> None:
    """The system ID against the self-configured plan: both learn from DATA, both read its test part.

    The same command again goes on where it was stopped.
    """
    from thirdeye.journey.comparing import compare_with_own
    from thirdeye.report.versus import versus_text

    options = as_keywords(given)
    with Console() as console:
        found = compare_with_own(
            name, data, out=out, flaws=flaws, lighter=lighter, budget=budget, seed=seed,
            overrides=as_overrides(overrides, variables, taxonomy), tell=console, **options,
        )  # fmt: skip
    click.echo(json_text(found.versus.as_json()) if as_json else versus_text(found.versus))
    if not as_json:
        click.echo(f"Page: {found.page}")


@command.command("read")
@click.argument("study", type=click.Path(path_type=Path))
@click.argument("data", type=click.Path(path_type=Path))
@json_option
@data_options
def read_(study: Path, data: Path, as_json: bool, **given: Any) -> None:
    """New cases read by the system of STUDY, where it reads no single images; DATA as it learnt from."""
    from thirdeye.journey.shaped.reading import read_system

    for one in read_system(study, data, **as_keywords(given)):
        told = ", ".join(f"{name} {share:.3f}" for name, share in one.probabilities.items())
        line = json.dumps(one.as_json(), ensure_ascii=False)
        click.echo(line if as_json else f"{one.case}: {one.call} ({told})")
    if not as_json:
        click.echo(RESEARCH_USE)


def differences_text(found: tuple[Difference, ...], width: int | None = None) -> str:
    """Value by value: ours, the published one, and why."""
    from thirdeye.cli.plan import shown

    if not found:
        return "The plan of these data is the published one."
    width = width or min(120, shutil.get_terminal_size((100, 24)).columns)
    lines = ["Where the plan of these data differs from the published one"]
    for one in found:
        lines.append(f"  {one.name}: {shown(one.ours)} here, {shown(one.published)} as published")
        lines += [f"      {part}" for part in textwrap.wrap(one.why, width - 6)]
    return "\n".join(lines)
