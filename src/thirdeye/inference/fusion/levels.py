"""The levels of a taxonomy in an opinion: classes are summed up into kinds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from thirdeye.case.opinion import Opinion
from thirdeye.case.study import Study
from thirdeye.case.taxonomy import Level
from thirdeye.errors import StudyMismatch
from thirdeye.inference.advice import Seen
from thirdeye.inference.manifest import Manifest
from thirdeye.inference.opine import verdicts

NAME = "levels"
LEAVES = "classes"


@dataclass(frozen=True)
class LevelDecision:
    """One level with its thresholds; what tells a verdict from a probability (`opine.Thresholds`).

    Args:
        level: the kinds.
        positive: the kind that counts as diseased, where there are two; else None.
        operating_points: on its probability, as in `Manifest`.
    """

    level: Level
    positive: str | None
    operating_points: tuple[Mapping[str, Any], ...]

    @property
    def classes(self) -> tuple[str, ...]:
        """The kinds."""
        return self.level.names

    def named_points(self) -> LevelDecision:
        """The same with the kind in the name of each operating point ("malignant, youden")."""
        points = tuple(
            {**point, "name": f"{self.positive}, {point['name']}"} for point in self.operating_points
        )
        return replace(self, operating_points=points)

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {
            "name": self.level.name, "groups": {name: list(held) for name, held in self.level.groups.items()},
            "positive": self.positive, "operating_points": [dict(point) for point in self.operating_points],
        }  # fmt: skip

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> LevelDecision:
        """The decision that `as_json` wrote."""
        groups = {name: tuple(held) for name, held in form["groups"].items()}
        return cls(Level(form["name"], groups), form["positive"], tuple(form["operating_points"]))


def with_levels(opinion: Opinion, levels: Sequence[LevelDecision], classes: Sequence[str]) -> Opinion:
    """The opinion with its probabilities at each level, finest last, and verdicts where kinds are two."""
    if opinion.abstained is not None or not opinion.probabilities or not levels:
        return opinion
    leaves = np.array([[opinion.probabilities[name] for name in classes]])
    told: dict[str, dict[str, float]] = {}
    said = list(opinion.verdicts)
    for one in levels:
        summed = one.level.sum(leaves, classes)[0].clip(0, 1)
        told[one.level.name] = dict(zip(one.classes, map(float, summed), strict=True))
        said += verdicts(one.named_points(), summed)
    told[LEAVES] = dict(opinion.probabilities)
    return replace(opinion, levels=told, verdicts=tuple(said))


@dataclass(frozen=True)
class LevelAdviser:
    """Sums up the classes of each opinion.

    Args:
        levels: the coarsest first.
        classes: of the reader.
    """

    levels: tuple[LevelDecision, ...]
    classes: tuple[str, ...]

    def advise(self, opinion: Opinion, seen: Seen) -> Opinion:
        """The opinion with its levels."""
        return with_levels(opinion, self.levels, self.classes)


def levels_from_json(forms: Sequence[Mapping[str, Any]]) -> tuple[LevelDecision, ...]:
    """What `LevelDecision.as_json` wrote, of each level.

    Raises:
        StudyMismatch: it is damaged.
    """
    try:
        return tuple(LevelDecision.from_json(form) for form in forms)
    except (KeyError, TypeError, AttributeError) as error:
        raise StudyMismatch(f"model.json is damaged where it speaks of the taxonomy: {error}") from error


def level_adviser(study: Study, manifest: Manifest) -> LevelAdviser | None:
    """Of a reader that knows a taxonomy."""
    forms = manifest.trust.get(NAME)
    return LevelAdviser(levels_from_json(forms), manifest.classes) if forms else None
