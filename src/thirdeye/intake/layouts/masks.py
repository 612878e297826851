"""Images with masks: a file per image, per class or per annotator."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from thirdeye.errors import DataRefused
from thirdeye.intake.collection import REGION_COLUMNS, empty
from thirdeye.intake.files import FoundFiles, find_files, natural
from thirdeye.intake.layouts.descend import descend
from thirdeye.intake.layouts.layout import Layout
from thirdeye.intake.layouts.region_table import regions_beside
from thirdeye.intake.layouts.table_choice import wants_classes
from thirdeye.intake.mask_legend import find_legend
from thirdeye.intake.mask_names import FileName
from thirdeye.intake.mask_pairs import MaskPairs, pair_masks
from thirdeye.intake.options import Options
from thirdeye.intake.reading import Reading, core_rows
from thirdeye.intake.region_table import RegionTable
from thirdeye.intake.regions import told
from thirdeye.intake.words import counted, listed

_LEAST_PATIENTS = 5


def recognise(data: Path, options: Options) -> bool:
    """Masks for images that are in no class folders, and of which no table states labels."""
    if not data.is_dir():
        return False
    folder, found = _files(data)
    pairs = pair_masks((*found.images, *found.masks))
    if len(pairs.masks) <= len(pairs.lonely):
        return False
    return options.task == "segmentation" or not (
        _are_classes(pairs.images) or wants_classes(folder, options)
    )


def read(data: Path, options: Options) -> Reading:
    """A row per image, also where no mask was found for it.

    Raises:
        DataRefused: no mask belongs to an image.
    """
    folder, found = _files(data)
    pairs = pair_masks((*found.images, *found.masks))
    if pairs.masks.empty:
        raise DataRefused(
            "no mask was found for an image: give each mask the name of its image, in a folder called masks "
            "or with the ending _mask"
        )
    patients = _patients(pairs.images)
    boxes = regions_beside(folder, options)
    regions = boxes.regions[boxes.regions["image"] != ""] if boxes else empty(REGION_COLUMNS)
    columns = {
        "image": [image.file for image in pairs.images],
        "split": [image.split for image in pairs.images],
        "patient": patients,
    }
    legend, legend_sentences, legend_files = find_legend(folder, found.others)
    used = {*legend_files, boxes.roles.name if boxes else ""}
    _, sentences = descend(data)
    return Reading(
        root=folder,
        rows=core_rows(columns),
        label_name="masks",
        task="segmentation",
        group="patient folder" if any(patients) else "patient",
        patient_origin="folder" if any(patients) else "none",
        split_origin="folders" if any(columns["split"]) else "none",
        sentences=(
            *sentences,
            *pair_sentences(pairs),
            *_split_sentence(columns["split"]),
            *legend_sentences,
            *_beside(boxes, regions, len(pairs.images)),
        ),
        leftovers={
            "mask_without_image": pairs.lonely,
            "field_of_view": pairs.viewing_fields,
            "not_an_image": tuple(file for file in found.others if file not in used),
        },
        masks=pairs.masks,
        mask_values=legend,
        regions=regions,
    )


def _beside(boxes: RegionTable | None, regions: pd.DataFrame, images: int) -> tuple[str, ...]:
    if boxes is None or regions.empty:
        return ()
    return (f"Beside the masks, {boxes.roles.name}: {told(regions, images)}", *boxes.sentences)


def _files(data: Path) -> tuple[Path, FoundFiles]:
    """Descends only where the one folder below is not that of the images ("images" beside nothing else)."""
    folder, _ = descend(data)
    return folder, find_files(folder)


def _are_classes(images: Sequence[FileName]) -> bool:
    """Several folders beside those for images and masks, unless each is of a patient."""
    folders = {image.context[0] for image in images if image.context}
    return len(folders) > 1 and not _are_patients(folders)


def _are_patients(folders: set[str]) -> bool:
    with_digits = sum(any(c.isdigit() for c in folder) for folder in folders)
    return len(folders) >= _LEAST_PATIENTS and with_digits >= 0.9 * len(folders)


def _patients(images: Sequence[FileName]) -> list[str]:
    folders = [image.context[0] if image.context else "" for image in images]
    return folders if all(folders) and _are_patients(set(folders)) else [""] * len(images)


def pair_sentences(pairs: MaskPairs) -> tuple[str, ...]:
    """How many images have masks, whose they are, and of which classes."""
    masks = pairs.masks
    said = [
        f"{masks['image'].nunique():,} of {counted(len(pairs.images), 'image')} have masks, "
        f"{counted(len(masks), 'mask')} in all (found by name: '{masks['mask'].iloc[0]}' belongs to "
        f"'{masks['image'].iloc[0]}')."
    ]
    annotators = sorted(set(masks["annotator"]) - {""}, key=natural)
    if annotators:
        sizes = [f"{name} ({(masks['annotator'] == name).sum():,})" for name in annotators]
        said.append(f"{counted(len(annotators), 'annotator')} drew them: {listed(sizes)}.")
    names = sorted(set(masks["name"]) - {""}, key=natural)
    if names:
        said.append(f"Masks of one class each: {listed(names, 12)}.")
    if pairs.viewing_fields:
        said.append(
            f"{counted(len(pairs.viewing_fields), 'file')} in folders called 'mask' say where the picture "
            "is (field of view), because the structures are drawn in other folders."
        )
    return tuple(said)


def _split_sentence(splits: Sequence[str]) -> tuple[str, ...]:
    counts = pd.Series([split for split in splits if split], dtype=object).value_counts()
    parts = ", ".join(f"{number:,} {split}" for split, number in counts.items())
    return (f"Parts by folder: {parts}.",) if parts else ()


LAYOUT = Layout("images with masks", recognise, read)
