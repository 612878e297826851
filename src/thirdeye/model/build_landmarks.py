"""Networks of landmarks by name."""

from __future__ import annotations

from thirdeye.errors import UsageError
from thirdeye.model.architectures.heat_lite import COARSEST, HeatLite
from thirdeye.model.build import Origin, lite_backbone

DROP_PATH = 0.05
HEAT_LITE = "heat_lite0"


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
