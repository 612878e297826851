"""One member of the robust deep model: what is prepared once, and the repeats that are averaged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.recipes.learning.admci_files import kept
from thirdeye.recipes.learning.admci_repeat import PARTS, Prepared, Repeat
from thirdeye.recipes.system import ANSWER, Cases, Logits


@dataclass(frozen=True)
class DeepModel:
    """One member: a preparation, and repeats that are averaged."""

    prepared: Prepared
    repeats: tuple[Repeat, ...]

    def say(self, cases: Cases) -> Mapping[str, Logits]:
        """The support vector machine on the learnt features, and each part by itself."""
        visible = self.prepared.visible(cases.arrays["measurements"])
        said = [one.say(visible) for one in self.repeats]
        return {name: np.mean([one[name] for one in said], axis=0) for name in (ANSWER, *PARTS)}

    def score(self, name: str, cases: Cases) -> NDArray[np.float64]:
        """(n,) of a clinical score."""
        visible = self.prepared.visible(cases.arrays["measurements"])
        return np.asarray(np.mean([one.network.score(name, visible) for one in self.repeats], axis=0))

    def keep(self) -> Mapping[str, NDArray[Any]]:
        """Preparation and weights."""
        return kept(self.prepared, self.repeats)
