"""Put a trained reader together: the ONNX file, the envelope and the manifest of ``STUDY/model``."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.study import Study
from thirdeye.errors import UsageError
from thirdeye.inference.engine import Engine, Pass, joined
from thirdeye.inference.export import export_onnx
from thirdeye.inference.facts import ImageFacts, summarise
from thirdeye.inference.heat_map import typical_peak
from thirdeye.inference.manifest import MANIFEST_FILE, Manifest
from thirdeye.inference.surrounding_fit import draw_surroundings
from thirdeye.inference.views import see
from thirdeye.model.network import Network

ONNX_FILE = "model/model.onnx"
ENVELOPE_FILE = "model/envelope.npz"
MOST_IMAGES = 500  # that the envelope is drawn around; the rest add time, little precision
_BATCH = 16


def assemble_reader(
    study: Study,
    networks: Sequence[Network],
    draft: Manifest,
    *,
    prepared: NDArray[np.uint8],
    facts: Sequence[ImageFacts],
    held_out: NDArray[np.bool_],
    patients: Sequence[str] | None = None,
    threads: int = 1,
) -> Manifest:
    """Export the networks, draw the envelope, and write ``model.onnx``, ``envelope.npz``, ``model.json``.

    Args:
        study: the study folder.
        networks: the M members, in the order of ``draft.members``.
        draft: the manifest with every field but `onnx`, `envelope`, `heat_map` and the members' hashes,
            which are filled here.
        prepared: (n, S, S, 3) development images (training and validation, never test); a memmap is fine.
        facts: (n) of the same images, from `facts.facts_of`.
        held_out: (n, M) True where member m did not learn from image i.
        patients: (n,) whose images they are; None: every image is another patient's.
        threads: for the passes over the development images.

    Returns:
        The complete manifest, as written.

    Raises:
        UsageError: lengths do not fit.
        StageFailed: the export disagrees with torch.
    """
    if not len(prepared) == len(facts) == len(held_out) or held_out.shape[1] != len(networks):
        raise UsageError(
            f"{len(prepared)} images, {len(facts)} facts and held_out {held_out.shape} of {len(networks)}"
            " networks do not fit together"
        )
    chosen = sample_of(held_out)
    size_px = int(draft.input["size_px"])
    with study.writing(ONNX_FILE) as path:
        exported = export_onnx(networks, path, size_px=size_px, sample=prepared[chosen[:8]])
    seen = pass_over(Engine(study.path(ONNX_FILE), threads=threads), prepared, chosen)
    whose = None if patients is None else np.asarray(patients, str)[chosen].tolist()
    drawn = _draw_envelope(study, seen, prepared[chosen], held_out[chosen], whose, is_untaught(draft))
    envelope = {**summarise(facts), **drawn}
    manifest = replace(
        draft,
        members=tuple(_hashed(study, member) for member in draft.members),
        onnx={"file": Path(ONNX_FILE).name, "sha256": exported.sha256},
        envelope=envelope,
        heat_map={"reference": typical_peak(seen.cam, _shown(draft, seen.logits), task=draft.task)},
    )
    study.write_json(MANIFEST_FILE, manifest.as_json())
    return manifest


def sample_of(held_out: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Rows for the envelope: at most half from what some member never saw, or as many as there are."""
    shuffled = np.random.default_rng(0).permutation(len(held_out))
    unseen = np.asarray(held_out.any(axis=1))[shuffled]
    first, second = shuffled[unseen], shuffled[~unseen]
    n_first = min(len(first), max(MOST_IMAGES // 2, MOST_IMAGES - len(second)))
    return np.sort(np.concatenate([first[:n_first], second[: MOST_IMAGES - n_first]]))


def is_untaught(manifest: Manifest) -> bool:
    """Whether the reader is one network whose features, unlike its head, learnt from none of the images."""
    return len(manifest.members) == 1 and int(manifest.members[0]["fold"]) < 0


def _hashed(study: Study, member: Mapping[str, Any]) -> Mapping[str, Any]:
    """A member with the hash of its file, where the file has been written."""
    name = f"model/{member['file']}"
    return {**member, "sha256": study.sha256(name)} if study.has(name) else member


def _draw_envelope(
    study: Study,
    seen: Pass,
    prepared: NDArray[np.uint8],
    held_out: NDArray[np.bool_],
    patients: Sequence[str] | None,
    untaught: bool,
) -> dict[str, str]:
    """Fields for the manifest; none where there are too few images to draw one."""
    held = held_out.sum(axis=0)
    if held.min() < 20 or (len(held_out) - held).min() < 20:
        study.path(ENVELOPE_FILE).unlink(missing_ok=True)
        return {}
    images = np.asarray(prepared)
    drawn = draw_surroundings(seen.features, images, held_out, patients, untaught=untaught)
    content = drawn.to_bytes()
    with study.writing(ENVELOPE_FILE) as path:
        path.write_bytes(content)
    return {"file": Path(ENVELOPE_FILE).name, "sha256": hashlib.sha256(content).hexdigest()}


def pass_over(
    engine: Engine,
    prepared: NDArray[np.uint8],
    chosen: NDArray[np.int64],
    views: Sequence[str] = ("identity",),
) -> Pass:
    """What a network sees in some of the prepared images (n, S, S, 3), by default in the plain view alone."""
    batches = [chosen[start : start + _BATCH] for start in range(0, len(chosen), _BATCH)]
    passes = [see(engine, np.asarray(prepared[batch]), views) for batch in batches]
    return joined(passes)


def _shown(draft: Manifest, logits: NDArray[np.float32]) -> NDArray[np.int64]:
    if draft.positive is not None:
        return np.full(len(logits), draft.classes.index(draft.positive))
    return logits.argmax(axis=1)
