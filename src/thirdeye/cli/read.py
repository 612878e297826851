"""``thirdeye read``: a second opinion on new images."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import click

from thirdeye.case.names import ClassNames
from thirdeye.case.opinion import RESEARCH_USE, Opinion
from thirdeye.case.study import Study
from thirdeye.case.study_names import names_of
from thirdeye.cli.read_alarms import alarms_option, asked_for
from thirdeye.cli.read_cases import Cases, case_options, readings
from thirdeye.cli.read_dicom import dicom_option, filed_text, filing
from thirdeye.cli.read_map import map_option, redrawn
from thirdeye.cli.read_more import nothing_found, read_together, watch_folder
from thirdeye.cli.read_probabilities import ask_for_maps, probabilities_option
from thirdeye.cli.runtime_options import runtime_options
from thirdeye.errors import DataRefused
from thirdeye.inference.located import LocatedReader
from thirdeye.inference.named import named_reading
from thirdeye.inference.opinion_text import failure_text, opinion_text
from thirdeye.inference.reader_words import reader_lines
from thirdeye.inference.readers import open_reader
from thirdeye.inference.second_opinion import Failure, SecondReader
from thirdeye.inference.wording import readable
from thirdeye.intake.to_read import to_read

_PATH = click.Path(path_type=Path)
Draw = Callable[[Any, Any], dict[str, Any]]  # a reading, and the same with its classes by their names


@click.command("read")
@click.argument("study", type=_PATH)
@click.argument("files", metavar="FILE...", nargs=-1, type=_PATH)
@click.option(
    "--json", "as_json", is_flag=True, help="JSON Lines: one object per file, as soon as it is read."
)
@click.option("--html", "page", type=_PATH, help="Also write one self-contained page with pictures.")
@click.option(
    "--out",
    "folder",
    type=_PATH,
    help="Also write results as files into this folder: heat maps, or what was marked or found where.",
)
@dicom_option
@map_option
@probabilities_option
@click.option(
    "--recalibration",
    type=_PATH,
    metavar="FILE",
    help="Recalibrated probabilities: external/NAME/recalibration.json of thirdeye validate --on.",
)
@click.option(
    "--patient", metavar="ID", help="Whose cases FILE are; similar cases of the same patient are left out."
)
@alarms_option
@case_options
@runtime_options
@click.option(
    "--with",
    "others",
    multiple=True,
    type=_PATH,
    metavar="STUDY",
    help="Another reader beside the first: one decode, opinions side by side. May be repeated.",
)
@click.option(
    "--watch", "watched", type=_PATH, metavar="FOLDER", help="Read what comes into FOLDER until Ctrl-C."
)
@click.option(
    "--results",
    type=_PATH,
    metavar="FILE",
    help="With --watch: JSON Lines that results are appended to.  [FOLDER.opinions.jsonl]",
)
def command(
    study: Path,
    files: tuple[Path, ...],
    as_json: bool,
    page: Path | None,
    folder: Path | None,
    dicom: Path | None,
    method: str | None,
    probabilities: bool,
    recalibration: Path | None,
    patient: str | None,
    alarms: str | None,
    threads: int | None,
    engine: str | None,
    precision: str | None,
    others: tuple[Path, ...],
    watched: Path | None,
    results: Path | None,
    **of_cases: Any,
) -> None:
    """A second opinion on each FILE by the reader of STUDY; folders are searched for images.

    A reader of volumes also takes folders of DICOM series. With --json each line is one object, printed as
    soon as it is known, for one file and for a thousand. A file that cannot be read gives an entry with
    "source" and "error", the others go on, and the exit code is 3. Research use only.
    """
    options: dict[str, Any] = {
        "threads": threads, "recalibration": recalibration, "engine": engine, "precision": precision
    }  # fmt: skip
    asked = Cases(**of_cases)
    alone = {
        "--html": page, "--out": folder, "--dicom": dicom, "--map": method, "--patient": patient,
        "--false-alarms": alarms, "--probabilities": probabilities, **asked.by_option(),
    }  # fmt: skip
    if watched is not None or results is not None:
        _refuse_beside("--watch", FILE=files, **alone)
        watch_folder((study, *others), watched, results, options, as_json=as_json)
        return
    if not files and asked.table is None:
        raise click.UsageError("Missing argument 'FILE...'; or name a folder with --watch")
    if others:
        _refuse_beside("--with", **alone)
        read_together((study, *others), files, options, as_json=as_json)
        return
    if recalibration is not None:
        _refuse_beside("--recalibration", **asked.by_option())
    reader = open_reader(study, **options)
    if patient is not None and isinstance(reader, SecondReader):
        reader.patient = patient
    asked_for(reader, alarms)
    if probabilities:
        ask_for_maps(reader, folder)
    failed = total = 0
    last: Opinion | None = None
    pictured = any(one is not None for one in (page, folder, dicom))
    remap = redrawn(reader, study, method, pictures=pictured)
    names = names_of(Study(study), reader.manifest.classes)
    file = filing(reader, dicom, names)
    with _results(reader, study, page, folder, names, failed_too=method is not None) as draw:
        named = to_read(files, volumes=getattr(reader, "reads_volumes", False))
        for one in map(remap, readings(reader, study, named, asked)):
            total += 1
            failed += isinstance(one, Failure)
            shown = named_reading(one, names)
            last = last if isinstance(one, Failure) else shown.opinion
            more = draw(one, shown) | file(shown)
            click.echo(_json_line(one, more) if as_json else _text(shown, more, folder, dicom))
    if not as_json:
        click.echo("\n".join([*(reader_lines(last) if last else ()), RESEARCH_USE]))
    if total == 0:
        raise nothing_found(files)
    if failed:
        raise DataRefused(f"{failed} of {total} files could not be read; each says why in its entry above")


def _refuse_beside(option: str, **given: Any) -> None:
    """Options that would do nothing are refused."""
    for name, value in given.items():
        if value:
            raise click.UsageError(f"{name} does not go together with {option}; leave one of them out")


def _text(one: Any, more: dict[str, Any], folder: Path | None, dicom: Path | None) -> str:
    if isinstance(one, Failure):
        return failure_text(one.source, one.error)
    files = more.get("files", ())
    written = f"\n  written to {readable(str(folder))}: {', '.join(files)}" if files else ""
    return f"{opinion_text(one.opinion)}{written}{filed_text(more, dicom)}\n"


def _json_line(one: Any, more: dict[str, Any]) -> str:
    form: dict[str, Any] = dict(one.as_json()) if isinstance(one, Failure) else one.opinion.as_json()
    if "map" in more:
        form["heat_map"]["file"] = more["map"]
    if "files" in more:
        form["files"] = list(more["files"])
    if "dicom" in more:
        form["dicom"] = list(more["dicom"])
    return json.dumps(form, allow_nan=False)


@contextlib.contextmanager
def _results(
    reader: SecondReader | LocatedReader,
    study: Path,
    page: Path | None,
    folder: Path | None,
    names: ClassNames,
    *,
    failed_too: bool,
) -> Iterator[Draw]:
    """A function that writes what the options ask for of one reading, and names its files."""
    if page is None and folder is None:
        yield lambda one, shown: {}
        return
    from thirdeye.explanation.opinion_pictures import MapFolder, OpinionPage
    from thirdeye.explanation.past_pictures import past_pictures

    kept = None if folder is None else MapFolder(folder)
    whole = isinstance(reader, SecondReader)
    make = partial(_heat_maps, failed_too=failed_too) if whole else _marks
    past = past_pictures(study, reader.manifest) if whole and page is not None else None
    with (
        contextlib.nullcontext() if page is None else OpinionPage(page, reader.manifest, past, names) as sheet
    ):
        yield make(reader, sheet, kept)


def _heat_maps(reader: Any, sheet: Any, kept: Any, *, failed_too: bool) -> Draw:
    from thirdeye.explanation.opinion_pictures import pictures_of

    def draw(one: Any, shown: Any) -> dict[str, Any]:
        failed = isinstance(one, Failure)
        pictures = None if failed else pictures_of(one, reader.manifest, failed_too=failed_too)
        if sheet is not None:
            sheet.add(shown, pictures)
        if kept is None or pictures is None:
            return {}
        name = kept.add(one.opinion, pictures)
        return {} if name is None else {"map": name}

    return draw


def _marks(_: Any, sheet: Any, kept: Any) -> Draw:
    def draw(one: Any, shown: Any) -> dict[str, Any]:
        if sheet is not None:
            sheet.add_located(shown)
        return {} if kept is None or isinstance(one, Failure) else {"files": kept.add_located(one)}

    return draw
