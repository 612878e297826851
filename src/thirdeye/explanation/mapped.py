"""A reading with the heat map of another method than the one that comes out of the pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from thirdeye.case.opinion import HeatMap
from thirdeye.case.study import Study
from thirdeye.explanation.method import Method, direction, is_signed
from thirdeye.explanation.methods import METHODS
from thirdeye.explanation.networks import networks_of_study
from thirdeye.explanation.subject import as_images, of_engine
from thirdeye.inference.heat_map import METHOD, scaled_evidence
from thirdeye.inference.manifest import Manifest
from thirdeye.inference.opine import NOT_EXAMINED, NOT_PASSED, shown_class
from thirdeye.inference.second_opinion import Reading, SecondReader
from thirdeye.transform.prepare import arguments_of, prepare


@dataclass(frozen=True)
class Mapper:
    """Draws heat maps of one method.

    Args:
        reader: of the study.
        name: of the method.
        method: itself.
        networks: of the reader, where the method needs gradients.
    """

    reader: SecondReader
    name: str
    method: Method
    networks: Sequence[Any] = ()

    @classmethod
    def of(cls, study: Study, reader: SecondReader, name: str) -> Mapper:
        """The mapper of a study's reader.

        Raises:
            UsageError: no method has this name.
            MissingExtra: it needs torch, which is not installed.
        """
        method = METHODS.get(name)
        return cls(reader, name, method, networks_of_study(study) if method.needs_torch else ())

    def over(self, reading: Reading) -> Reading:
        """The reading with the map of this method; one that abstains comes back as it is."""
        opinion, manifest = reading.opinion, self.reader.manifest
        if opinion.abstained is not None:
            return reading
        shown = shown_class(manifest, np.array([opinion.probabilities[name] for name in manifest.classes]))
        heat = HeatMap(
            values=self._values(reading, shown),
            method=self.name,
            class_name=manifest.classes[shown],
            passed_sanity=passed(manifest, self.name),
            signed=is_signed(self.method),
        )
        kept = tuple(one for one in opinion.warnings if one not in (NOT_EXAMINED, NOT_PASSED))
        said = {None: (NOT_EXAMINED,), False: (NOT_PASSED,)}.get(heat.passed_sanity, ())
        return replace(reading, opinion=replace(opinion, heat_map=heat, warnings=(*kept, *said)))

    def _values(self, reading: Reading, shown: int) -> Any:
        manifest = self.reader.manifest
        wanted = arguments_of(manifest.input)
        images = as_images(prepare(reading.image, **wanted)[None])
        question = direction(np.array([shown]), len(manifest.classes), task=manifest.task)
        signed = self.method.maps(of_engine(self.reader.engine, self.networks), images, question)[0, 0]
        return scaled_evidence(signed)


def passed(manifest: Manifest, name: str) -> bool | None:
    """Whether maps of a method passed the study's exam; None where it was not examined."""
    methods = manifest.sanity.get("methods", {})
    if name in methods:
        verdict: bool | None = methods[name]
        return verdict
    return manifest.sanity.get("passed") if name == METHOD else None


def method_to_show(manifest: Manifest) -> str:
    """The method that a study shows, as its exam chose."""
    return str(manifest.sanity.get("method") or METHOD)
