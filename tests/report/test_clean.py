"""Text made fit to be shown."""

import pytest

from thirdeye.report.clean import clean, clean_tree, shorten, typeset


def test_what_cannot_be_seen_becomes_visible() -> None:
    assert clean("a\nb\tc\x00d\u202ee\x1b[0m") == "a↵b c�d�e�[0m"


def test_letters_of_every_script_stay() -> None:
    text = "Ångström αβγ Жизнь 肺炎 <b>&amp;</b> $x$"
    assert clean(text) == text


def test_different_names_stay_different() -> None:
    assert clean("a\nb") != clean("a b")


def test_trees_are_cleaned_to_the_leaves() -> None:
    assert clean_tree({"a\n": ["b\r", {"c": ("d\x07", 1, None)}]}) == {"a↵": ["b↵", {"c": ["d�", 1, None]}]}


def test_shortening() -> None:
    assert shorten("abcdef", 6) == "abcdef"
    assert shorten("abcdefg", 6) == "abcde…"


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("difference -0.040 to +0.060 (95 % interval)", "difference −0.040 to +0.060 (95% interval)"),
        ("known to about +-9 points", "known to about ±9 points"),
        ("2026-11-22, case A-7, p 1-3", "2026-11-22, case A-7, p 1-3"),
        ("+4 points (interval -7 to +14)", "+4 points (interval −7 to +14)"),
    ],
)
def test_sentences_of_other_rooms_are_written_as_the_report_writes(said: str, written: str) -> None:
    assert typeset(said) == written
