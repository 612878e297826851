"""Networks of dense prediction by name."""

from __future__ import annotations

from thirdeye.errors import UsageError
from thirdeye.model.architectures.multiscale_patch import MultiscalePatchNet, PatchShape
from thirdeye.model.architectures.unet import UNet, UNetShape
from thirdeye.model.architectures.unet_lite import UNetLite
from thirdeye.model.build import Origin, lite_backbone
from thirdeye.model.dense_network import DenseNetwork

WIDEST = 8  # times the width of the finest level
DROP_PATH = 0.05
PLAIN, LITE, PATCHES = "unet", "unet_lite0", "multiscale_patch"
DENSE_ARCHITECTURES = (PLAIN, LITE, PATCHES)


def build_dense(
    architecture: str, shape: UNetShape | PatchShape, *, supervised: int = 1, pretrained: bool = True
) -> tuple[DenseNetwork, Origin]:
    """A network with fresh answers.

    Args:
        architecture: one of `DENSE_ARCHITECTURES`.
        shape: of a plain U-Net (of "unet_lite0" only its channels in and out count), or of the squares of
            "multiscale_patch".
        supervised: levels that answer while training.
        pretrained: whether the encoder of "unet_lite0" begins with the embedded weights.

    Raises:
        UsageError: the name is unknown, or the shape does not suit it.
    """
    if isinstance(shape, PatchShape):
        if architecture != PATCHES:
            raise UsageError(f"squares belong to {PATCHES}, not to '{architecture}'; leave scales empty")
        return MultiscalePatchNet(shape), Origin(PATCHES, "random", None, "Apache-2.0")
    if architecture == PATCHES:
        raise UsageError(f"{PATCHES} needs the sides of its squares; set scales to some of 25, 51, 75")
    if architecture == PLAIN:
        return UNet(shape, supervised=supervised), Origin(PLAIN, "random", None, "Apache-2.0")
    if architecture != LITE:
        raise UsageError(
            f"no dense network is called '{architecture}'; known are {', '.join(DENSE_ARCHITECTURES)}"
        )
    if shape.axes != 2 or shape.n_in != 3:
        raise UsageError(
            f"{LITE} reads pictures in colour; for {shape.n_in} channels in {shape.axes} axes take {PLAIN}"
        )
    weights = "embedded" if pretrained else "none"
    encoder, origin = lite_backbone("efficientnet_lite0", weights=weights, drop_path=DROP_PATH)
    return UNetLite(encoder, n_out=shape.n_out), origin


def widths(width: int, levels: int) -> tuple[int, ...]:
    """Channels of each level: doubled from level to level, up to `WIDEST` times the first."""
    return tuple(width * min(2**level, WIDEST) for level in range(levels))
