"""Whether DATA are still what a study was planned on, without reading a pixel."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from thirdeye.case.study import Study
from thirdeye.dataset.table import Dataset
from thirdeye.errors import StudyMismatch
from thirdeye.intake.collection import Collection
from thirdeye.intake.words import shown_name
from thirdeye.journey.ledger import Ledger, key_of

LABEL_COLUMNS = ["image", "case", "patient", "label", "split", "site"]
ANNOTATIONS = ("masks.csv", "structures.json", "fields.csv", "regions.csv")
MASK_FILES = (("masks.csv", "mask"), ("fields.csv", "field"))  # tables of a study that name files of masks


def labels_key(collection: Collection) -> str:
    """Hash of what the data say of each image."""
    rows = collection.rows[LABEL_COLUMNS].sort_values(LABEL_COLUMNS)
    return key_of(collection.classes, collection.positive, rows.to_numpy().tolist())


def marks_key(collection: Collection) -> str:
    """Hash of the boxes, points and names of masks; what the masks hold is `masks_key`'s."""
    tables = (collection.masks, collection.regions)
    return key_of(*(sorted(map(list, one.astype(str).itertuples(index=False))) for one in tables))


def files_key(dataset: Dataset) -> str:
    """Hash of the names and sizes of the images that take part."""
    return key_of(_sizes(dataset.root, _taking_part(dataset)))


def annotation_hashes(study: Study) -> list[str]:
    """Hashes of the files in which a study keeps what is marked where; none for labels of whole images.

    Studies that were planned before marks were recorded have none either, so that they stay valid.
    """
    if _recorded(study, "marks_sha256") is None:
        return []
    return [study.sha256(name) for name in ANNOTATIONS if study.has(name)]


def masks_key(study: Study, root: Path) -> str | None:
    """Hash of the names and sizes of a study's mask files; None where it has none.

    Args:
        study: after its plan.
        root: what references start from.
    """
    references: list[str] = []
    for name, column in MASK_FILES:
        if study.has(name):
            table = pd.read_csv(study.path(name), dtype=str, keep_default_na=False, encoding="utf-8")
            references += sorted(set(table[column])) if column in table else []
    return key_of(_sizes(root, references)) if references else None


def refuse_other_labels(study: Study, collection: Collection) -> None:
    """Refuse data that were changed since the study was planned.

    Raises:
        StudyMismatch: images were added or taken away, or a label, patient, split, mask, box or point was
            changed.
    """
    for what, recorded, now in (
        ("images or labels", "labels_sha256", labels_key),
        ("masks, boxes or points", "marks_sha256", marks_key),
    ):
        if _recorded(study, recorded) not in (None, now(collection)):
            raise StudyMismatch(
                f"the {what} of the data are not those that the study '{study.folder.name}' was planned on; "
                "choose another folder with --out, or restore the data"
            )


def refuse_other_files(study: Study, dataset: Dataset) -> None:
    """Refuse images and masks that are not those that the study was planned on.

    Raises:
        StudyMismatch: files are missing, or have another size.
    """
    if _recorded(study, "masks_sha256") not in (None, masks_key(study, dataset.root)):
        raise StudyMismatch(
            f"the masks are not those that the study '{study.folder.name}' was planned on: a file is missing "
            "or has another size; restore them, or choose another folder with --out"
        )
    if _recorded(study, "files_sha256") in (None, files_key(dataset)):
        return
    sizes = _sizes(dataset.root, _taking_part(dataset))
    missing = [name for name, size in sizes if size < 0]
    what = f"'{shown_name(missing[0])}' is missing" if missing else "a file has another size"
    others = f", and {len(missing) - 1} more" if len(missing) > 1 else ""
    raise StudyMismatch(
        f"the images are not those that the study '{study.folder.name}' was planned on: {what}{others}; "
        "restore them, or choose another folder with --out"
    )


def _taking_part(dataset: Dataset) -> list[str]:
    return list(dataset.part("train", "validation", "test")["image"])


def _recorded(study: Study, name: str) -> Any:
    return Ledger(study).content.get("data", {}).get(name)


def _sizes(root: Path, references: Sequence[str]) -> list[tuple[str, int]]:
    """Bytes of each file, -1 where there is none; of an archive its own."""
    if root.is_file():
        return [(reference, root.stat().st_size) for reference in references]
    return [(reference, _size(root / reference)) for reference in references]


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1
