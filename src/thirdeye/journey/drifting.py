"""`drift`: whether the cases of a stream are still like those that the reader was tested on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from thirdeye.case.study import Study, sha256_file
from thirdeye.errors import UnreadableFile, UsageError
from thirdeye.inference.manifest import manifest_form
from thirdeye.inference.stream import Stream, sentences, state_of, values_of
from thirdeye.inference.stream_start import identity_of, start_of_stream, told_of_stream
from thirdeye.intake.words import counted

STATE_FILE = "drift.json"
LINES = (".jsonl", ".ndjson")
_MARK = 16  # hexadecimal digits of the hash by which a case is known again


@dataclass(frozen=True)
class Drift:
    """What a stream has come to.

    Args:
        stream: its state.
        watched: class whose probability is followed; None: the most probable one.
        new: cases that this call added.
        failed: files that could not be read, each with its reason.
        repeated: cases that had been counted before and were left out.
    """

    stream: Stream
    watched: str | None
    new: int
    failed: tuple[str, ...] = ()
    repeated: int = 0

    @property
    def sentences(self) -> list[str]:
        """What a person should know."""
        said = sentences(self.stream, self.watched)
        if self.repeated:
            said.append(f"Left out, as counted before: {counted(self.repeated, 'case')}.")
        return said

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        stream = self.stream
        return {
            "cases": stream.cases, "new": self.new, "repeated": self.repeated,
            "abstained": stream.abstained, "alarm": bool(stream.rang), "rang": list(stream.rang),
            "watched": self.watched, "charts": state_of(stream), "sentences": self.sentences,
            "failed": list(self.failed),
        }  # fmt: skip


def drift(
    study: str | Path,
    files: str | Path | Iterable[str | Path] = (),
    *,
    state: str | Path | None = None,
    restart: bool = False,
) -> Drift:
    """Follow a stream of cases; what came before is kept in a file between calls.

    Args:
        study: folder with a trained reader, of whatever task.
        files: the new cases in their order: images, folders with images, or ``.jsonl`` files with what
            `thirdeye read --json` printed. None of them: how the stream stands.
        state: file that keeps the state; None: ``drift.json`` in the study.
        restart: forget what came before.

    Raises:
        UsageError: the state, or a line of opinions, is damaged.
        StudyMismatch: there is no reader, or the state is of another one.
    """
    place = Study(Path(study))
    form = manifest_form(place)
    kept = Path(state) if state is not None else place.path(STATE_FILE)
    watched = told_of_stream(form).get("class")
    stream = start_of_stream(place, form) if restart or not kept.exists() else _known(kept, identity_of(form))
    before, repeated = stream.cases, 0
    failed: list[str] = []
    paths = [files] if isinstance(files, (str, Path)) else files
    for mark, one in _opinions(place.folder, [Path(path) for path in paths]):
        if "error" in one:
            failed.append(f"{one.get('source')}: {one['error']}")
        elif mark in stream.known:
            repeated += 1
        else:
            told, abstained = values_of(one, watched), one.get("abstained") is not None
            stream = stream.with_case(told, abstained=abstained, mark=mark)
    kept_in = Study(kept.absolute().parent)
    kept_in.write_json(kept.name, stream.as_json())
    return Drift(stream, watched, stream.cases - before, tuple(failed), repeated)


def _known(kept: Path, model: str) -> Stream:
    try:
        form = json.loads(kept.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        raise UsageError(f"'{kept.name}' is no state of a stream; start again with --restart") from None
    return Stream.from_json(form, model=model)


def _opinions(study: Path, paths: list[Path]) -> Iterator[tuple[str | None, Mapping[str, Any]]]:
    """Opinions in their JSON form, as written or of the reader on images, each with the mark of its case."""
    waiting: list[Path] = []
    for path in paths:
        if path.suffix.lower() in LINES:
            yield from _read(study, waiting)
            waiting = []
            yield from ((_mark_of(one), one) for one in _lines(path))
        else:
            waiting.append(path)
    yield from _read(study, waiting)


def _mark_of(opinion: Mapping[str, Any]) -> str | None:
    """Of a written opinion: of all that it says, where it says what it is about."""
    if "source" not in opinion:
        return None
    return hashlib.sha256(json.dumps(opinion, sort_keys=True).encode()).hexdigest()[:_MARK]


def _mark_of_file(path: Path, opinion: Mapping[str, Any]) -> str | None:
    """Of an image: of its content, whatever it is called; of a series of files as of a written opinion."""
    return sha256_file(path)[:_MARK] if path.is_file() else _mark_of(opinion)


def _read(study: Path, paths: list[Path]) -> Iterator[tuple[str | None, Mapping[str, Any]]]:
    if not paths:
        return
    from thirdeye.inference.readers import open_reader
    from thirdeye.inference.second_opinion import Failure
    from thirdeye.intake.to_read import to_read

    reader = open_reader(study)
    named = list(to_read(paths, volumes=getattr(reader, "reads_volumes", False)))
    alone = not getattr(reader, "channels", ())  # else cases are put together from files
    for number, one in enumerate(reader.read_many(named)):
        told = one.as_json() if isinstance(one, Failure) else one.opinion.as_json()
        yield (_mark_of_file(named[number], told) if alone else _mark_of(told)), told


def _lines(path: Path) -> Iterator[Mapping[str, Any]]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise UnreadableFile(path.name, "cannot be read as lines of opinions") from None
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            form = json.loads(line)
            if not isinstance(form, dict) or not ({"probabilities", "error"} & set(form)):
                raise ValueError("it holds no opinion")
        except (ValueError, RecursionError) as error:
            raise UsageError(
                f"line {number} of '{path.name}' is not what `thirdeye read --json` prints: {error}"
            ) from None
        yield form
