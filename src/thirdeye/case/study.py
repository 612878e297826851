"""The study: the folder in which one dataset, plan, model and its evidence live together."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from thirdeye.errors import StageFailed, StudyMismatch, UsageError

_BLOCK = 1 << 20


def json_text(value: Any) -> str:
    """JSON for a file or a terminal: letters as they are, file names that are not UTF-8 escaped.

    Raises:
        ValueError: `value` holds NaN or infinity, which JSON does not have.
    """
    text = json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(value, indent=1, allow_nan=False)
    return text


def sha256_file(path: Path) -> str:
    """Hexadecimal SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


class Study:
    """Paths, atomic writing and hashes of a study folder.

    Args:
        folder: the study; need not exist before the first write.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, name: str) -> Path:
        """Full path of the file called `name` ("model/model.json"), whether or not it exists."""
        return self.folder / name

    def has(self, *names: str) -> bool:
        """Whether all named files are there."""
        return all(self.path(name).is_file() for name in names)

    @contextmanager
    def writing(self, name: str) -> Iterator[Path]:
        """A temporary path beside `name`, moved into place when the block ends well: never half a file.

        Raises:
            StageFailed: the folder cannot be written (read-only, disk full).
        """
        target = self.path(name)
        temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            yield temporary
            with temporary.open("rb") as stream:
                os.fsync(stream.fileno())
            temporary.replace(target)
        except OSError as error:
            raise StageFailed(
                f"cannot write {name} into the study folder '{self.folder.name}': {error.strerror or error}; "
                "free some space or choose another folder with --out"
            ) from error
        finally:
            _remove_quietly(temporary)

    def write_text(self, name: str, text: str) -> None:
        """Write a text file atomically, as UTF-8; file names that are not UTF-8 keep their bytes."""
        with self.writing(name) as path:
            path.write_bytes(text.encode("utf-8", "surrogateescape"))

    def write_json(self, name: str, value: Any) -> None:
        """Write JSON atomically; NaN and infinity are refused, since JSON has neither.

        Raises:
            ValueError: `value` holds NaN or infinity.
        """
        self.write_text(name, json_text(value) + "\n")

    def read_json(self, name: str) -> Any:
        """The content of a JSON file.

        Raises:
            StudyMismatch: it is missing or is not JSON.
        """
        try:
            return json.loads(self.path(name).read_text(encoding="utf-8"), parse_constant=_refuse_constant)
        except FileNotFoundError as error:
            raise StudyMismatch(
                f"the study '{self.folder.name}' has no {name}; run the stage that writes it again"
            ) from error
        except (OSError, ValueError, RecursionError) as error:
            raise StudyMismatch(
                f"{name} of the study '{self.folder.name}' is not readable JSON ({error}); "
                "restore it or run the stage that writes it again"
            ) from error

    def sha256(self, name: str) -> str:
        """Hash of one file of the study.

        Raises:
            StudyMismatch: it is missing.
        """
        if not self.has(name):
            raise StudyMismatch(
                f"the study '{self.folder.name}' has no {name}; run the stage that writes it again"
            )
        return sha256_file(self.path(name))

    @contextmanager
    def lock(self, *, make: bool = False) -> Iterator[None]:
        """Hold the study for one process; the lock goes with the process, however it ends.

        Args:
            make: whether a folder that does not exist is made.

        Raises:
            UsageError: there is no such folder.
            StageFailed: another process holds it, or the folder cannot be written.
        """
        if not make and not self.folder.is_dir():
            raise UsageError(
                f"there is no study folder '{self.folder}'; thirdeye run DATA --out STUDY makes one"
            )
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            stream = self.path(".lock").open("w")
        except OSError as error:
            raise StageFailed(
                f"cannot write into the study folder '{self.folder}': {error.strerror or error}; "
                "choose another folder with --out"
            ) from error
        with stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise StageFailed(
                    f"another run is working in the study folder '{self.folder.name}'; "
                    "wait for it, or choose another folder with --out"
                ) from error
            yield


def _refuse_constant(word: str) -> float:
    raise ValueError(f"{word} is not JSON")


def _remove_quietly(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return
