"""A MedMNIST ``.npz`` archive with its official splits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import DataRefused, UnreadableFile
from thirdeye.intake.archive import archive_array, archive_shapes
from thirdeye.intake.layouts.layout import Layout
from thirdeye.intake.medmnist import MedMNISTSet, known_set
from thirdeye.intake.options import Options
from thirdeye.intake.reading import Reading, core_rows
from thirdeye.intake.words import counted, listed

_PARTS = (("train", "train"), ("val", "validation"), ("test", "test"))


def recognise(data: Path, options: Options) -> bool:
    """A ``.npz`` file, or a folder with such files and no other data."""
    return data.suffix.lower() == ".npz" if data.is_file() else bool(_archives(data))


def read(data: Path, options: Options) -> Reading:
    """Rows from the arrays ``{train,val,test}_{images,labels}``.

    Raises:
        DataRefused: several archives, other arrays, three-dimensional images, or labels of another length.
    """
    path = data if data.is_file() else _only(_archives(data))
    shapes = archive_shapes(path)
    parts = [(short, split) for short, split in _PARTS if f"{short}_images" in shapes]
    if not parts or any(f"{short}_labels" not in shapes for short, _ in parts):
        raise DataRefused(
            f"{path.name} is not a MedMNIST archive: expected arrays train_images, train_labels and so on, "
            f"found {listed(sorted(shapes))}. Save the images into a folder per class instead"
        )
    columns: dict[str, list[str]] = {"image": [], "label": [], "split": []}
    known = known_set(path.stem)
    for short, split in parts:
        labels = archive_array(path, f"{short}_labels")
        _check_part(path, short, shapes[f"{short}_images"], labels)
        columns["image"] += [f"{split}/{number}" for number in range(len(labels))]
        columns["label"] += _label_names(labels, known)
        columns["split"] += [split] * len(labels)
    return Reading(
        root=path,
        rows=core_rows(columns),
        label_name="labels",
        class_order=_order(columns["label"], known),
        task=known.task if known else ("multilabel" if _is_multilabel(path) else None),
        split_origin="archive",
        sentences=_sentences(path, known, columns),
    )


def _archives(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.npz") if path.is_file())


def _only(paths: list[Path]) -> Path:
    if len(paths) > 1:
        raise DataRefused(
            f"the folder holds several archives ({listed([p.name for p in paths])}); "
            "name one of them instead of the folder"
        )
    return paths[0]


def _check_part(path: Path, part: str, shape: tuple[int, ...], labels: NDArray[np.generic]) -> None:
    if shape[0] != len(labels):
        raise DataRefused(f"{path.name}: {shape[0]} images but {len(labels)} labels in the part '{part}'")
    if len(shape) not in (3, 4) or (len(shape) == 4 and shape[3] not in (1, 3)):
        raise DataRefused(
            f"{path.name}: {part}_images has the shape {shape}; expected (n, height, width) or "
            "(n, height, width, 3). Three-dimensional images are not read yet"
        )
    if labels.dtype.kind not in "iub" or labels.ndim > 2:
        raise DataRefused(
            f"{path.name}: {part}_labels holds {labels.dtype} of shape {labels.shape}, not integers"
        )


def _is_multilabel(path: Path) -> bool:
    labels = archive_array(path, "train_labels") if "train_labels" in archive_shapes(path) else None
    return labels is not None and labels.ndim == 2 and labels.shape[1] > 1


def _label_names(labels: NDArray[np.generic], known: MedMNISTSet | None) -> list[str]:
    if labels.ndim == 2 and labels.shape[1] > 1:
        return ["|".join(_name(int(i), known) for i in np.flatnonzero(row)) for row in labels]
    return [_name(int(value), known) for value in labels.reshape(-1)]


def _name(value: int, known: MedMNISTSet | None) -> str:
    if known is None:
        return f"class {value}"
    if not 0 <= value < len(known.classes):
        raise UnreadableFile(known.name, f"has the label {value}, but only {len(known.classes)} classes")
    return known.classes[value]


def _order(labels: list[str], known: MedMNISTSet | None) -> tuple[str, ...]:
    if known is not None:
        return known.classes
    found = {part for label in labels for part in label.split("|") if part}
    return tuple(sorted(found, key=lambda name: int(name.rsplit(" ", 1)[1])))


def _sentences(path: Path, known: MedMNISTSet | None, columns: dict[str, list[str]]) -> tuple[str, ...]:
    counts = ", ".join(
        f"{columns['split'].count(split):,} {split}" for _, split in _PARTS if split in columns["split"]
    )
    what = (
        f"the MedMNIST set {known.name} ({known.modality}); its integer labels were named by the set's list"
        if known
        else "an archive in MedMNIST form; its classes have no names, so they are called 'class 0' and so on"
    )
    return (
        f"{path.name} is {what}.",
        f"{counted(len(columns['image']), 'image')} in the official parts: {counts}.",
    )


LAYOUT = Layout("a MedMNIST archive (.npz)", recognise, read)
