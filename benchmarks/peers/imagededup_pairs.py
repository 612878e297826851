"""Runs in the peer's own environment: every method of imagededup over a folder of images.

    PEER_PYTHON benchmarks/peers/imagededup_pairs.py FOLDER OUTPUT [--cnn]

Writes, for each method, pairs of file names with their distance (hashes: bits of 64 that differ, up to 12;
CNN: 1 - cosine, up to 0.1) and the seconds to an ``.npz``, and prints what could not run. ``--cnn`` needs the
peer's own weights from its hub; where they cannot be fetched, the method runs with the network that Third Eye
brings (EfficientNet-Lite0, ImageNet), if `thirdeye` can be imported there, and is named so.
"""

from __future__ import annotations

import logging
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np

HASHES = ("PHash", "DHash", "WHash", "AHash")
FURTHEST_BITS = 12
FURTHEST_COSINE = 0.1


def main() -> None:
    """Every method; one that fails is left out and named."""
    folder, output = Path(sys.argv[1]), Path(sys.argv[2])
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    found: dict[str, Any] = {}
    for name in HASHES:
        _keep(found, name, *_hashed(name, folder))
    if "--cnn" in sys.argv:
        name, pairs, seconds = _by_network(folder)
        _keep(found, name, pairs, seconds)
    np.savez_compressed(output, **found)


def _keep(found: dict[str, Any], name: str, pairs: list[tuple[str, str, float]], seconds: float) -> None:
    found[f"{name}|names"] = np.array([[first, second] for first, second, _ in pairs]).reshape(-1, 2)
    found[f"{name}|distance"] = np.array([distance for _, _, distance in pairs], float)
    found[f"{name}|seconds"] = np.array(seconds)


def _hashed(name: str, folder: Path) -> tuple[list[tuple[str, str, float]], float]:
    from imagededup import methods

    method = getattr(methods, name)(verbose=False)
    began = time.monotonic()
    encoded = method.encode_images(image_dir=folder)
    found = method.find_duplicates(encoding_map=encoded, max_distance_threshold=FURTHEST_BITS, scores=True)
    seconds = time.monotonic() - began
    return [(a, b, float(d)) for a, held in found.items() for b, d in held if a < b], seconds


def _by_network(folder: Path) -> tuple[str, list[tuple[str, str, float]], float]:
    from imagededup.methods import CNN

    try:
        name, method = "CNN", CNN(verbose=False)
    except OSError as error:
        print(f"the peer's own weights could not be fetched: {error}")
        name, method = "CNN (our EfficientNet-Lite0)", CNN(verbose=False, model_config=_our_network())
    began = time.monotonic()
    encoded = method.encode_images(image_dir=folder)
    found = method.find_duplicates(
        encoding_map=encoded, min_similarity_threshold=1 - FURTHEST_COSINE, scores=True
    )
    seconds = time.monotonic() - began
    return name, [(a, b, 1 - float(s)) for a, held in found.items() for b, s in held if a < b], seconds


def _our_network() -> Any:
    import torch
    from imagededup.utils import CustomModel

    from thirdeye.journey.speed import installed_embedder

    embedder, why = installed_embedder()
    if embedder is None:
        raise SystemExit(f"no network: {why}")

    class Network(torch.nn.Module):
        name = "EfficientNet-Lite0"

        def forward(self, pictures: torch.Tensor) -> torch.Tensor:
            return torch.from_numpy(np.asarray(embedder(pictures.numpy())))

    def prepared(image: Any) -> torch.Tensor:
        side = embedder.size_px
        return torch.from_numpy(np.asarray(image.convert("RGB").resize((side, side))).copy())

    return CustomModel(name=Network.name, model=Network(), transform=prepared)


if __name__ == "__main__":
    main()
