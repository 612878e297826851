"""``thirdeye read``: a second opinion on new images."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from thirdeye.case.opinion import RESEARCH_USE
from thirdeye.errors import DataRefused
from thirdeye.inference.opinion_text import opinion_text, readable
from thirdeye.inference.second_opinion import Failure, Reading, SecondReader
from thirdeye.intake.files import find_files

_PATH = click.Path(path_type=Path)


@click.command("read")
@click.argument("study", type=_PATH)
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=_PATH)
@click.option(
    "--json", "as_json", is_flag=True, help="JSON Lines: one object per file, as soon as it is read."
)
@click.option("--html", "page", type=_PATH, help="Also write one self-contained page with pictures.")
@click.option("--out", "folder", type=_PATH, help="Also write the heat maps as PNG files into this folder.")
@click.option(
    "--recalibration",
    type=_PATH,
    metavar="FILE",
    help="Recalibrated probabilities: external/NAME/recalibration.json of thirdeye validate --on.",
)
@click.option("--threads", type=click.IntRange(min=1), help="Threads of the network; default: all cores.")
def command(
    study: Path,
    files: tuple[Path, ...],
    as_json: bool,
    page: Path | None,
    folder: Path | None,
    recalibration: Path | None,
    threads: int | None,
) -> None:
    """A second opinion on each FILE by the reader of STUDY; folders are searched for images.

    With --json each line is one object, printed as soon as it is known, for one file and for a thousand. A
    file that cannot be read gives an entry with "source" and "error", the others go on, and the exit code
    is 3. Research use only.
    """
    reader = SecondReader.load(study, threads=threads, recalibration=recalibration)
    failed = total = 0
    with _pictures(reader, page, folder) as draw:
        for one in reader.read_many(_expanded(files)):
            total += 1
            failed += isinstance(one, Failure)
            map_file = draw(one)
            click.echo(_json_line(one, map_file) if as_json else _text(one))
    if not as_json:
        click.echo(RESEARCH_USE)
    if total == 0:
        raise DataRefused(f"no image was found under {', '.join(readable(str(path)) for path in files)}")
    if failed:
        raise DataRefused(f"{failed} of {total} files could not be read; each says why in its entry above")


def _expanded(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from (path / name for name in find_files(path).images)
        else:
            yield path


def _text(one: Reading | Failure) -> str:
    if isinstance(one, Failure):
        return f"{readable(one.source)}\n  could not be read: {readable(one.error)}\n"
    return opinion_text(one.opinion) + "\n"


def _json_line(one: Reading | Failure, map_file: str | None) -> str:
    form: dict[str, Any] = dict(one.as_json()) if isinstance(one, Failure) else one.opinion.as_json()
    if map_file is not None:
        form["heat_map"]["file"] = map_file
    return json.dumps(form, allow_nan=False)


@contextlib.contextmanager
def _pictures(reader: SecondReader, page: Path | None, folder: Path | None) -> Iterator:
    """A function that draws one reading where the options ask for it and names its map's file."""
    if page is None and folder is None:
        yield lambda one: None
        return
    from thirdeye.explanation.opinion_pictures import MapFolder, OpinionPage, pictures_of

    maps = None if folder is None else MapFolder(folder)
    with contextlib.nullcontext() if page is None else OpinionPage(page, reader.manifest) as sheet:

        def draw(one: Reading | Failure) -> str | None:
            pictures = None if isinstance(one, Failure) else pictures_of(one, reader.manifest)
            if sheet is not None:
                sheet.add(one, pictures)
            if maps is None or pictures is None or isinstance(one, Failure):
                return None
            return maps.add(one.opinion, pictures)

        yield draw
