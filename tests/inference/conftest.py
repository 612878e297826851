"""A tiny reader whose answers are known: brighter at a place means positive."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from thirdeye.case.image import Image
from thirdeye.case.study import Study
from thirdeye.inference.calibration import Calibration
from thirdeye.inference.facts import facts_of
from thirdeye.inference.manifest import Manifest
from thirdeye.transform.prepare import prepare

SIZE = 32


def make_blob_image(
    random: np.random.Generator, *, positive: bool, side: int = 40, at: tuple[int, int] | None = None
) -> Image:
    """Grey noise; positives carry a bright blob, at a place or anywhere."""
    pixels = random.normal(90, 12, (side, side))
    if positive:
        row, column = at or random.integers(6, side - 6, 2)
        grid = np.indices((side, side))
        pixels += 130 * np.exp(-((grid[0] - row) ** 2 + (grid[1] - column) ** 2) / 18)
    return Image(np.clip(pixels, 0, 255).astype(np.uint8), 8, "blob.png")


def build_network(*, seed: int = 0, n_outputs: int = 2):
    """A network whose class 1 is rewarded by brightness."""
    import torch
    from torch import nn

    from thirdeye.model.network import Network

    torch.manual_seed(seed)
    backbone = nn.Sequential(
        nn.Conv2d(3, 6, 3, padding=1, bias=False), nn.BatchNorm2d(6), nn.ReLU(), nn.AvgPool2d(4)
    )
    network = Network(
        backbone, n_features=6, n_outputs=n_outputs, mean=(0.4,) * 3, std=(0.2,) * 3, dropout=0.5
    )
    with torch.no_grad():
        backbone[0].weight[0] = 1 / 27  # the first feature is local brightness above the mean
        backbone[1].running_mean.copy_(torch.tensor([0.6, 0, 0, 0, 0, 0]))
        backbone[1].running_var.uniform_(0.5, 2)
        network.head.weight[1, 0] = 60.0
        network.head.bias[1] = -0.6
    return network


@pytest.fixture(scope="session")
def blob_study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study folder with two members, views, an envelope and two operating points."""
    from thirdeye.inference.assemble import assemble_reader

    random = np.random.default_rng(5)
    images = [make_blob_image(random, positive=bool(k % 2)) for k in range(200)]
    wanted = {"size_px": SIZE, "resize": "squash", "intensity": "full_range"}
    prepared = np.stack([prepare(image, **wanted) for image in images])
    folds = np.arange(200) % 2
    points = tuple(
        {
            "name": name,
            "threshold": threshold,
            "origin": "tuned_on_validation",
            "sensitivity": {"name": "sensitivity", "value": 0.91, "ci_low": 0.8, "ci_high": 0.97},
            "specificity": {"name": "specificity", "value": None, "status": "undefined"},
        }
        for name, threshold in (("youden", 0.5), ("sensitivity_95", 0.2))
    )
    draft = Manifest(
        task="binary",
        classes=("healthy", "nodule"),
        positive="nodule",
        architecture="tiny",
        input=wanted,
        calibration=Calibration("platt", "binary", {"slope": 2.0, "intercept": -0.5}, n=200),
        onnx={},
        views=("identity", "flip_horizontal"),
        operating_points=points,
        sanity={"passed": True},
    )
    folder = tmp_path_factory.mktemp("blob") / "study"
    assemble_reader(
        Study(folder),
        [build_network(seed=1), build_network(seed=2)],
        draft,
        prepared=prepared,
        facts=[facts_of(i, p) for i, p in zip(images, prepared, strict=True)],
        held_out=np.column_stack([folds == 0, folds == 1]),
    )
    return folder


@pytest.fixture(scope="session")
def make_network() -> Callable[..., Any]:
    """`build_network`."""
    return build_network


@pytest.fixture(scope="session")
def blob_image() -> Callable[..., Image]:
    """`make_blob_image`."""
    return make_blob_image
