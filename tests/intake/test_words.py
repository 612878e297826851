from __future__ import annotations

import os

import pytest

from thirdeye.intake.words import counted, duration_in_words, joined_by_and, listed, plain, shown_name, tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Image ID", "image_id"),
        ("Hôpital", "hopital"),
        ("__a--b__", "a_b"),
        ("M/F", "m_f"),
        ("日本", "日本"),
        ("", ""),
    ],
)
def test_plain(text: str, expected: str) -> None:
    assert plain(text) == expected


def test_tokens_split_case_and_digits() -> None:
    assert tokens("NoFinding") == ("no", "finding")
    assert tokens("COVID-19") == ("covid", "19")
    assert tokens("class1") == ("class", "1")


def test_listed_and_counted() -> None:
    assert listed(["a", "b", "c"], 2) == "a, b and 1 more"
    assert counted(1, "image") == "1 image"
    assert counted(1860, "image") == "1,860 images"


def test_names_are_safe_on_a_terminal() -> None:
    assert shown_name("a\nb\x1b[31m") == "a\\nb\\x1b[31m"
    assert shown_name(os.fsdecode(b"\xe9")) == "\\udce9"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "less than a second"), (1.2, "1 second"), (40, "40 seconds"), (200, "3 minutes")],
)
def test_duration(seconds: float, words: str) -> None:
    assert duration_in_words(seconds) == words


@pytest.mark.parametrize(
    ("parts", "expected"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_joined_by_and(parts: list[str], expected: str) -> None:
    assert joined_by_and(parts) == expected
