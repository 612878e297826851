"""The study's provenance: which stage made which file from what, when, how long, on which machine.

A stage is finished when the ledger holds its key (a hash of everything it depends on) and every file it wrote
is still the one it wrote. That is what lets a run go on where it was killed, and what refuses a study whose
files were edited or come from two runs.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from thirdeye.case.study import Study, json_text
from thirdeye.errors import StudyMismatch
from thirdeye.intake.workers import usable_cores

PROVENANCE = "provenance.json"
PROVENANCE_VERSION = 1
PACKAGES = ("thirdeye-imaging", "numpy", "scipy", "scikit-learn", "pandas", "pillow", "onnxruntime", "torch")


def key_of(*parts: Any) -> str:
    """One hash of JSON-ready parts."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


class Ledger:
    """Reads and writes ``provenance.json``.

    Args:
        study: the study folder.
    """

    def __init__(self, study: Study) -> None:
        self.study = study
        self.content: dict[str, Any] = {"version": PROVENANCE_VERSION, "stages": {}, "test_looks": 0}
        if study.has(PROVENANCE):
            self.content |= _checked(study.read_json(PROVENANCE))

    def finished(self, stage: str, key: str) -> bool:
        """Whether the stage was finished with this key and its files are all still there.

        Raises:
            StudyMismatch: one of its files was changed since.
        """
        entry = self.content["stages"].get(stage)
        if entry is None or entry["key"] != key:
            return False
        if not self.study.has(*entry["outputs"]):
            return False
        self.verify(stage)
        return True

    def verify(self, stage: str, key: str | None = None) -> None:
        """Compare the files of a finished stage with what it wrote.

        Args:
            stage: its name.
            key: what it should have been made from; None asks for nothing.

        Raises:
            StudyMismatch: the stage was not finished, was made from other files, or one of its own files is
                missing or was changed.
        """
        entry = self.content["stages"].get(stage)
        if entry is None:
            raise StudyMismatch(
                f"the study '{self.study.folder.name}' has not been through '{stage}' yet; "
                f"do that first, or all at once with: thirdeye run"
            )
        if key is not None and entry["key"] != key:
            raise StudyMismatch(
                f"the study '{self.study.folder.name}' was changed since '{stage}'; run '{stage}' again, "
                "or all at once with: thirdeye run"
            )
        becoming = entry.get("becoming", {})
        for name, expected in entry["outputs"].items():
            if self.study.sha256(name) not in (expected, becoming.get(name)):
                raise StudyMismatch(
                    f"{name} of the study '{self.study.folder.name}' was changed after '{stage}' wrote it; "
                    f"restore it, or delete it and run '{stage}' again"
                )

    def key(self, stage: str) -> str | None:
        """The key under which a stage was finished, if it was."""
        entry = self.content["stages"].get(stage)
        return None if entry is None else entry["key"]

    @contextmanager
    def stage(self, name: str, key: str, *, started: float | None = None) -> Iterator[list[str]]:
        """Measure a stage and enter it when it ends well; the block appends the names of its files.

        A stage that begins takes itself out of the ledger, so that a killed one counts as unfinished.

        Args:
            name: of the stage.
            key: what it depends on.
            started: `time.monotonic()` of its beginning; None: now.
        """
        self.forget(name)
        started = time.monotonic() if started is None else started
        outputs: list[str] = []
        yield outputs
        self.content["stages"][name] = {
            "key": key,
            "seconds": round(time.monotonic() - started, 2),
            "finished": datetime.now(UTC).isoformat(timespec="seconds"),
            "outputs": {output: self.study.sha256(output) for output in outputs},
        }
        self.write()

    def rewrite_json(self, stage: str, output: str, value: Any) -> None:
        """Rewrite a file of an earlier stage.

        The new hash is announced first, so that a kill between the two breaks nothing.
        """
        text = json_text(value) + "\n"
        entry = self.content["stages"][stage]
        entry["becoming"] = {output: hashlib.sha256(text.encode()).hexdigest()}
        self.write()
        self.study.write_text(output, text)
        entry["outputs"] |= entry.pop("becoming")
        self.write()

    def forget(self, stage: str) -> None:
        """Take a stage out, so that it counts as unfinished. Written at once."""
        if self.content["stages"].pop(stage, None) is not None:
            self.write()

    def set(self, **values: Any) -> None:
        """Enter further facts."""
        self.content |= values

    def write(self) -> None:
        """Write the file, with what the report shows put on top."""
        stages = self.content["stages"]
        self.content["durations_s"] = {name: entry["seconds"] for name, entry in stages.items()}
        self.content["outputs"] = {
            name: digest for entry in stages.values() for name, digest in entry["outputs"].items()
        }
        self.content["versions"] = versions()
        self.content["hardware"] = hardware()
        self.study.write_json(PROVENANCE, self.content)


def _checked(content: Any) -> dict[str, Any]:
    if not isinstance(content, dict) or not isinstance(content.get("stages", {}), dict):
        raise StudyMismatch(
            f"{PROVENANCE} is not what thirdeye wrote; restore it, or choose another folder with --out"
        )
    return content


def versions() -> dict[str, str]:
    """Versions of what computes, as far as it is installed."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def hardware() -> dict[str, Any]:
    """Processor, usable cores and memory; nothing that names the machine."""
    return {
        "processor": _processor(),
        "cores": usable_cores(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        "system": platform.system(),
    }


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def relative_place(data: Path, study: Path) -> str:
    """The way from the study to the data, so that a study holds no absolute path."""
    return os.path.relpath(data.resolve(), study.resolve())
