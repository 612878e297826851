"""Whose class is whose: same names are matched, others only as the user says."""

from __future__ import annotations

import pytest

from thirdeye.errors import DataRefused, UsageError
from thirdeye.journey.external.classes import match_classes

OURS = ("normal", "pneumonia")


def test_case_accents_and_punctuation_do_not_count() -> None:
    match = match_classes(["Pneumonia ", "NORMAL"], OURS)
    assert dict(match.known) == {"Pneumonia ": "pneumonia", "NORMAL": "normal"}
    assert (match.extra, match.missing) == ((), ())


def test_other_names_are_refused_with_both_sides() -> None:
    with pytest.raises(DataRefused) as refused:
        match_classes(["healthy", "ill"], OURS)
    for word in ("healthy", "ill", "normal", "pneumonia", "--map"):
        assert word in str(refused.value)


def test_a_name_left_on_both_sides_is_never_guessed() -> None:
    with pytest.raises(DataRefused, match="pneumonia=viral"):
        match_classes(["normal", "viral"], OURS)


def test_the_user_may_join_classes_and_leave_others_out() -> None:
    match = match_classes(
        ["NORMAL", "bacterial", "viral", "covid"], OURS, mapping={"Pneumonia": ["bacterial", "VIRAL"]}
    )
    assert dict(match.known) == {"NORMAL": "normal", "bacterial": "pneumonia", "viral": "pneumonia"}
    assert match.extra == ("covid",)
    assert any("covid" in sentence for sentence in match.sentences())


def test_a_class_too_many_is_left_out_and_one_too_few_is_told() -> None:
    assert match_classes(["normal", "pneumonia", "covid"], OURS).extra == ("covid",)
    match = match_classes(["pneumonia"], OURS)
    assert match.missing == ("normal",)
    assert "no case of normal" in match.sentences()[0]


def test_the_positive_class_names_the_other_too() -> None:
    match = match_classes(["0", "1"], OURS, positive=("pneumonia", "1"))
    assert dict(match.known) == {"0": "normal", "1": "pneumonia"}


def test_names_that_do_not_exist_or_contradict() -> None:
    with pytest.raises(UsageError, match="the data has no class 'flu'"):
        match_classes(["normal", "viral"], OURS, mapping={"pneumonia": ["flu"]})
    with pytest.raises(UsageError, match="the reader has no class 'flu'"):
        match_classes(["normal", "viral"], OURS, mapping={"flu": ["viral"]})
    with pytest.raises(UsageError, match="two meanings"):
        match_classes(["a", "b"], OURS, mapping={"normal": ["a"], "pneumonia": ["a"]})
    with pytest.raises(UsageError, match="--positive says"):
        match_classes(["a", "b"], OURS, mapping={"normal": ["a"]}, positive=("pneumonia", "a"))
