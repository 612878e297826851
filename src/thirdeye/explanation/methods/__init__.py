"""Methods of attribution, each a plugin; importing this package registers them."""

from thirdeye.explanation.method import METHODS
from thirdeye.explanation.methods import cam, grad_cam, integrated_gradients, occlusion, rise, saliency

__all__ = ["METHODS", "cam", "grad_cam", "integrated_gradients", "occlusion", "rise", "saliency"]
