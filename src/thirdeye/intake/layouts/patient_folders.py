"""A folder per patient, and in it a folder per class."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from thirdeye.intake.files import find_files, natural, subfolders
from thirdeye.intake.layouts.class_folders import folder_leftovers
from thirdeye.intake.layouts.descend import descend
from thirdeye.intake.layouts.layout import Layout
from thirdeye.intake.options import Options
from thirdeye.intake.reading import Reading, core_rows
from thirdeye.intake.words import counted, listed

_LEAST_PATIENTS = 5
_MOST_CLASSES = 10


def recognise(data: Path, options: Options) -> bool:
    """Many folders with digits in their names, which share the names of their folders (``10253/0``)."""
    if not data.is_dir():
        return False
    folder, _ = descend(data)
    patients = subfolders(folder)
    with_digits = sum(any(c.isdigit() for c in path.name) for path in patients)
    if len(patients) < _LEAST_PATIENTS or with_digits < 0.9 * len(patients):
        return False
    inner = Counter(path.name for patient in patients for path in subfolders(patient))
    return (
        2 <= len(inner) <= _MOST_CLASSES
        and len(patients) >= 2 * len(inner)
        and min(inner.values()) >= 2
        and all(subfolders(patient) for patient in patients)
    )


def read(data: Path, options: Options) -> Reading:
    """Rows from ``PATIENT/CLASS/...``."""
    folder, sentences = descend(data)
    found = find_files(folder)
    rows = [image for image in found.images if image.count("/") >= 2]
    labels = [image.split("/")[1] for image in rows]
    patients = [image.split("/")[0] for image in rows]
    names = sorted(set(labels), key=natural)
    leftovers = folder_leftovers(found)
    leftovers["outside_class"] = tuple(image for image in found.images if image.count("/") < 2)
    return Reading(
        root=folder,
        rows=core_rows({"image": rows, "label": labels, "patient": patients}),
        label_name="folder name",
        patient_origin="folder",
        sentences=(
            *sentences,
            f"{counted(len(set(patients)), 'folder')} of patients, each with a folder per class: "
            f"{listed(names, 12)} ({counted(len(rows), 'image')}).",
        ),
        leftovers=leftovers,
    )


LAYOUT = Layout("a folder per patient with a folder per class", recognise, read)
