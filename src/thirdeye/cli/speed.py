"""``thirdeye speed``."""

from __future__ import annotations

from pathlib import Path

import click

from thirdeye.case.study import Study, json_text
from thirdeye.cli.console import Console
from thirdeye.cli.options import data_option, json_option


@click.command("speed")
@click.argument("study", type=click.Path(path_type=Path))
@click.option("--engine", type=click.Choice(["onnxruntime", "openvino"]), help="Take this engine.")
@click.option("--precision", type=click.Choice(["f32", "bf16", "int8"]), help="Take this precision.")
@click.option("--threads", type=click.IntRange(min=1), help="Threads of the network; default: all cores.")
@data_option
@json_option
def command(
    study: Path,
    engine: str | None,
    precision: str | None,
    threads: int | None,
    data: Path | None,
    as_json: bool,
) -> None:
    """How fast STUDY can read, and what that costs; it reads with the best from then on.

    Every engine and precision reads validation cases of the study. Without a wish the fastest is taken that
    loses at most 0.005 of the AUC, by the upper limit of the 95 % interval. int8 is refused where it may lose
    more; bf16 can be asked for, and every opinion then says what was lost.
    """
    from thirdeye.journey.engines import speed

    with Console() as console, Study(study).lock():
        found = speed(study, engine=engine, precision=precision, data=data, threads=threads, tell=console)
    if as_json:
        chosen = {"engine": found.chosen.engine, "precision": found.chosen.precision}
        click.echo(json_text({"chosen": chosen, "measured": list(found.measured)}))
        return
    for one in found.measured:
        click.echo(one["verdict"])
    click.echo(f"The study reads with {found.chosen} from now on.")
