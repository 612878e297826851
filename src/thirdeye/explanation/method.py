"""What a method of attribution is: a reader and images in, signed maps out; and the register of all of them.

Every map answers the same question in the same direction, so that none can come out inverted unnoticed: how
much does a place raise the *score*, a weighted sum of logits (`direction`)? Higher always speaks for the
class. What is drawn is the positive part. A method that cannot say which way is `unsigned`, and what is drawn
of it is told so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import MissingExtra
from thirdeye.registry import Registry

Images = NDArray[np.float32]
Maps = NDArray[np.float32]
Directions = NDArray[np.float32]


@dataclass(frozen=True)
class Subject:
    """What is asked: a reader, or one network of it.

    Args:
        logits: images (B, 3, S, S) in 0..1 to logits (B, K).
        cam: the same images to class activation maps (B, K, h, w).
        networks: the torch networks whose mean it is, for methods that need gradients; empty without torch.
    """

    logits: Callable[[Images], NDArray[np.float32]]
    cam: Callable[[Images], NDArray[np.float32]]
    networks: tuple[Any, ...] = ()


class Method(Protocol):
    """One way to say where the evidence for a class lies."""

    @property
    def title(self) -> str:
        """In words, in the singular, lower case."""

    @property
    def source(self) -> str:
        """The paper."""

    @property
    def sign(self) -> str:
        """What a value is, and what a positive and a negative one mean."""

    @property
    def needs_torch(self) -> bool:
        """Whether it needs gradients; the others ask the ONNX network alone."""

    @property
    def passes(self) -> int:
        """What one image costs, in forward passes (a pass back counts as two)."""

    def maps(self, subject: Subject, images: Images, directions: Directions) -> Maps:
        """Signed maps.

        Args:
            subject: the reader.
            images: (B, 3, S, S) in 0..1.
            directions: (B, V, K): V questions about each image, each the weights of the logits in the score.

        Returns:
            (B, V, h, w), positive where a place raises the score.

        Raises:
            MissingExtra: it needs torch networks, and the subject has none.
        """


@runtime_checkable
class Sampling(Protocol):
    """A method that samples, and may sample less where time is short."""

    def fewer(self, passes: int) -> Method:
        """The same within so many passes, as far as it still says something; never more than now."""


def is_signed(method: Method) -> bool:
    """Whether negative values of its maps speak against the class; not of a method with a true `unsigned`."""
    return not getattr(method, "unsigned", False)


METHODS: Registry[Method] = Registry("attribution")


def direction(shown: NDArray[np.int64], n_outputs: int, *, task: str) -> Directions:
    """The score of the class that is shown of each image, (B, 1, K) weights of the logits.

    The softmax does not see what all classes share, so for single-label tasks the mean over classes is taken
    off (as in `thirdeye.inference.heat_map.evidence`).

    Args:
        shown: (B,) class of each image.
        n_outputs: K.
        task: kind of decision.
    """
    weights = np.eye(n_outputs, dtype=np.float32)[shown]
    if task != "multilabel":
        weights = weights - np.float32(1 / n_outputs)
    return weights[:, None, :].astype(np.float32)


def scores(logits: NDArray[Any], directions: Directions) -> NDArray[np.float64]:
    """(B, V) scores of logits (B, K)."""
    return np.einsum("bk,bvk->bv", logits.astype(np.float64), directions.astype(np.float64))


def networks_of(subject: Subject, title: str) -> tuple[Any, ...]:
    """The torch networks of a subject.

    Raises:
        MissingExtra: there are none.
    """
    if not subject.networks:
        raise MissingExtra(f"a heat map by {title}", "train")
    return subject.networks
