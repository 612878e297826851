"""A folder that is watched: each new file is read once when it is complete; results are JSON Lines.

The results are the memory: every line says which file it is about, how large it was and when it was changed,
so that a restart goes on where it was. A line that was cut off when the power failed is dropped and its file
read again. Nothing but polling: it also works on network drives.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, NamedTuple

from thirdeye.errors import StageFailed, UsageError
from thirdeye.intake.files import find_files

UNFINISHED = (".part", ".tmp", ".temp", ".crdownload", ".download", ".filepart", ".partial", ".swp")
KEY = "watched"
Cases = Callable[[Sequence[str]], list[tuple[tuple[str, ...], bool]]]


class State(NamedTuple):
    """What tells a file from an earlier one of the same name: bytes, and nanoseconds of the last change."""

    size: int
    changed_ns: int


@dataclass
class Folder:
    """A folder and what is known of its files.

    Args:
        place: the folder; folders below it are searched too.
        done: name to the state in which it was read; a mapping of one's own may keep it elsewhere.
        quiet_s: seconds that a file must stay as it is before it counts as complete.
        left_out: a file that is not read: the results, where they lie inside.
    """

    place: Path
    done: MutableMapping[str, State]
    quiet_s: float = 2.0
    left_out: Path | None = None
    _waiting: dict[str, tuple[State, float]] = field(default_factory=dict)
    _coming: bool = False

    def complete(self, now: float) -> list[str]:
        """Names of new files that have not changed for a while, in natural order.

        Args:
            now: seconds of a steady clock.
        """
        seen: dict[str, State] = {}
        for name in find_files(self.place).images:
            state = _state(self.place / name)
            if state is not None and state.size and self._wanted(name) and self.done.get(name) != state:
                seen[name] = state
        self._waiting = {name: (state, self._since(name, state, now)) for name, state in seen.items()}
        found = [name for name, (_, since) in self._waiting.items() if now - since >= self.quiet_s]
        self._coming = len(found) < len(self._waiting)
        return found

    def waited(self, names: Sequence[str], now: float) -> float:
        """Seconds since the last of some new files came or changed; 0 where none is new."""
        since = [self._waiting[name][1] for name in names if name in self._waiting]
        return now - max(since, default=now)

    def read_before(self) -> list[str]:
        """Names of files that were read and are still there."""
        return [name for name in self.done if (self.place / name).is_file()]

    @property
    def still_coming(self) -> bool:
        """Whether files were seen that are not complete yet, at the last look."""
        return self._coming

    def finish(self, name: str) -> dict[str, Any]:
        """Note that a file was read as it was when it counted as complete; what to keep of it."""
        state, _ = self._waiting.pop(name, (self.done.get(name), 0.0))
        if state is None:
            raise KeyError(name)
        self.done[name] = state
        return {"file": name, "bytes": state.size, "changed_ns": state.changed_ns}

    def _since(self, name: str, state: State, now: float) -> float:
        before = self._waiting.get(name)
        return before[1] if before is not None and before[0] == state else now

    def _wanted(self, name: str) -> bool:
        if name.lower().endswith(UNFINISHED):
            return False
        return self.left_out is None or self.place / name != self.left_out


def _state(path: Path) -> State | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return State(found.st_size, found.st_mtime_ns)


def known(results: Path) -> dict[str, State]:
    """Files that earlier runs have read; the last state of each.

    Raises:
        StageFailed: a line in the middle is not one of ours.
    """
    if not results.exists():
        return {}
    found: dict[str, State] = {}
    with results.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            if not line.endswith(b"\n"):
                break  # cut off; it is dropped before the next is written
            try:
                entry = json.loads(line)[KEY]
                for one in (entry, *entry.get("others", ())):
                    found[str(one["file"])] = State(int(one["bytes"]), int(one["changed_ns"]))
            except (ValueError, KeyError, TypeError, AttributeError):
                raise StageFailed(
                    f"line {number} of {results.name} is not a result of thirdeye read --watch; choose "
                    "another file with --results"
                ) from None
    return found


@contextmanager
def appending(results: Path) -> Iterator[Callable[[Mapping[str, Any]], None]]:
    """A function that appends one line, whole and on the disk before it returns; one process at a time.

    Raises:
        StageFailed: another process writes there, or the place cannot be written.
    """
    try:
        results.parent.mkdir(parents=True, exist_ok=True)
        stream = results.open("ab+")
    except OSError as error:
        raise StageFailed(f"cannot write {results.name}: {error.strerror}") from error
    with stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise StageFailed(
                f"another thirdeye read --watch writes {results.name}; stop it, or choose another --results"
            ) from error
        _drop_cut_line(stream)

        def append(form: Mapping[str, Any]) -> None:
            stream.write(json.dumps(form, allow_nan=False).encode() + b"\n")
            stream.flush()
            os.fsync(stream.fileno())

        yield append


def _drop_cut_line(stream: IO[bytes]) -> None:
    """Cut the file after its last line break."""
    end = stream.seek(0, os.SEEK_END)
    while end > 0:
        start = max(0, end - 65536)
        stream.seek(start)
        at = stream.read(end - start).rfind(b"\n")
        if at >= 0:
            stream.truncate(start + at + 1)
            return
        end = start
    stream.truncate(0)


def each_alone(names: Sequence[str]) -> list[tuple[tuple[str, ...], bool]]:
    """Every file is a case, and whole."""
    return [((name,), True) for name in names]


def _ready(seen: Folder, cases: Cases, now: float, patience_s: float) -> Iterator[tuple[str, ...]]:
    """Cases with a new file that are whole, or have waited long enough."""
    names = dict.fromkeys(seen.complete(now))
    known = seen.read_before() if names and cases is not each_alone else ()
    for files, whole in cases(list(dict.fromkeys([*known, *names]))):
        fresh = [name for name in files if name in names]
        if fresh and (whole or seen.waited(fresh, now) >= patience_s):
            yield files


def watch(
    folder: Path,
    results: Path,
    read: Callable[[list[Path]], Iterator[Mapping[str, Any]]],
    *,
    every_s: float = 1.0,
    quiet_s: float = 2.0,
    going_on: Callable[[], bool] = lambda: True,
    cases: Cases = each_alone,
    patience_s: float = 600.0,
) -> Iterator[Mapping[str, Any]]:
    """Read what comes into a folder until `going_on` says no; each result after it was written.

    Args:
        folder: the folder.
        results: JSON Lines; what is in it is not read again.
        read: paths to their results in the same order, one for each case.
        every_s: seconds between looks.
        quiet_s: seconds that a file must stay as it is before it counts as complete.
        going_on: asked before every look.
        cases: puts names of files together to cases and says of each whether it is whole.
        patience_s: seconds without a new file after which a case that is not whole is read as it is.

    Raises:
        UsageError: there is no such folder.
        StageFailed: as of `appending` and `known`.
    """
    if not folder.is_dir():
        raise UsageError(f"there is no folder '{folder}' to watch")
    with appending(results) as append:
        seen = Folder(folder, known(results), quiet_s=quiet_s, left_out=results)
        while going_on():
            ready = list(_ready(seen, cases, time.monotonic(), patience_s))
            paths = [folder / name for names in ready for name in names]
            for names, found in zip(ready, read(paths), strict=True):
                first, *others = (seen.finish(name) for name in names)
                form = {**found, KEY: {**first, "others": others} if others else first}
                append(form)
                yield form
            time.sleep(every_s)
