from pathlib import Path

from thirdeye.case.study import Study
from thirdeye.journey.origin import PUBLISHED_FILE, origin_json, write_origin
from thirdeye.journey.published import named


def test_what_was_claimed_is_kept_with_how_it_is_known() -> None:
    asked = named("lakhani2017", ["plain"], lighter=True)
    assert asked is not None
    told = origin_json(asked)
    assert told["id"] == "lakhani2017"
    assert told["lighter"]
    assert told["flaws"] == ["one arm went without turns and CLAHE, and was worse"]
    assert told["claimed"]["known"].startswith("from memory")
    assert (told["fixture"], told["small"]) == ("", [])


def test_a_fixture_is_named_with_the_values_that_make_it_small() -> None:
    asked = named("lakhani2017")
    assert asked is not None
    told = origin_json(asked, fixture=True)
    assert told["fixture"].startswith("370 drawn chest films")
    assert "epochs" in told["small"]


def test_only_a_study_that_follows_a_system_has_the_file(tmp_path: Path) -> None:
    place = Study(tmp_path)
    assert write_origin(place, None) == []
    assert not place.has(PUBLISHED_FILE)
    assert write_origin(place, named("lenet5")) == [PUBLISHED_FILE]
    assert place.read_json(PUBLISHED_FILE)["version"] == 1
