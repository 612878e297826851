"""``dataset.json`` of the Medical Segmentation Decathlon and of nnU-Net: what its fields say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from thirdeye.errors import DataRefused
from thirdeye.intake.words import listed

NAME = "dataset.json"
_MOST_BYTES = 32 << 20
# Channel names as these collections write them, to DICOM's codes of modality; MRI sequences are all MR.
_MODALITIES = {
    "ct": "CT", "cta": "CT", "mri": "MR", "mr": "MR", "t1": "MR", "t1w": "MR", "t1gd": "MR", "t1ce": "MR",
    "t1c": "MR", "t2": "MR", "t2w": "MR", "flair": "MR", "adc": "MR", "dwi": "MR", "pet": "PT", "us": "US",
}  # fmt: skip


def read_dataset_json(folder: Path) -> dict[str, Any]:
    """The object in ``dataset.json`` directly in `folder`; empty where there is no such file.

    Raises:
        DataRefused: it is too large, or is no JSON object.
    """
    path = folder / NAME
    if not path.is_file():
        return {}
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise DataRefused(f"{NAME} is larger than {_MOST_BYTES >> 20} MB; it should list files and names")
        content = json.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise DataRefused(f"{NAME} is not readable JSON ({error}); correct it") from error
    if not isinstance(content, dict):
        raise DataRefused(f"{NAME} should hold an object with the labels and files, not a list or a word")
    return content


def mask_values(content: Mapping[str, Any]) -> dict[str, str]:
    """Value of a mask to the name of its structure; 0 is the background and is left out.

    Decathlon: ``{"1": "liver"}``. nnU-Net: ``{"liver": 1}``, or with regions ``{"tumour": [1, 2]}``, where a
    value that belongs to several has their names joined by ``|``, the widest first.

    Raises:
        DataRefused: the labels are neither.
    """
    labels = content.get("labels", {})
    if not isinstance(labels, dict):
        raise DataRefused(f"'labels' in {NAME} should map values to names, not be a {type(labels).__name__}")
    named: dict[int, list[tuple[int, str]]] = {}
    for key, value in labels.items():
        name, numbers = (str(value), [key]) if isinstance(value, str) else (key, value)
        for number in numbers if isinstance(numbers, list) else [numbers]:
            named.setdefault(_whole(number), []).append((-_extent(numbers), name))
    return {
        str(number): "|".join(name for _, name in sorted(held, key=lambda one: one[0]))
        for number, held in sorted(named.items())
        if number != 0
    }


def _extent(numbers: object) -> int:
    return len(numbers) if isinstance(numbers, list) else 1


def _whole(number: object) -> int:
    try:
        return int(str(number))
    except ValueError:
        raise DataRefused(f"'labels' in {NAME} holds {number!r} where a whole number is expected") from None


def channel_names(content: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of the channels in their order (``channel_names``, or ``modality`` before nnU-Net 2)."""
    channels = content.get("channel_names", content.get("modality", {}))
    if not isinstance(channels, dict):
        return ()
    return tuple(str(channels[key]) for key in sorted(channels, key=lambda key: (len(str(key)), str(key))))


def modality_of(channel: str) -> str:
    """DICOM's code for the name of a channel, or ""."""
    return _MODALITIES.get(channel.strip().casefold(), "")


def untrue_statements(content: Mapping[str, Any], cases: int, *, consecutive: bool) -> tuple[str, ...]:
    """What the file says that is not so, or that nnU-Net would refuse.

    Args:
        content: the object.
        cases: training cases that are there.
        consecutive: whether values of masks have to be 0, 1, 2 and so on (nnU-Net).
    """
    said = []
    stated = content.get("numTraining")
    if isinstance(stated, int) and stated != cases:
        said.append(f"numTraining is {stated}, but {cases} training cases are there")
    values = [int(value) for value in mask_values(content)]
    if consecutive and values != list(range(1, len(values) + 1)):
        said.append(
            f"the values of masks are 0, {listed([str(v) for v in values])}; nnU-Net wants 0, 1, 2..."
        )
    return tuple(said)


def value_sentence(values: Mapping[str, str]) -> tuple[str, ...]:
    """What the values of the masks mean, for a person."""
    if not values:
        return ()
    shown = listed([f"{value} is {name.replace('|', ' and ')}" for value, name in values.items()], 12)
    return (f"Values of the masks by {NAME}: {shown}.",)
