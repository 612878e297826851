"""Going through the images of a case, or the slices of a volume; sentences on whole cases in French."""

from __future__ import annotations

import pytest

from thirdeye.inference.fusion.reading import NO_SETS, NOT_BETTER
from thirdeye.reading_room.telling.foreign import foreign
from thirdeye.reading_room.telling.looks import looks
from thirdeye.reading_room.telling.opinion import heat_map
from thirdeye.reading_room.telling.speech import Speech

HEAT = {"method": "cam", "class": "ill", "passed_sanity": True}


def _form(*found, abstained=None):
    return {"source": "image 3", "abstained": abstained, "looks": list(found)}


def _image(number, heat):
    return {"image": number, "picture": f"plain_{number}", "map": f"heat_map_{number}", "heat_map": heat}


def test_a_map_is_offered_only_where_it_may_be_shown() -> None:
    failed = {**HEAT, "passed_sanity": False}
    said = looks(_form(_image(1, HEAT), _image(3, failed), _image(4, None)), Speech("en"), heat_map)
    assert said is not None
    assert [one["map"] for one in said["all"]] == ["heat_map_1", "", ""]
    assert "“ill”" in said["all"][0]["text"]
    assert (said["kind"], said["first"]) == ("image", 1)  # the image that the opinion is about


def test_an_abstention_has_images_and_no_map() -> None:
    said = looks(_form(_image(1, HEAT), _image(3, HEAT), abstained="unlike"), Speech("en"), heat_map)
    assert said is not None
    assert {one["map"] for one in said["all"]} == {""}
    assert {one["text"] for one in said["all"]} == {""}


def test_slices_begin_with_the_fullest() -> None:
    found = [{"slice": n, "of": 30, "picture": f"slice_{n}", "first": n == 8} for n in (7, 8, 9)]
    said = looks(_form(*found), Speech("fr"), heat_map)
    assert said is not None
    assert (said["kind"], said["first"], said["all"][1]["label"]) == ("slice", 1, "coupe 8 sur 30")
    assert "3 coupes sur 30" in said["told"]


def test_one_picture_needs_no_choice() -> None:
    assert looks(_form(_image(3, HEAT)), Speech("en"), heat_map) is None
    assert looks({"source": "image 1", "abstained": None}, Speech("en"), heat_map) is None


@pytest.mark.parametrize("sentence", [NO_SETS, NOT_BETTER])
def test_sentences_on_whole_cases_are_said_in_french(sentence) -> None:
    assert foreign(sentence, "fr") not in (None, sentence)
