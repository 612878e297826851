"""Class activation map: exact for networks that end in global average pooling and a linear head."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from thirdeye.explanation.method import METHODS, Directions, Images, Maps, Subject


@dataclass(frozen=True)
class ClassActivationMap:
    """The score itself, before it is averaged over places. It comes out of the pass that reads."""

    title: str = "class activation map"
    source: str = "Zhou et al., CVPR 2016"
    sign: str = "share of the score; positive speaks for the class, negative against it"
    needs_torch: bool = False
    passes: int = 1

    def maps(self, subject: Subject, images: Images, directions: Directions) -> Maps:
        """See `thirdeye.explanation.method.Method.maps`; the mean over places is the score, bias aside."""
        return np.einsum("bkhw,bvk->bvhw", subject.cam(images), directions).astype(np.float32)


METHODS.register("cam")(ClassActivationMap())
