"""Small pictures of past cases, for the pages of new ones; only where the files are at hand."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from thirdeye.case.image import Image
from thirdeye.case.opinion import Opinion
from thirdeye.case.reliance import SimilarCase
from thirdeye.case.study import Study
from thirdeye.errors import StudyMismatch
from thirdeye.explanation.overlay import display, png_bytes
from thirdeye.inference.manifest import Manifest
from thirdeye.intake.pixels import load_image
from thirdeye.intake.reference import is_elsewhere
from thirdeye.intake.unpack import is_packed
from thirdeye.intake.workers import Task, each, limit_for

THUMBNAIL_PX = 160
PROVENANCE = "provenance.json"


class PastPictures:
    """Opens past cases where they lay when the study was made; keeps what it has drawn.

    Args:
        roots: name of an archive to the place of its images; None: of the study's own.
        intensity: as the reader is shown images, see `thirdeye.transform.prepare`.
    """

    def __init__(self, roots: Mapping[str | None, Path], *, intensity: str) -> None:
        self._roots = roots
        self._intensity = intensity
        self._drawn: dict[tuple[str | None, str], bytes | None] = {}

    def of(self, opinion: Opinion) -> dict[SimilarCase, bytes]:
        """PNG of each similar case whose file is there and can be read."""
        new = [one for one in opinion.similar if _key(one) not in self._drawn]
        self._draw([one for one in new if one.archive in self._roots and not is_elsewhere(one.image)])
        pictures = {one: self._drawn.get(_key(one)) for one in opinion.similar}
        return {one: png for one, png in pictures.items() if png is not None}

    def _draw(self, cases: list[SimilarCase]) -> None:
        tasks = [Task((root := self._roots[one.archive], one.image), limit_for(root)) for one in cases]
        with closing(each(load_image, tasks, count=1)) as images:
            for one, image in zip(cases, images, strict=True):
                self._drawn[_key(one)] = self._small(image) if isinstance(image, Image) else None

    def _small(self, image: Image) -> bytes:
        return png_bytes(display(image, intensity=self._intensity, largest_side=THUMBNAIL_PX))


def past_pictures(study: Path, manifest: Manifest) -> PastPictures:
    """Pictures of the past cases of a study; none where the data are not where they were, or packed.

    Args:
        study: folder.
        manifest: of its reader.
    """
    place = Study(study)
    roots = {name: root for name, root in _places(place, manifest) if root.exists() and not is_packed(root)}
    return PastPictures(roots, intensity=manifest.input["intensity"])


def _places(study: Study, manifest: Manifest) -> list[tuple[str | None, Path]]:
    galleries = (manifest.trust.get("similar") or {}).get("galleries") or ()
    found: list[tuple[str | None, Path]] = [
        (str(one["name"]), study.folder / str(one["place"])) for one in galleries if one.get("place")
    ]
    data = _data(study)
    if data.get("place"):
        place = (study.folder / str(data["place"])).resolve()
        found.append((None, (place / str(data.get("root_below", "."))).resolve()))  # of a table: TABLE/..
    return found


def _data(study: Study) -> Mapping[str, Any]:
    """Where the data of the study lay, as it remembers."""
    try:
        found = study.read_json(PROVENANCE).get("data")
    except (StudyMismatch, AttributeError):
        return {}
    return found if isinstance(found, dict) else {}


def _key(one: SimilarCase) -> tuple[str | None, str]:
    return one.archive, one.image
