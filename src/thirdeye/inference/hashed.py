"""Files of the model folder that are read only if they are the ones that training wrote."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from thirdeye.case.study import Study, sha256_file
from thirdeye.errors import StudyMismatch


def verified(study: Study, named: Mapping[str, Any], *, folder: str = "model") -> bytes:
    """The content of a file of the model folder, after its hash was compared.

    Args:
        study: whose it is.
        named: its "file" and "sha256".
        folder: of the study, where it lies elsewhere.

    Raises:
        StudyMismatch: it is missing, or was changed after training.
    """
    name = f"{folder}/{Path(named['file']).name}"
    try:
        content = study.path(name).read_bytes()
    except OSError:
        raise _missing(name) from None
    if hashlib.sha256(content).hexdigest() != named.get("sha256"):
        raise _changed(name)
    return content


def verified_file(study: Study, named: Mapping[str, Any], *, folder: str = "model") -> Path:
    """A file of the model folder that is too large to be held, after its hash was compared.

    Args:
        study, named, folder: as of `verified`.

    Raises:
        StudyMismatch: it is missing, or was changed after training.
    """
    name = f"{folder}/{Path(named['file']).name}"
    path = study.path(name)
    try:
        found = sha256_file(path)
    except OSError:
        raise _missing(name) from None
    if found != named.get("sha256"):
        raise _changed(name)
    return path


def _missing(name: str) -> StudyMismatch:
    return StudyMismatch(f"{name} is missing; copy the whole study folder, or train again")


def _changed(name: str) -> StudyMismatch:
    return StudyMismatch(
        f"{name} was changed after training: its hash is not the one in model.json; train again"
    )
