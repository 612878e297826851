"""``thirdeye compare``: two studies on the same test cases."""

from __future__ import annotations

from pathlib import Path

import click

from thirdeye.case.study import json_text
from thirdeye.cli.options import data_option, json_option


@click.command("compare")
@click.argument("first", type=click.Path(path_type=Path), metavar="STUDY")
@click.argument("second", type=click.Path(path_type=Path), metavar="STUDY")
@click.option("--name", "names", multiple=True, metavar="NAME", help="What to call them; twice, in order.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Folder for comparison.json and comparison.html."
)
@click.option(
    "--level", metavar="NAME", help="Compare on the kinds of this level of the taxonomy, whatever was learnt."
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of resampled patients.")
@data_option
@json_option
def command(
    first: Path,
    second: Path,
    names: tuple[str, ...],
    out: Path | None,
    level: str | None,
    seed: int,
    data: Path | None,
    as_json: bool,
) -> None:
    """Does the reader of the first STUDY beat that of the second on the cases both were tested on?

    Both have to be validated, of the same data, and dealt alike (a split column, or the same --seed).
    """
    from thirdeye.journey.comparing import compare
    from thirdeye.report.versus import versus_text

    if len(names) > 2:
        raise click.BadParameter("two names at most, one for each study", param_hint="--name")
    called = (*names, None, None)
    found = compare(first, second, names=(called[0], called[1]), data=data, out=out, seed=seed, level=level)
    click.echo(json_text(found.versus.as_json()) if as_json else versus_text(found.versus))
    if found.page is not None and not as_json:
        click.echo(f"Page: {found.page}")
