"""``thirdeye demo``."""

from __future__ import annotations

from pathlib import Path

import click

from thirdeye.cli.console import Console
from thirdeye.cli.summary import evidence_text


@click.command("demo")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("demo"),
    show_default=True,
    help="Folder to write into.",
)
@click.option(
    "--set",
    "sample",
    default="phantoms",
    show_default=True,
    help="Sample: phantoms, or a public set by name.",
)
@click.option("--budget", default="3m", show_default=True, help="Time the run may take.")
@click.option(
    "--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of phantoms and training."
)
def command(out: Path, sample: str, budget: str, seed: int) -> None:
    """Sample data, the whole journey, and where to look. Needs no network for the phantoms."""
    from thirdeye.journey.demonstrating import demo

    with Console() as console:
        found = demo(out, sample=sample, budget=budget, seed=seed, tell=console)
    click.echo(evidence_text(found.evidence))
    click.echo(f"\nLook at     {out / 'study' / 'report.html'}")
    click.echo(f"Then read a new image:  thirdeye read {out / 'study'} IMAGE")
    click.echo(f"Or read it yourself first:  thirdeye serve {out / 'study'}")
