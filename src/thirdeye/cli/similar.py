"""``thirdeye similar``: the past cases that a reader looks for similar ones among."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from thirdeye.case.study import Study, json_text
from thirdeye.cli.console import Console
from thirdeye.cli.options import as_keywords, data_option, data_options, json_option
from thirdeye.intake.words import counted

_STUDY = click.argument("study", type=click.Path(path_type=Path))


@click.group("similar")
def command() -> None:
    """The past cases that thirdeye read looks for similar ones among."""


@command.command("index")
@_STUDY
@data_option
@json_option
def index(study: Path, data: Path | None, as_json: bool) -> None:
    """Keep the development cases of a STUDY that was trained by an earlier version."""
    from thirdeye.journey.similar.indexing import index_similar

    with Console() as console, Study(study).lock():
        found = index_similar(study, data=data, tell=console)
    kept = sum(one["n"] for one in found["galleries"])
    told = f"{kept} cases; features: {found['features']}, likeness: {found['metric']}. {found['reason']}"
    click.echo(json_text(found) if as_json else told)


@command.command("add")
@_STUDY
@click.argument("data", type=click.Path(path_type=Path))
@click.option("--name", help="What opinions call the archive.  [the name of DATA]")
@click.option("--unlabelled", is_flag=True, help="DATA is a folder of images without labels.")
@data_options
@json_option
def add(study: Path, data: Path, name: str | None, unlabelled: bool, as_json: bool, **given: Any) -> None:
    """Add the images of DATA to the past cases of STUDY, with labels where there are any.

    Nothing of a person is kept but a hash that tells a patient's own cases.
    """
    from thirdeye.journey.similar.archive import add_archive

    options = as_keywords(given)
    with Console() as console, Study(study).lock():
        found = add_archive(study, data, name=name, labelled=not unlabelled, tell=console, **options)
    told = f"{found.name}: {counted(found.n, 'image')} added, {found.n_labelled} with a label"
    told += f"; {found.unreadable} could not be read" if found.unreadable else ""
    told += f"; {found.unnamed} kept without their path, as it names the patient" if found.unnamed else ""
    click.echo(json_text(found.as_json()) if as_json else f"{told}\n{found.searched}")


@command.command("list")
@_STUDY
@json_option
def listed(study: Path, as_json: bool) -> None:
    """What is searched, and how."""
    from thirdeye.journey.similar.archive import archives_of, search_of

    found = archives_of(study)
    lines = [*(f"{one['name']}: {one['n']} images" for one in found), search_of(study)]
    click.echo(json_text(found) if as_json else "\n".join(lines))


@command.command("remove")
@_STUDY
@click.argument("name")
def remove(study: Path, name: str) -> None:
    """Take the archive NAME out of STUDY again."""
    from thirdeye.journey.similar.archive import remove_archive

    with Study(study).lock():
        remove_archive(study, name)
    click.echo(f"{name}: removed")
