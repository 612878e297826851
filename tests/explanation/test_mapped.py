"""A reading drawn by another method: the right place, the right verdict, the right warning."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from thirdeye.case.study import Study
from thirdeye.errors import UsageError
from thirdeye.explanation.mapped import Mapper
from thirdeye.explanation.opinion_pictures import pictures_of
from thirdeye.inference.opine import NOT_PASSED
from thirdeye.inference.second_opinion import Reading, SecondReader


def read(study: Path, image, sanity: dict) -> tuple[SecondReader, Reading]:
    reader = SecondReader.load(study)
    reader.manifest = replace(reader.manifest, sanity=sanity)
    return reader, Reading(reader.read_images([image])[0], image)


@pytest.mark.parametrize("name", ["occlusion", "rise"])
def test_the_blob_is_marked_without_torch(blob_study: Path, blob_image, name: str) -> None:
    image = blob_image(np.random.default_rng(0), positive=True, at=(10, 28))
    reader, reading = read(blob_study, image, {"passed": True, "method": name, "methods": {name: True}})
    assert reading.opinion.heat_map is None  # drawn only where a picture is wanted
    mapped = Mapper.of(Study(blob_study), reader, name).over(reading)
    heat = mapped.opinion.heat_map
    assert (heat.method, heat.passed_sanity) == (name, True)
    peak = (np.array(np.unravel_index(heat.values.argmax(), heat.values.shape)) + 0.5) / heat.values.shape
    assert np.abs(peak * 40 - (10, 28)).max() <= 6
    assert heat.values.max() == pytest.approx(1)
    assert pictures_of(mapped, reader.manifest).overlay is not None


def test_a_method_that_failed_is_drawn_for_who_asks_with_a_warning(blob_study: Path, blob_image) -> None:
    image = blob_image(np.random.default_rng(0), positive=True)
    sanity = {"passed": True, "method": "cam", "methods": {"cam": True, "occlusion": False}}
    reader, reading = read(blob_study, image, sanity)
    assert NOT_PASSED not in reading.opinion.warnings
    mapped = Mapper.of(Study(blob_study), reader, "occlusion").over(reading)
    assert NOT_PASSED in mapped.opinion.warnings
    assert pictures_of(mapped, reader.manifest).overlay is None
    assert pictures_of(mapped, reader.manifest, failed_too=True).overlay is not None


def test_a_map_by_gradients_has_no_direction(blob_study: Path, blob_image, make_network) -> None:
    image = blob_image(np.random.default_rng(0), positive=True, at=(10, 28))
    reader, reading = read(
        blob_study, image, {"passed": True, "method": "cam", "methods": {"saliency": None}}
    )
    mapper = replace(Mapper.of(Study(blob_study), reader, "saliency"), networks=[make_network().eval()])
    heat = mapper.over(reading).opinion.heat_map
    assert (heat.method, heat.signed, heat.passed_sanity) == ("saliency", False, None)
    assert 0 <= heat.values.min() < heat.values.max() == pytest.approx(1)
    assert Mapper.of(Study(blob_study), reader, "occlusion").over(reading).opinion.heat_map.signed


def test_an_unknown_method(blob_study: Path) -> None:
    with pytest.raises(UsageError, match="occlusion"):
        Mapper.of(Study(blob_study), SecondReader.load(blob_study), "occlusio")
