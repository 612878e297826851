"""Names of classes: for people, never keys."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest

from thirdeye.case.known_names import recognised
from thirdeye.case.names import LANGUAGES, ClassNames, checked, fitting
from thirdeye.case.study import Study
from thirdeye.case.study_names import NAMES_FILE, names_of
from thirdeye.errors import StudyMismatch, UsageError

HAM = ("akiec", "bcc", "bkl", "df", "mel", "nv", "vasc")
NAMES = ClassNames({"mel": {"en": "melanoma", "fr": "mélanome"}, "nv": {"en": "naevus"}}, "given")


@pytest.mark.parametrize(
    ("name", "language", "said"),
    [
        ("mel", "fr", "mélanome"),
        ("nv", "fr", "naevus"),
        ("bkl", "fr", "bkl"),
        ("mel|bkl", "en", "melanoma|bkl"),
    ],
)
def test_a_name_in_the_language_else_in_english_else_the_class(name, language, said) -> None:
    assert NAMES.of(name, language) == said


def test_names_come_back_as_they_were_kept() -> None:
    assert ClassNames.from_json(json.loads(json.dumps(NAMES.as_json()))) == NAMES
    assert NAMES.changed(["mel", "bkl"]) == {"mel": "melanoma"}


@pytest.mark.parametrize("form", [[], {"version": 2}, {"version": 1, "source": "x", "names": ["mel"]}, None])
def test_another_form_is_refused(form) -> None:
    with pytest.raises(UsageError, match="names of classes"):
        ClassNames.from_json(form)


@pytest.mark.parametrize("said", ["", "  ", "a\nb", "a|b", "x" * 81, "\u202emalignant", 7, None])
def test_what_cannot_stand_before_people_is_no_name(said) -> None:
    with pytest.raises(UsageError, match="cannot be the name of 'mel'"):
        checked({"mel": said})


def test_a_language_that_is_not_known_is_refused() -> None:
    with pytest.raises(UsageError, match="'de' is no language here"):
        checked({"mel": {"de": "Melanom"}})


def test_a_class_that_is_not_there_names_the_near_one() -> None:
    with pytest.raises(UsageError, match="'mell' is no class of this study; did you mean 'mel'"):
        fitting(ClassNames({"mell": {"en": "melanoma"}}), HAM)


@pytest.mark.parametrize(
    "other", [{"nv": {"en": "Melanoma"}}, {"nv": {"en": "naevus", "fr": "mélanome"}}, {"nv": {"en": "bkl"}}]
)
def test_two_classes_are_never_called_alike(other) -> None:
    with pytest.raises(UsageError, match="two classes would be called"):
        fitting(ClassNames({**NAMES.by_class, **other}), HAM)


def test_a_well_known_list_is_recognised_as_a_whole_only() -> None:
    found = recognised(HAM)
    assert found is not None
    assert (found.of("mel"), found.of("mel", "fr")) == ("melanoma", "mélanome")
    assert "HAM10000" in found.source
    assert recognised([name.upper() for name in HAM[::-1]]).of("MEL") == "melanoma"
    assert recognised(HAM[1:]) is None
    assert recognised((*HAM, "scc")) is None
    assert recognised(["0", "1"]) is None


def test_every_known_list_can_be_told_apart_and_fits() -> None:
    lists = json.loads(files("thirdeye.case").joinpath("known_names.json").read_text(encoding="utf-8"))
    keys = [frozenset(code.casefold() for code in one["classes"]) for one in lists]
    assert len(set(keys)) == len(keys)
    for one in lists:
        names = recognised(list(one["classes"]))
        assert names is not None
        fitting(ClassNames(checked(names.by_class)), one["classes"])
        assert all(set(said) == set(LANGUAGES) for said in names.by_class.values())


def test_given_names_come_before_recognised_ones_and_none_switches_them_off(tmp_path) -> None:
    study = Study(tmp_path)
    assert names_of(study, HAM).of("bcc") == "basal cell carcinoma"
    study.write_json(NAMES_FILE, NAMES.as_json())
    assert names_of(study, HAM).of("bcc") == "bcc"
    study.write_json(NAMES_FILE, {"version": 1, "source": "nobody", "names": {}})
    assert names_of(study, HAM).changed(HAM) == {}
    study.write_text(NAMES_FILE, '{"version": 1, "source": "x", "names": {"mel": 3}}')
    with pytest.raises(StudyMismatch, match="thirdeye names STUDY FILE"):
        names_of(study, HAM)
