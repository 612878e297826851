"""An opinion as people see it: each class by its name. Programs get the classes themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any

from thirdeye.case.fused import Fused
from thirdeye.case.names import ClassNames
from thirdeye.case.opinion import Opinion
from thirdeye.inference.named_sentences import with_names

Say = Callable[[str], str]


def named(opinion: Opinion, names: ClassNames, language: str = "en") -> Opinion:
    """The opinion with every class called by its name; for people alone, as names are no keys.

    Args:
        opinion: of a reader, by its classes.
        names: of the classes.
        language: of the names.
    """
    if not names.by_class:
        return opinion

    def say(name: str) -> str:
        return names.of(name, language)

    def maybe(name: str | None) -> str | None:
        return None if name is None else say(name)

    heat = opinion.heat_map
    return replace(
        opinion,
        probabilities=_keyed(opinion.probabilities, say),
        predicted=maybe(opinion.predicted),
        positive=maybe(opinion.positive),
        heat_map=None if heat is None else replace(heat, class_name=say(heat.class_name)),
        regions=tuple(replace(one, structure=say(one.structure)) for one in opinion.regions),
        boxes=tuple(replace(one, name=say(one.name)) for one in opinion.boxes),
        landmarks=tuple(replace(one, name=say(one.name)) for one in opinion.landmarks),
        looked_for=tuple(map(say, opinion.looked_for)),
        frequencies=tuple(replace(one, class_name=say(one.class_name)) for one in opinion.frequencies),
        sets=tuple(replace(one, classes=tuple(map(say, one.classes))) for one in opinion.sets),
        similar=tuple(replace(one, label=say(one.label)) for one in opinion.similar),
        levels={level: _keyed(values, say) for level, values in opinion.levels.items()},
        unvalidated=tuple(with_names(one, names.by_class, say) for one in opinion.unvalidated),
        measured=tuple(replace(one, about=say(one.about)) for one in opinion.measured),
        fused=None if opinion.fused is None else _fused(opinion.fused, say),
    )


def named_reading(reading: Any, names: ClassNames) -> Any:
    """A reading, of whatever task, with its classes called by their names in English.

    Args:
        reading: with an ``opinion``, and the names of what it draws where it draws them; a failure stays.
        names: of the classes.
    """
    if not names.by_class or not hasattr(reading, "opinion"):
        return reading
    drawn = {
        one.name: tuple(map(names.of, getattr(reading, one.name)))
        for one in fields(reading)
        if one.name in ("names", "structures")
    }
    return replace(reading, opinion=named(reading.opinion, names), **drawn)


def _keyed(values: Mapping[str, float], say: Say) -> dict[str, float]:
    return {say(name): value for name, value in values.items()}


def _fused(fused: Fused, say: Say) -> Fused:
    images = tuple(replace(one, probabilities=_keyed(one.probabilities, say)) for one in fused.images)
    return replace(fused, images=images, by_images=_keyed(fused.by_images, say))
