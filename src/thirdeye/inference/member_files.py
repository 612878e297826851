"""The networks that ``model.json`` names: files of the folder ``model``, as training wrote them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from thirdeye.case.study import Study
from thirdeye.errors import StudyMismatch


def refuse_other_version(form: Mapping[str, Any], *, newest: int) -> None:
    """Refuse a ``model.json`` of another version.

    Args:
        form: its content.
        newest: version that this installation reads.

    Raises:
        StudyMismatch: it is newer, or says none.
    """
    version = form.get("version")
    if not isinstance(version, int) or version > newest:
        raise StudyMismatch(
            f"model.json has the version {version!r}; this installation reads up to {newest}: "
            "update thirdeye-imaging"
        )


def refuse_strange_files(onnx: Iterable[Any]) -> None:
    """Refuse entries that name no file of the model's own folder, before any is opened.

    Args:
        onnx: entries of ``model.json``, each {"file", "sha256"}.

    Raises:
        StudyMismatch: there is none, one is no such entry, or it names a file elsewhere.
    """
    entries = list(onnx)
    if not entries:
        raise StudyMismatch("model.json names no network; train the study again")
    for one in entries:
        if not isinstance(one, Mapping) or not {"file", "sha256"} <= set(one):
            raise StudyMismatch(f"model.json is damaged: a network is a file and its hash, not {one!r}")
        if not isinstance(one["file"], str) or Path(one["file"]).name != one["file"]:
            raise StudyMismatch(f"model.json names a file outside its folder: {one['file']!r}")


def refuse_changed_files(study: Study, onnx: Iterable[Mapping[str, Any]]) -> None:
    """Compare the hashes of network files with what training wrote.

    Args:
        study: whose folder ``model`` holds them.
        onnx: {"file", "sha256"} each, which `refuse_strange_files` let pass.

    Raises:
        StudyMismatch: one is missing, or is not the one that training wrote.
    """
    for one in onnx:
        name = f"model/{one['file']}"
        if study.sha256(name) != one["sha256"]:
            raise StudyMismatch(f"{name} was changed after training; restore it, or train again")
