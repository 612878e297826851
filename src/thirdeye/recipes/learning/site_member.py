"""Three networks of two sites, as one member of the cross-site design: read without torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.cross_site import by_prevalence
from thirdeye.inference.engine import Engine, Pass, joined
from thirdeye.recipes.system import Cases, Logits

BATCH = 32
FIRST, SECOND, BY_SITE = "first_site", "second_site", "by_site"


@dataclass(frozen=True)
class SiteMember:
    """One member: three networks, what each site's share of positives was, and a probe for the site.

    Args:
        files: source to the content of an ONNX file.
        prevalence: (3,) of the first site, the second, and both together.
        probe: (2, C + 1), see `thirdeye.training.sites.learn.site_probe`.
        positive: number of the positive class.
        threads: of one pass.
        finding: which output of the networks is the question, where they answer for several findings at once;
            None where they have two outputs, the second for the positive class.
    """

    files: Mapping[str, bytes]
    prevalence: NDArray[np.float64]
    probe: NDArray[np.float64]
    positive: int
    threads: int = 1
    finding: int | None = None

    @cached_property
    def engines(self) -> Mapping[str, Engine]:
        """Source to what runs it."""
        return {name: Engine(content, threads=self.threads) for name, content in self.files.items()}

    def seen(self, source: str, pixels: NDArray[np.uint8]) -> Pass:
        """What one network makes of prepared films."""
        return seen(self.engines[source], pixels)

    def say(self, cases: Cases) -> Mapping[str, Logits]:
        """The network of both sites, those of either, and the share of positives at each film's site."""
        pixels = cases.arrays["pixels"]
        answers = {name: self.two_classes(self.seen(name, pixels).logits) for name in self.files}
        shares = dict(enumerate(self.prevalence[:2]))
        known = {str(number): float(share) for number, share in shares.items()}
        trivial = by_prevalence(cases.arrays["site"].astype(str), known, elsewhere=float(self.prevalence[2]))
        logits = np.zeros((len(trivial), 2))
        logits[:, self.positive] = np.log(trivial / (1 - trivial))
        return {**answers, BY_SITE: logits}

    def two_classes(self, logits: NDArray[np.float32]) -> Logits:
        """(n, 2) logits of the question in the order of the classes, from the outputs of a network."""
        pair = logits.astype(np.float64)
        if self.finding is not None:
            pair = np.stack([np.zeros(len(pair)), pair[:, self.finding]], axis=1)
        return pair if self.positive == 1 else pair[:, ::-1]

    @property
    def output(self) -> int:
        """The output whose map is that of the positive class."""
        return 1 if self.finding is None else self.finding

    def site_of(self, features: NDArray[np.float32]) -> NDArray[np.int64]:
        """(n,) number of the site that the probe tells from what the network of both sees."""
        scores = features @ self.probe[:, :-1].T + self.probe[:, -1]
        return np.asarray(scores.argmax(axis=1))

    def keep(self) -> Mapping[str, NDArray[Any]]:
        """Networks as bytes, and the numbers."""
        files = {f"onnx/{name}": np.frombuffer(content, np.uint8) for name, content in self.files.items()}
        return {
            **files, "prevalence": self.prevalence, "probe": self.probe, "positive": np.array(self.positive),
            "finding": np.array(-1 if self.finding is None else self.finding),
        }  # fmt: skip


def seen(engine: Engine, pixels: NDArray[np.uint8]) -> Pass:
    """Prepared films (n, S, S, 3) read in batches."""
    parts = []
    for at in range(0, len(pixels), BATCH):
        images = pixels[at : at + BATCH].transpose(0, 3, 1, 2).astype(np.float32) / np.float32(255)
        parts.append(engine.run(np.ascontiguousarray(images)))
    return joined(parts)
