"""`drift`: whether the cases of a stream are still like those that the reader was tested on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from thirdeye.case.study import Study
from thirdeye.errors import UnreadableFile, UsageError
from thirdeye.inference.hashed import verified
from thirdeye.inference.manifest import manifest_form
from thirdeye.inference.stream import NAME as STEP
from thirdeye.inference.stream import Stream, new_stream, sentences, state_of, values_of
from thirdeye.inference.surroundings import Surroundings

STATE_FILE = "drift.json"
LINES = (".jsonl", ".ndjson")


@dataclass(frozen=True)
class Drift:
    """What a stream has come to.

    Args:
        stream: its state.
        watched: class whose probability is followed; None: the most probable one.
        new: cases that this call added.
        failed: files that could not be read, each with its reason.
    """

    stream: Stream
    watched: str | None
    new: int
    failed: tuple[str, ...] = ()

    @property
    def sentences(self) -> list[str]:
        """What a person should know."""
        return sentences(self.stream, self.watched)

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        stream = self.stream
        return {
            "cases": stream.cases, "new": self.new, "abstained": stream.abstained, "alarm": bool(stream.rang),
            "rang": list(stream.rang), "watched": self.watched, "charts": state_of(stream),
            "sentences": self.sentences, "failed": list(self.failed),
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
    told = (form.get("trust") or {}).get(STEP) or {}
    watched = told.get("class")
    stream = _start(place, form, told) if restart or not kept.exists() else _known(kept, _identity(form))
    before, failed = stream.cases, []
    paths = [files] if isinstance(files, (str, Path)) else files
    for one in _opinions(place.folder, [Path(path) for path in paths]):
        if "error" in one:
            failed.append(f"{one.get('source')}: {one['error']}")
        else:
            stream = stream.with_case(values_of(one, watched), abstained=one.get("abstained") is not None)
    kept_in = Study(kept.absolute().parent)
    kept_in.write_json(kept.name, stream.as_json())
    return Drift(stream, watched, stream.cases - before, tuple(failed))


def _start(study: Study, form: Mapping[str, Any], told: Mapping[str, Any]) -> Stream:
    reference: dict[str, list[float]] = {}
    envelope = form.get("envelope") or {}
    if "file" in envelope:
        known = Surroundings.from_bytes(verified(study, envelope)).known
        reference["distance"] = [float(value) for value in known]
    reference["probability"] = [float(value) for value in told.get("probabilities") or ()]
    return new_stream(_identity(form), reference)


def _known(kept: Path, model: str) -> Stream:
    try:
        form = json.loads(kept.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        raise UsageError(f"'{kept.name}' is no state of a stream; start again with --restart") from None
    return Stream.from_json(form, model=model)


def _identity(form: Mapping[str, Any]) -> str:
    onnx = form.get("onnx")
    one = onnx[0] if isinstance(onnx, list) and onnx else onnx
    return str(one.get("sha256")) if isinstance(one, Mapping) else ""


def _opinions(study: Path, paths: list[Path]) -> Iterator[Mapping[str, Any]]:
    """Opinions in their JSON form: as written, or of the reader on images."""
    waiting: list[Path] = []
    for path in paths:
        if path.suffix.lower() in LINES:
            yield from _read(study, waiting)
            waiting = []
            yield from _lines(path)
        else:
            waiting.append(path)
    yield from _read(study, waiting)


def _read(study: Path, paths: list[Path]) -> Iterator[Mapping[str, Any]]:
    if not paths:
        return
    from thirdeye.inference.readers import open_reader
    from thirdeye.inference.second_opinion import Failure
    from thirdeye.intake.to_read import to_read

    reader = open_reader(study)
    for one in reader.read_many(to_read(paths, volumes=getattr(reader, "reads_volumes", False))):
        yield one.as_json() if isinstance(one, Failure) else one.opinion.as_json()


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
