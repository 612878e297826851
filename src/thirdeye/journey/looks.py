"""Every look at cases that a model is judged on: one line each, in a log that is only added to.

One mechanism for a study's own test part and for external sets: looks are counted for each set of cases (by
the hash of what is in it), whatever it is called, and the second and every further one needs a reason.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from thirdeye.case.study import Study
from thirdeye.errors import StageFailed, StudyMismatch, UsageError
from thirdeye.journey.ledger import Ledger

LOOKS_FILE = "looks.jsonl"
BEFORE = "counted before there was a log"


@dataclass(frozen=True)
class Look:
    """One look.

    Args:
        when: UTC; "" where it was counted before there was a log.
        set_name: "test" or "external:NAME".
        data_sha256: of the cases that were looked at.
        model_sha256: of the network that read them.
        look: how many looks at these cases this makes.
        reason: why it was taken; "" for the first.
        previous: SHA-256 of the line before, "" in the first.
    """

    when: str
    set_name: str
    data_sha256: str
    model_sha256: str
    look: int
    reason: str
    previous: str


class Looks:
    """The log of one study, ``looks.jsonl``, whose length and hash stand in the ledger.

    Args:
        study: the study folder.
        ledger: of the study.

    Raises:
        StudyMismatch: lines are missing or were changed.
    """

    def __init__(self, study: Study, ledger: Ledger) -> None:
        self._study, self._ledger = study, ledger
        self._lines = _checked(study, ledger.content.get("looks"))
        self.all = tuple(Look(**json.loads(line)) for line in self._lines)

    def at(self, data_sha256: str) -> tuple[Look, ...]:
        """The looks at one set of cases, in their order."""
        return tuple(look for look in self.all if look.data_sha256 == data_sha256)

    def take_over(self, data_sha256: str) -> None:
        """Enter the looks at the test part of a study that was validated before there was a log."""
        known = any(look.set_name == "test" for look in self.all)
        for _ in range(0 if known else int(self._ledger.content.get("test_looks", 0))):
            self._add(Look("", "test", data_sha256, "", self._next(data_sha256), BEFORE, self._last()))

    def refuse_without_reason(self, set_name: str, data_sha256: str, reason: str | None) -> None:
        """A further look needs a reason.

        Raises:
            UsageError: there was a look at these cases, and no reason is given.
        """
        earlier = self.at(data_sha256)
        if not earlier or (reason or "").strip():
            return
        times = f"{len(earlier)} time{'s' if len(earlier) > 1 else ''}"
        last = f" (last on {earlier[-1].when[:10]})" if earlier[-1].when else ""
        what = "the test part" if set_name == "test" else f"the data of '{earlier[-1].set_name}'"
        raise UsageError(
            f"{what} of the study '{self._study.folder.name}' was looked at {times} already{last}; each "
            "further look invites a choice in its favour. Say why with --reason TEXT: it is logged, counted "
            "and printed in the report"
        )

    def count(self, set_name: str, data_sha256: str, *, model_sha256: str, reason: str | None) -> int:
        """One more look; how many at these cases it makes. Written at once."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        number = self._next(data_sha256)
        said = "" if number == 1 else " ".join((reason or "").split())
        self._add(Look(now, set_name, data_sha256, model_sha256, number, said, self._last()))
        return number

    def _next(self, data_sha256: str) -> int:
        return len(self.at(data_sha256)) + 1

    def _last(self) -> str:
        return _hash(self._lines[-1]) if self._lines else ""

    def _add(self, look: Look) -> None:
        line = json.dumps(asdict(look), ensure_ascii=False)
        try:
            with self._study.path(LOOKS_FILE).open("a", encoding="utf-8") as stream:
                stream.write(line + "\n")
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise StageFailed(f"cannot write {LOOKS_FILE}: {error.strerror or error}") from error
        self._lines.append(line)
        self.all = (*self.all, look)
        tests = [one for one in self.all if one.set_name == "test"]
        before = int(self._ledger.content.get("test_looks", 0))
        self._ledger.set(
            looks={"lines": len(self._lines), "sha256": _hash(line)},
            test_looks=max([before, *(one.look for one in tests)]),
            test_look_reasons=[one.reason for one in tests if one.reason],
        )
        self._ledger.write()


def _checked(study: Study, known: dict[str, object] | None) -> list[str]:
    """The lines of the log; one line more than the ledger knows is a look that was killed half-way."""
    lines = []
    if study.has(LOOKS_FILE):
        lines = study.path(LOOKS_FILE).read_text(encoding="utf-8").splitlines()
    count, digest = (int(str(known["lines"])), known["sha256"]) if known else (0, "")
    intact = len(lines) >= count and (count == 0 or _hash(lines[count - 1]) == digest)
    if not intact or not all(_chained(lines)):
        raise StudyMismatch(
            f"{LOOKS_FILE} of the study '{study.folder.name}' was changed or cut: it counts the looks at the "
            "test part and at external data, and is only added to; restore it"
        )
    return lines


def _chained(lines: list[str]) -> Iterator[bool]:
    previous = ""
    for line in lines:
        try:
            yield json.loads(line)["previous"] == previous
        except (ValueError, KeyError, TypeError):
            yield False
        previous = _hash(line)


def _hash(line: str) -> str:
    return hashlib.sha256(line.encode("utf-8")).hexdigest()
