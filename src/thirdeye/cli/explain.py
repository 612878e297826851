"""``thirdeye explain``."""

from __future__ import annotations

from pathlib import Path

import click

from thirdeye.case.study import Study, json_text
from thirdeye.cli.console import Console
from thirdeye.cli.options import data_option, json_option


@click.command("explain")
@click.argument("study", type=click.Path(path_type=Path))
@data_option
@click.option(
    "--method",
    "methods",
    metavar="NAME",
    multiple=True,
    help="Examine this method whatever it costs (cam, grad_cam, integrated_gradients, occlusion, rise, "
    "saliency or all); may be given several times. Others are examined as far as they fit into a run.",
)
@click.option(
    "--regions",
    type=click.Path(exists=True, path_type=Path),
    help="What the maps should mark: a folder of masks named like their images, or a table of boxes with the "
    "columns image, xmin, ymin, xmax, ymax.",
)
@json_option
def command(
    study: Path, data: Path | None, methods: tuple[str, ...], regions: Path | None, as_json: bool
) -> None:
    """Put heat maps of STUDY to the exam, and draw examples by the method that did best."""
    from thirdeye.journey.explaining import explain

    with Console() as console, Study(study).lock():
        found = explain(study, data=data, methods=methods, regions=regions, tell=console)
    click.echo(json_text({"passed": found.passed, "verdict": found.verdict}) if as_json else found.verdict)
