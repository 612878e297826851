"""From trained networks to one ONNX file that reads without torch.

Members that average their logits are one network with concatenated feature maps, so one file and one pass
give the ensemble's logits, its feature map and its class activation map.

The TorchScript exporter is used: of five EfficientNets it writes in 5 s the same folded graph for which the
newer exporter takes 24 s, and it needs no further package. Whatever it writes is compared with torch.
"""

from __future__ import annotations

import contextlib
import hashlib
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from thirdeye.errors import StageFailed, UsageError
from thirdeye.inference.engine import INPUT, OUTPUTS, Engine
from thirdeye.model.common_grid import common_side, regridded
from thirdeye.model.network import Network

OPSET = 17
TOLERANCE = 1e-3  # of the spread of the logits
SAMPLES = 8


@dataclass(frozen=True)
class Exported:
    """What was written and how well it agrees with torch.

    Args:
        sha256: of the file.
        size_bytes: of the file.
        max_abs_difference: largest difference of a logit between torch and ONNX Runtime.
        spread: standard deviation of the logits over the images that were compared.
    """

    sha256: str
    size_bytes: int
    max_abs_difference: float
    spread: float

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        return asdict(self)


class Ensemble(nn.Module):
    """Several networks as one: images -> (logits, feature map, class activation map, logits of each member).

    The mean over the map's pixels plus the bias is the logit (Zhou et al., CVPR 2016, eq. 2).

    Args:
        networks: members with the same outputs; where their feature maps differ in size, all are brought to
            the finest grid, by area, so that means stay as they are; where they differ in channels, the
            fewer are filled up with zeros, so that each member has as many as any other.
    """

    weight: Tensor
    bias: Tensor

    def __init__(self, networks: Sequence[Network]) -> None:
        super().__init__()
        self.members = nn.ModuleList(networks)
        self.networks = tuple(networks)
        self.channels = max(network.head.in_features for network in networks)
        weights = torch.cat([self._filled(n.head.weight) for n in networks], dim=1) / len(networks)
        self.register_buffer("weight", weights.detach().clone())
        self.register_buffer("bias", torch.stack([n.head.bias for n in networks]).mean(dim=0).detach())

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """What is seen in images (B, 3, S, S) in 0..1.

        Returns:
            Logits (B, K), feature map (B, C_total, h, w), map (B, K, h, w), logits of the members (B, M, K).
        """
        maps = [network.features(images) for network in self.networks]
        side = common_side(maps)
        feature_map = torch.cat([self._filled(regridded(one, side)) for one in maps], dim=1)
        cam = nn.functional.conv2d(feature_map, self.weight[:, :, None, None])
        members = [
            network.head(one.mean(dim=(2, 3))) for network, one in zip(self.networks, maps, strict=True)
        ]
        return cam.mean(dim=(2, 3)) + self.bias, feature_map, cam, torch.stack(members, dim=1)

    def _filled(self, values: Tensor) -> Tensor:
        """Values (A, C, ...) with zeros up to as many channels as the widest member has."""
        missing = self.channels - values.shape[1]
        if missing == 0:
            return values
        return nn.functional.pad(values, (0, 0) * (values.ndim - 2) + (0, missing))


def export_onnx(
    networks: Sequence[Network], path: Path, *, size_px: int, sample: NDArray[np.uint8] | None = None
) -> Exported:
    """Write the ensemble of `networks` to `path` and prove that ONNX Runtime computes the same.

    Batch normalisation is folded into the convolutions; the batch size stays free; the networks keep their
    training state.

    Args:
        networks: one or more members, each normalisation -> backbone -> global average pooling -> linear.
        path: file to write; it appears only after it has passed the comparison.
        size_px: side S of the input.
        sample: (B, S, S, 3) prepared images to compare on; smooth random ones where None.

    Raises:
        UsageError: there is no network.
        StageFailed: the file disagrees with torch by more than `TOLERANCE` of the logits' spread.
    """
    if not networks:
        raise UsageError("export_onnx needs at least one network, got none")
    images = torch.from_numpy(
        _sample(size_px) if sample is None else sample[:SAMPLES].astype(np.float32) / 255
    )
    images = images.movedim(-1, 1).contiguous()
    draft = path.with_name(path.name + ".part")
    with _evaluating(networks):
        ensemble = Ensemble(networks).eval()
        try:
            _write(ensemble, images, draft)
            exported = _compared(ensemble, images, draft)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    return exported


@contextlib.contextmanager
def _evaluating(networks: Sequence[Network]) -> Iterator[None]:
    before = [network.training for network in networks]
    try:
        with torch.no_grad():
            yield
    finally:
        for network, training in zip(networks, before, strict=True):
            network.train(training)


def _write(ensemble: Ensemble, images: Tensor, path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of tracing and of the exporter's age; the result is compared
        torch.onnx.export(
            ensemble,
            (images,),
            str(path),
            dynamo=False,
            opset_version=OPSET,
            input_names=[INPUT],
            output_names=list(OUTPUTS),
            dynamic_axes={name: {0: "batch"} for name in (INPUT, *OUTPUTS)},
        )


def _compared(ensemble: Ensemble, images: Tensor, path: Path) -> Exported:
    expected = ensemble(images)[0].numpy()
    engine = Engine(path, threads=1)
    runs = [engine.run(images.numpy()).logits, engine.run(images[:1].numpy()).logits]  # two batch sizes
    difference = max(float(np.abs(run - expected[: len(run)]).max()) for run in runs)
    spread = float(expected.std())
    if not difference <= TOLERANCE * max(spread, 1e-3):  # also true for NaN
        raise StageFailed(
            f"the exported network differs from the trained one: {difference:.3g} in a logit where the logits"
            f" spread by {spread:.3g}; please report this architecture and the version of torch"
        )
    content = path.read_bytes()
    return Exported(hashlib.sha256(content).hexdigest(), len(content), difference, spread)


def _sample(size_px: int) -> NDArray[np.float32]:
    """Smooth random pictures (SAMPLES, S, S, 3) of different brightness and contrast."""
    random = np.random.default_rng(0)
    coarse = random.random((SAMPLES, 8, 8, 3), dtype=np.float32)
    nearest = np.arange(size_px) * 8 // size_px
    return (
        coarse[:, nearest][:, :, nearest]
        * np.linspace(0.2, 1, SAMPLES, dtype=np.float32)[:, None, None, None]
    )
