"""Names of classes as people write them down."""

from __future__ import annotations

import json

import pytest

from thirdeye.errors import UsageError
from thirdeye.intake.name_table import read_names

BOTH = {"mel": {"en": "melanoma", "fr": "mélanome"}, "nv": {"en": "naevus"}}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "class,name,fr\nmel,melanoma,mélanome\nnv,naevus,\n"),
        ("a.csv", "\ufeffClass;EN;FR\nmel;melanoma;mélanome\n\nnv;naevus;\n"),
        ("a.tsv", "code\tname\tfr\nmel\tmelanoma\tmélanome\nnv\tnaevus\t\n"),
        ("a.json", '{"mel": {"en": "melanoma", "fr": "mélanome"}, "nv": "naevus"}'),
        ("a.json", json.dumps({"version": 1, "source": "x", "names": BOTH})),
    ],
)  # fmt: skip
def test_a_table_or_json(tmp_path, name, text) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    found = read_names(tmp_path / name)
    assert found.by_class == BOTH
    assert found.source == f"given in {name}"


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("a.csv", "", "it is empty"),
        ("a.csv", "mel,melanoma\nnv,naevus\n", "expected CSV with the columns class,name"),
        ("a.csv", "class,name\nmel,melanoma\nmel,mole\n", "'mel' is named twice"),
        ("a.csv", "class,name\nmel,a|b\n", "cannot be the name of 'mel'"),
        ("a.json", "[1]", "expected CSV"),
        ("a.json", "{", "no JSON"),
        ("none.csv", None, "it cannot be read"),
    ],
)
def test_anything_else_is_refused_with_the_reason(tmp_path, name, text, why) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(UsageError, match=why):
        read_names(tmp_path / name)
