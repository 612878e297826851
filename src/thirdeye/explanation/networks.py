"""The torch networks of a study, for methods that need gradients."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from thirdeye.case.study import Study
from thirdeye.errors import MissingExtra
from thirdeye.inference.manifest import read_manifest


def has_torch() -> bool:
    """Whether networks can be loaded; loads nothing."""
    return find_spec("torch") is not None


def networks_of_study(study: Study, *, only: Sequence[int] | None = None) -> list[Any]:
    """Members of a trained reader in evaluation mode.

    Args:
        study: with ``model/``.
        only: positions of members; None: all.

    Raises:
        MissingExtra: torch is not installed.
        StudyMismatch: a file is missing or of another network.
    """
    if not has_torch():
        raise MissingExtra("a heat map that needs gradients", "train")
    from thirdeye.model.build import build_network
    from thirdeye.model.files import load_network

    manifest = read_manifest(study)
    chosen = range(len(manifest.members)) if only is None else only
    networks = []
    for position in chosen:
        member = manifest.members[position]
        architecture = str(member.get("architecture", manifest.architecture))
        network, _ = build_network(architecture, n_outputs=len(manifest.classes), weights="none")
        name = Path(str(member["file"])).name
        networks.append(load_network(network, study.path(f"model/{name}")).eval())
    return networks
