"""Past cases that look alike, added to an opinion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from thirdeye.case.opinion import Opinion
from thirdeye.case.study import Study
from thirdeye.inference.advice import Seen
from thirdeye.inference.manifest import Manifest
from thirdeye.inference.similar.finder import Finder
from thirdeye.inference.similar.gallery import NOTHING
from thirdeye.inference.similar.kept import NAME, read_finder
from thirdeye.inference.similar.patients import PATIENT, digests_of


class SimilarAdviser:
    """Opens its files when the first opinion asks for them.

    Args:
        study: whose reader it is.
        kept: the entry "similar" of the trust in ``model.json``.
    """

    def __init__(self, study: Study, kept: Mapping[str, Any]) -> None:
        self._study = study
        self._kept = kept

    @cached_property
    def finder(self) -> Finder:
        """Of the study."""
        return read_finder(self._study, self._kept)

    def advise(self, opinion: Opinion, seen: Seen) -> Opinion:
        """The opinion with similar cases; the own patient's are left out where the image says whose it is."""
        if opinion.abstained is not None:
            return opinion
        own = digests_of(seen.image.attributes.get(PATIENT))
        answer = opinion.predicted
        if opinion.task == "multilabel":
            answer = answer or NOTHING
        found = self.finder.find(seen.features, seen.prepared, answer=answer, own=own)
        return replace(opinion, similar=found)


def similar_adviser(study: Study, manifest: Manifest) -> SimilarAdviser | None:
    """Of a reader that keeps similar cases."""
    kept = manifest.trust.get(NAME)
    return SimilarAdviser(study, kept) if kept else None
