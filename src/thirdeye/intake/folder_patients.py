"""Patients from folders between the class and the file: ``malignant/P017/3.png``."""

from __future__ import annotations

from collections.abc import Sequence

_LEAST_FOLDERS = 4


def patients_by_folder(images: Sequence[str], labels: Sequence[str]) -> tuple[str, ...] | None:
    """The name of each file's own folder, where these look like patients; else None.

    Believed when every image lies in a folder of its own below its class, the names hold digits, there are
    several in each class, some hold more than one image, and hardly any name occurs in two classes (as
    ``40X`` and ``100X`` do).
    """
    folders = [image.split("/")[-2] if image.count("/") >= 1 else "" for image in images]
    if any(not folder or folder == label for folder, label in zip(folders, labels, strict=True)):
        return None
    classes: dict[str, set[str]] = {}
    for folder, label in zip(folders, labels, strict=True):
        classes.setdefault(folder, set()).add(label)
    several = sum(len(held) > 1 for held in classes.values())
    each = [sum(label in held for held in classes.values()) for label in set(labels)]
    with_digits = sum(any(c.isdigit() for c in folder) for folder in classes)
    believed = (
        len(classes) >= _LEAST_FOLDERS
        and len(classes) < len(images)
        and min(each) >= 2
        and several <= 0.2 * len(classes)
        and with_digits >= 0.9 * len(classes)
    )
    return tuple(folders) if believed else None
