"""`trace_consent`: which studies and models saw a patient."""

from __future__ import annotations

import csv
import datetime
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from thirdeye.case.study import sha256_file
from thirdeye.errors import UsageError
from thirdeye.intake.consent import a_date, aliases, read_consents, the_scope, verdict

LEARNT, TESTED = ("train", "validation"), ("test",)
_MODEL_FILES = (".safetensors", ".onnx", ".json")
_DATASET, _DEIDENTIFIED = "dataset.csv", "deidentification.json"


@dataclass(frozen=True)
class Trace:
    """Where one patient's images are.

    Args:
        place: of the study or the de-identified copy, below the folder that was searched.
        patients: positions of the patients among those asked for, counted from 1; never their names.
        images: part ("train", "validation", "test", "excluded", "copy") to the number of images.
        models: file to SHA-256 of what learnt from the images; empty where none did.
    """

    place: str
    patients: tuple[int, ...]
    images: dict[str, int]
    models: dict[str, str] = field(default_factory=dict)

    @property
    def learnt(self) -> bool:
        """Whether a model learnt from the images."""
        return bool(self.models)

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {
            "place": self.place,
            "patients": list(self.patients),
            "images": self.images,
            "learnt": self.learnt,
            "models": self.models,
        }


def trace_consent(
    patients: Sequence[str],
    places: Iterable[str | Path],
    *,
    key: str | Path | None = None,
) -> tuple[Trace, ...]:
    """Every study and de-identified copy below some folders in which patients occur.

    Args:
        patients: as the hospital names them, or by pseudonym.
        places: studies, or folders that hold them at any depth.
        key: key file of `deidentify`, to follow patients through its pseudonyms.

    Raises:
        UsageError: a place does not exist, or the key does not fit.
    """
    secret = None
    if key is not None:
        from thirdeye.dicom.deidentify.key import read_key

        secret = read_key(Path(key))
    known: dict[str, int] = {}
    for number, patient in enumerate(patients, start=1):
        for name in aliases(patient.strip(), secret):
            known.setdefault(name, number)
    found: list[Trace] = []
    for place in map(Path, places):
        if not place.is_dir():
            raise UsageError(f"there is no folder '{place}'")
        found += _below(place, known)
    return tuple(found)


def withdrawn_patients(
    table: str | Path, *, scope: str | None = None, as_of: str | None = None
) -> tuple[str, ...]:
    """Patients of a consent table who have withdrawn by a day, in the order of the table.

    Args:
        table: see `thirdeye.intake.consent.read_consents`.
        scope: purpose; None: the only one of the table.
        as_of: day; None: today.

    Raises:
        UsageError: the table, the scope or the day does not fit.
        DataRefused: the table cannot be read.
    """
    consents = read_consents(Path(table))
    chosen = the_scope(consents, scope)
    day = datetime.datetime.now(datetime.UTC).date() if as_of is None else a_date(as_of)
    if day is None:
        raise UsageError(f"--as-of takes a day such as 2026-01-31, got '{as_of}'")
    return tuple(
        patient
        for patient in dict.fromkeys(consent.patient for consent in consents)
        if verdict([c for c in consents if c.patient == patient], scope=chosen, as_of=day) == "withdrawn"
    )


def _below(place: Path, known: dict[str, int]) -> Iterator[Trace]:
    """Traces in all studies and copies at or below a folder, in the order of names."""
    for current, folders, files in os.walk(place):
        folders.sort()
        folder = Path(current)
        relative = folder.relative_to(place).as_posix()
        name = place.name if relative == "." else f"{place.name}/{relative}"
        for file, read in ((_DATASET, _in_study), (_DEIDENTIFIED, _in_copy)):
            if file in files:
                trace = read(folder, name, known)
                if trace is not None:
                    yield trace


def _in_study(folder: Path, name: str, known: dict[str, int]) -> Trace | None:
    try:
        with (folder / _DATASET).open(encoding="utf-8", errors="surrogateescape", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row.get("patient") in known and row.get("split")]
    except (OSError, csv.Error):
        return None
    if not rows:
        return None
    images = Counter(row["split"] for row in rows)
    numbers = sorted({known[row["patient"]] for row in rows})
    models = _models(folder) if any(images[part] for part in LEARNT) else {}
    return Trace(name, tuple(numbers), dict(images), models)


def _in_copy(folder: Path, name: str, known: dict[str, int]) -> Trace | None:
    try:
        content = json.loads((folder / _DEIDENTIFIED).read_text(encoding="utf-8"))
        files = [file for file in content["files"] if file["patient"] in known]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if not files:
        return None
    numbers = sorted({known[file["patient"]] for file in files})
    return Trace(name, tuple(numbers), {"copy": len(files)})


def _models(study: Path) -> dict[str, str]:
    """Hashes of the files of a study's model, by which copies of it are recognised elsewhere."""
    folder = study / "model"
    found = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix in _MODEL_FILES)
    return {path.relative_to(study).as_posix(): sha256_file(path) for path in found}
