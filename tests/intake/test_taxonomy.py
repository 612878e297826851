"""Taxonomies as files."""

import json
from pathlib import Path

import pytest

from thirdeye.errors import UsageError
from thirdeye.intake.taxonomy import read_taxonomy, taxonomy_beside

WANTED = (("mel", "malignant", ""), ("nv", "benign", ""))


def test_a_table_of_child_and_parent(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text("Child, parent\nmel,malignant\nnv,benign\n")
    assert read_taxonomy(file) == WANTED
    file.write_text("child;parent;level\nmel;malignant;malignancy\n")
    assert read_taxonomy(file) == (("mel", "malignant", "malignancy"),)


@pytest.mark.parametrize(
    "content", [{"mel": "malignant", "nv": "benign"}, {"malignant": ["mel"], "benign": ["nv"]}]
)
def test_json_either_way_round(tmp_path: Path, content: object) -> None:
    file = tmp_path / "t.json"
    file.write_text(json.dumps(content))
    assert read_taxonomy(file) == WANTED
    file.write_text(json.dumps({"levels": {"malignancy": content}}))
    assert {edge[2] for edge in read_taxonomy(file)} == {"malignancy"}


@pytest.mark.parametrize(
    ("name", "text"),
    [("t.csv", "a,b\n1,2\n"), ("t.json", "["), ("t.json", "[1]"), ("t.json", '{"a": 3}'), ("t.csv", "")],
)
def test_anything_else_is_refused(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(UsageError, match=name):
        read_taxonomy(tmp_path / name)


def test_the_file_beside_the_data_is_found(tmp_path: Path) -> None:
    assert taxonomy_beside(tmp_path) is None
    (tmp_path / "taxonomy.csv").write_text("child,parent\n")
    assert taxonomy_beside(tmp_path) == tmp_path / "taxonomy.csv"
    assert taxonomy_beside(tmp_path / "labels.csv") == tmp_path / "taxonomy.csv"
    with pytest.raises(UsageError, match="cannot be read"):
        read_taxonomy(tmp_path / "missing.csv")
