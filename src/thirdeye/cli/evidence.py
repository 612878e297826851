"""``thirdeye evidence``: the published studies."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from thirdeye.case.study import json_text
from thirdeye.cli.options import json_option
from thirdeye.errors import UsageError

if TYPE_CHECKING:
    from thirdeye.journey.literature import Published

_FILTERS = (
    click.option("--specialty", help="Such as ophthalmology; a part of the word is enough."),
    click.option("--year", metavar="YEAR", help="A year or a span: 2017, 2016-2018, 2018-."),
    click.option("--network", help="Family of networks, such as AlexNet; 'own': the authors' own."),
    click.option("--task", help="Kind of decision, such as binary or detection."),
    click.option("--origin", help="Country or part of the world of the first author."),
    click.option("--compared-with-doctors/--not-compared-with-doctors", default=None,
                 help="Only those that were, or were not."),
)  # fmt: skip
_study_option = click.option(
    "--study", type=click.Path(path_type=Path), help="A validated study of your own."
)
_csv_option = click.option("--csv", "as_csv", is_flag=True, help="Result as CSV on stdout.")


def _filters(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(_FILTERS):
        command = option(command)
    return command


@click.group("evidence", invoke_without_command=True)
@_filters
@_study_option
@json_option
@_csv_option
@click.pass_context
def command(ctx: click.Context, study: Path | None, as_json: bool, as_csv: bool, **wanted: Any) -> None:
    """The 25 studies of the review of 2019 as data; without a command, the list.

    With --study STUDY: where a validated study of your own would stand among them; the filters then say which
    published ones are near it.
    """
    ctx.obj = {name: value for name, value in {**wanted, "own": study}.items() if value is not None}
    if ctx.invoked_subcommand is not None:
        _refuse_lost_flags(ctx.invoked_subcommand, as_json=as_json, as_csv=as_csv)
        return
    published = _published(ctx)
    part = "studies" if study is None else "shares"
    if as_json:
        _echo_json(published, *(("studies",) if study is None else ("own", "shares")))
    elif as_csv:
        _echo_csv(published, part)
    else:
        from thirdeye.cli.evidence_text import list_text, own_text

        click.echo(list_text(published) if study is None else own_text(published))


@command.command("show")
@click.argument("name", metavar="ID")
@json_option
def show(name: str, as_json: bool) -> None:
    """Everything that is known of one study, each value with its source."""
    from thirdeye.cli.evidence_text import study_text
    from thirdeye.journey.literature import of_one

    one = of_one(name)
    if as_json:
        _echo_json(one, "studies", "intervals", "contradictions")
        return
    click.echo(study_text(one))


@command.command("numbers")
@_filters
@json_option
@_csv_option
@click.pass_context
def numbers(ctx: click.Context, as_json: bool, as_csv: bool, **wanted: Any) -> None:
    """Every number that the studies report."""
    _table(_published(ctx, **wanted), "numbers", "studies", as_json=as_json, as_csv=as_csv)


@command.command("intervals")
@_filters
@json_option
@_csv_option
@click.pass_context
def intervals(ctx: click.Context, as_json: bool, as_csv: bool, **wanted: Any) -> None:
    """Intervals that the papers do not give, computed from their counts."""
    _table(_published(ctx, **wanted), "intervals", "intervals", as_json=as_json, as_csv=as_csv)


@command.command("counts")
@json_option
@_csv_option
@click.pass_context
def counts(ctx: click.Context, as_json: bool, as_csv: bool) -> None:
    """The review's results section counted again, and every contradiction."""
    _whole(ctx, "counts")
    published = _published(ctx)
    if as_json:
        _echo_json(published, "counts", "contradictions")
    elif as_csv:
        _echo_csv(published, "counts")
    else:
        from thirdeye.cli.evidence_text import counts_text

        click.echo(counts_text(published))


@command.command("contradictions")
@json_option
@_csv_option
@click.pass_context
def contradictions(ctx: click.Context, as_json: bool, as_csv: bool) -> None:
    """Where the review contradicts itself or a paper."""
    _whole(ctx, "contradictions")
    _table(_published(ctx), "contradictions", "contradictions", as_json=as_json, as_csv=as_csv)


@command.command("figures")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder for SVG and PNG.")
@_filters
@_study_option
@json_option
@click.pass_context
def figures(ctx: click.Context, out: Path, study: Path | None, as_json: bool, **wanted: Any) -> None:
    """Publications by year and origin, size and AUC, operating points, networks, practice."""
    from thirdeye.journey.literature import evidence_figures

    _written(evidence_figures(_published(ctx, own=study, **wanted), out), as_json=as_json)


@command.command("page")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="FILE.html or FILE.pdf.")
@_filters
@_study_option
@json_option
@click.pass_context
def page(ctx: click.Context, out: Path, study: Path | None, as_json: bool, **wanted: Any) -> None:
    """All of it on one page."""
    from thirdeye.journey.literature import evidence_page

    _written((evidence_page(_published(ctx, own=study, **wanted), out),), as_json=as_json)


@command.command("place")
@click.argument("study", type=click.Path(path_type=Path))
@_filters
@json_option
@_csv_option
@click.pass_context
def place(ctx: click.Context, study: Path, as_json: bool, as_csv: bool, **wanted: Any) -> None:
    """Where STUDY, a validated study of your own, would stand; filters say which published ones are near."""
    published = _published(ctx, own=study, **wanted)
    if as_json:
        _echo_json(published, "own", "shares")
    elif as_csv:
        _echo_csv(published, "shares")
    else:
        from thirdeye.cli.evidence_text import own_text

        click.echo(own_text(published))


def _published(ctx: click.Context, **wanted: Any) -> Published:
    """What was asked for, options after the command before those in front of it."""
    from thirdeye.journey.literature import evidence

    later = {name: value for name, value in wanted.items() if value is not None}
    return evidence(**{**(ctx.obj or {}), **later})


def _whole(ctx: click.Context, verb: str) -> None:
    if ctx.obj:
        given = ", ".join("--study" if name == "own" else f"--{name.replace('_', '-')}" for name in ctx.obj)
        raise UsageError(f"{verb} are about all 25 studies; leave out {given}")


def _refuse_lost_flags(verb: str, **flags: bool) -> None:
    lost = [name.removeprefix("as_") for name, given in flags.items() if given]
    if lost:
        raise UsageError(f"write --{lost[0]} after the command: thirdeye evidence {verb} ... --{lost[0]}")


def _table(published: Published, table: str, part: str, *, as_json: bool, as_csv: bool) -> None:
    if as_json:
        _echo_json(published, part)
    elif as_csv:
        _echo_csv(published, table)
    else:
        from thirdeye.cli.evidence_text import TEXTS

        click.echo(TEXTS[table](published))


def _echo_json(published: Published, *parts: str) -> None:
    from thirdeye.journey.literature import evidence_json

    click.echo(json_text(evidence_json(published, *parts)))


def _echo_csv(published: Published, table: str) -> None:
    from thirdeye.journey.literature import evidence_csv

    click.echo(evidence_csv(published, table), nl=False)


def _written(files: tuple[Path, ...], *, as_json: bool) -> None:
    if as_json:
        click.echo(json_text({"version": 1, "files": [str(path) for path in files]}))
        return
    for path in files:
        click.echo(f"written: {path}")
