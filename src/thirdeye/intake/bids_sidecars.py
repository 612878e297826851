"""What the JSON files beside BIDS images say of device and place, with inheritance from folders above."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from thirdeye.intake.bids_name import BidsName, parse_name

_MOST_BYTES = 8 << 20
# Field of the sidecar to the column of the rows.
_COLUMNS = {
    "Modality": "modality",
    "Manufacturer": "manufacturer",
    "ManufacturersModelName": "device",
    "InstitutionName": "site",
    "MagneticFieldStrength": "field_strength_t",
    "BodyPart": "body_part",
    "BodyPartExamined": "body_part",
    "SliceThickness": "slice_thickness_mm",
}
_MODALITIES = {"anat": "MR", "func": "MR", "dwi": "MR", "perf": "MR", "pet": "PT", "ct": "CT"}


class Sidecars:
    """The JSON files of a dataset, read when they are first asked for.

    Args:
        folder: root of the dataset.
        files: every file below it that is no image.
    """

    def __init__(self, folder: Path, files: Sequence[str]) -> None:
        self._folder = folder
        self._read: dict[str, dict[str, Any]] = {}
        self._by_place: dict[tuple[str, str], list[tuple[str, dict[str, str]]]] = defaultdict(list)
        for file in files:
            if file.endswith(".json") and not file.startswith("derivatives/"):
                self._enter(file)

    def _enter(self, file: str) -> None:
        place, _, name = file.rpartition("/")
        parsed = parse_name(file)
        if parsed is not None:
            self._by_place[place, parsed.suffix].append((file, dict(parsed.entities)))
            return
        *words, suffix = name.removesuffix(".json").split("_")
        entities = dict(word.split("-", 1) for word in words if word.count("-") == 1)
        self._by_place[place, suffix].append((file, entities))

    def columns_of(self, image: BidsName) -> dict[str, str]:
        """Columns of `Collection.rows` for an image; what is nearer to it overrides what is above."""
        merged: dict[str, Any] = {}
        place = ""
        for part in ("", *image.file.split("/")[:-1]):
            place = f"{place}/{part}".strip("/")
            for file, entities in self._by_place.get((place, image.suffix), []):
                if all(image.entities.get(key) == value for key, value in entities.items()):
                    merged |= self._content(file)
        told = {
            column: str(merged[key]).strip()[:200]
            for key, column in _COLUMNS.items()
            if isinstance(merged.get(key), str | int | float)
        }
        told.setdefault("modality", _MODALITIES.get(image.datatype, ""))
        return told

    def _content(self, file: str) -> dict[str, Any]:
        """The object in a sidecar; empty where it is damaged, because it only adds to what is known."""
        if file not in self._read:
            path = self._folder / file
            try:
                small = path.stat().st_size <= _MOST_BYTES
                content = json.loads(path.read_text("utf-8-sig")) if small else {}
            except (OSError, ValueError, RecursionError):
                content = {}
            self._read[file] = content if isinstance(content, dict) else {}
        return self._read[file]
