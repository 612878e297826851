"""Networks of landmarks by name."""

from __future__ import annotations

from thirdeye.errors import UsageError
from thirdeye.model.architectures.heat_lite import COARSEST, HeatLite
from thirdeye.model.architectures.landmark_patches import LandmarkPatches
from thirdeye.model.build import Origin, lite_backbone
from thirdeye.model.dense_network import DenseNetwork
from thirdeye.plan.landmarks.plan import LandmarkPlan

DROP_PATH = 0.05
HEAT_LITE = "heat_lite0"
PATCHES = "landmark_patches"


def build_landmarks(
    architecture: str,
    *,
    n_out: int,
    widths: tuple[int, ...],
    coarsest: int = COARSEST,
    pretrained: bool = True,
) -> tuple[HeatLite, Origin]:
    """A network that draws heat maps, with a fresh decoder.

    Args:
        architecture: "heat_lite0".
        n_out: landmarks.
        widths: channels of the decoder, the coarsest level first.
        coarsest: stride of the deepest features, 16 or 32.
        pretrained: whether the encoder begins with the embedded weights.

    Raises:
        UsageError: the name is unknown.
    """
    if architecture != HEAT_LITE:
        raise UsageError(f"no network of landmarks is called '{architecture}'; known is {HEAT_LITE}")
    weights = "embedded" if pretrained else "none"
    encoder, origin = lite_backbone("efficientnet_lite0", weights=weights, drop_path=DROP_PATH)
    return HeatLite(encoder, n_out=n_out, widths=widths, coarsest=coarsest), origin


def build_first(plan: LandmarkPlan) -> tuple[DenseNetwork, Origin]:
    """The network of a plan's first look.

    Raises:
        UsageError: the name is unknown.
    """
    if plan.architecture != PATCHES:
        return build_landmarks(plan.architecture, n_out=len(plan.classes), widths=plan.widths)
    network = LandmarkPatches(
        n_in=plan.channels, n_out=len(plan.classes), widths=plan.widths, patch=plan.patch_px,
        stride=plan.stride, is_shared=plan.networks == "shared",
    )  # fmt: skip
    return network, Origin(PATCHES, "random", None, "Apache-2.0")
