"""`names`: what the classes of a study are called before people."""

from __future__ import annotations

from pathlib import Path

from thirdeye.case.names import UNNAMED, ClassNames, fitting
from thirdeye.case.study import Study
from thirdeye.case.study_names import NAMES_FILE, names_of
from thirdeye.errors import StudyMismatch, UsageError
from thirdeye.inference.manifest import MANIFEST_FILE, manifest_form
from thirdeye.intake.name_table import read_names
from thirdeye.journey.material import PLAN_FILE

NOBODY = "named by nobody: each class stands for itself"


def class_names(study: str | Path) -> tuple[tuple[str, ...], ClassNames]:
    """The classes of a study and what they are called.

    Args:
        study: folder with a plan or a trained reader.

    Raises:
        UsageError: there is no such folder.
        StudyMismatch: it holds neither plan nor reader, or its names are damaged.
    """
    place = Study(Path(study))
    classes = classes_of(place)
    return classes, names_of(place, classes)


def name_classes(study: str | Path, names: ClassNames | str | Path | None) -> ClassNames:
    """Give the classes of a study names for people; classes, model and figures stay as they are.

    Args:
        study: folder with a plan or a trained reader.
        names: the names, or the file that holds them; None: every class stands for itself, even where the
            list of classes is that of a well-known set.

    Raises:
        UsageError: there is no such study, or the names do not fit its classes.
        StudyMismatch: it holds neither plan nor reader.
        StageFailed: the folder cannot be written.
    """
    place = Study(Path(study))
    classes = classes_of(place)
    given = read_names(Path(names)) if isinstance(names, (str, Path)) else names
    kept = (
        ClassNames(UNNAMED.by_class, NOBODY) if given is None else fitting(given, (*classes, *_kinds(place)))
    )
    place.write_json(NAMES_FILE, kept.as_json())
    return kept


def classes_of(study: Study) -> tuple[str, ...]:
    """The classes, structures or points that a study is about.

    Raises:
        UsageError: there is no such folder.
        StudyMismatch: it holds neither plan nor reader.
    """
    if not study.folder.is_dir():
        raise UsageError(
            f"there is no study folder '{study.folder}'; `thirdeye run DATA --out STUDY` makes one"
        )
    if study.has(MANIFEST_FILE):
        found = manifest_form(study).get("classes")
    else:
        found = study.read_json(PLAN_FILE).get("values", {}).get("classes", {}).get("value")
    if not isinstance(found, list) or not found:
        raise StudyMismatch(f"the study '{study.folder.name}' names no classes; run it first")
    return tuple(map(str, found))


def _kinds(study: Study) -> tuple[str, ...]:
    """What the classes are summed up into by a taxonomy; () without one."""
    if not study.has(PLAN_FILE):
        return ()
    edges = study.read_json(PLAN_FILE).get("values", {}).get("taxonomy", {}).get("value") or ()
    return tuple(dict.fromkeys(str(edge[1]) for edge in edges))
