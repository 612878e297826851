"""``thirdeye read`` with several readers, and on a folder that is watched."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from thirdeye.case.names import ClassNames
from thirdeye.case.opinion import RESEARCH_USE
from thirdeye.case.study import Study
from thirdeye.case.study_names import names_of
from thirdeye.cli.interruption import INTERRUPTION
from thirdeye.errors import DataRefused, UsageError
from thirdeye.inference.manifest import manifest_form
from thirdeye.inference.named import named
from thirdeye.inference.opinion_text import failure_text, opinion_text
from thirdeye.inference.readers import open_reader
from thirdeye.inference.second_opinion import Failure
from thirdeye.inference.wording import readable, without_name
from thirdeye.intake.to_read import to_read

Options = Mapping[str, Any]


def read_together(
    studies: tuple[Path, ...], files: tuple[Path, ...], options: Options, *, as_json: bool
) -> None:
    """Opinions of several readers on each file, side by side.

    Raises:
        DataRefused: a file could not be read.
    """
    from thirdeye.inference.together import Together

    failed = total = 0
    readers = Together.load(studies, **options)
    names = _names(studies)
    for one in readers.read_many(to_read(files)):
        total += 1
        failed += isinstance(one, Failure)
        click.echo(json.dumps(one.as_json(), allow_nan=False) if as_json else _text(one, studies, names))
    if not as_json:
        click.echo(RESEARCH_USE)
    if total == 0:
        raise nothing_found(files)
    if failed:
        raise DataRefused(f"{failed} of {total} files could not be read; each says why in its entry above")


def nothing_found(files: tuple[Path, ...]) -> DataRefused:
    """Where no image was."""
    return DataRefused(f"no image was found under {', '.join(readable(str(path)) for path in files)}")


def _names(studies: Sequence[Path]) -> list[ClassNames]:
    """What the classes of each study are called."""
    places = [Study(study) for study in studies]
    return [
        names_of(place, [str(name) for name in manifest_form(place).get("classes", ())]) for place in places
    ]


def _text(one: Any, studies: tuple[Path, ...], names: Sequence[ClassNames]) -> str:
    if isinstance(one, Failure):
        return failure_text(one.source, one.error)
    parts = [readable(one.source)]
    for study, opinion, said in zip(studies, one.opinions, names, strict=True):
        lines = opinion_text(named(opinion, said)).splitlines()[1:]
        parts += [f" {readable(study.name)}:", *(f" {line}" for line in lines)]
    return "\n".join([*parts, f" {one.agreement.said}\n"])


def watch_folder(
    studies: tuple[Path, ...], folder: Path | None, results: Path | None, options: Options, *, as_json: bool
) -> None:
    """Read what comes into a folder until Ctrl-C or a request to end.

    Raises:
        UsageError: no folder is named.
        KeyboardInterrupt: that is how it ends; what was read is on the disk.
    """
    if folder is None:
        raise UsageError("--results belongs to --watch FOLDER; name the folder")
    from thirdeye.inference.watch import watch

    place = results or folder.with_name(f"{folder.resolve().name}.opinions.jsonl")
    read, cases = _reads(studies, options)
    INTERRUPTION.watch_requests_to_end()
    click.echo(
        f"watching {readable(str(folder))}; results go into {readable(str(place))}; Ctrl-C ends", err=True
    )
    names = _names(studies)
    for found in watch(folder, place, read, cases=cases, going_on=_going_on):
        click.echo(json.dumps(found, allow_nan=False) if as_json else _line(found, names))


def _reads(studies: tuple[Path, ...], options: Options) -> Any:
    """A function from paths to results, of one reader or of several; and one from names to cases."""
    from thirdeye.inference.together import Together

    reader: Any = (
        Together.load(studies, **options) if len(studies) > 1 else open_reader(studies[0], **options)
    )

    def read(paths: list[Path]) -> Iterator[dict[str, Any]]:
        for one in reader.read_many(paths):
            yield one.opinion.as_json() if hasattr(one, "opinion") else one.as_json()

    return read, _cases_of(getattr(reader, "channels", ()))


def _cases_of(channels: Any) -> Any:
    """How files of a watched folder become cases, for a reader whose channels lie in files of their own."""
    from thirdeye.inference.watch import each_alone
    from thirdeye.intake.joined import joined

    def together(names: Sequence[str]) -> list[tuple[tuple[str, ...], bool]]:
        found = joined([Path(name) for name in names], channels)
        return [(tuple(file.as_posix() for file in case.files), not case.refusal) for case in found]

    return together if channels else each_alone


def _line(found: Mapping[str, Any], names: Sequence[ClassNames]) -> str:
    """One result in one line."""
    name = readable(found["watched"]["file"])
    if "error" in found:
        error = without_name(found["watched"]["file"], found["error"])
        return f"{name}: could not be read: {readable(error)}"
    said = found.get("opinions", [found])
    answers = [one["abstained"] or _answer(one, called) for one, called in zip(said, names, strict=True)]
    more = f" ({found['agreement']['said']})" if "agreement" in found else ""
    return f"{name}: {' | '.join(answers)}{more}"


def _answer(opinion: Mapping[str, Any], names: ClassNames) -> str:
    predicted = opinion["predicted"] or "nothing"
    spoken = opinion["positive"] or predicted
    value = opinion["probabilities"].get(spoken)
    said = names.of(predicted)
    return said if value is None else f"{said}; {names.of(spoken)} {value:.2f}"


def _going_on() -> bool:
    """Until somebody ends it: the interrupt itself may be lost in a library."""
    INTERRUPTION.check()
    return True
