"""The whole publication of studies of every kind."""

from __future__ import annotations

import csv
import re
import shutil
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from thirdeye.case.opinion import RESEARCH_USE
from thirdeye.case.study import Study
from thirdeye.report.canvas import canvas
from thirdeye.report.compose import compose
from thirdeye.report.document import Document
from thirdeye.report.evidence import read_evidence
from thirdeye.report.publication.data_sheet import data_sheet
from thirdeye.report.publication.latex_table import render_latex
from thirdeye.report.publication.model_card import ASKED, model_card
from thirdeye.report.publication.package import write_publication
from thirdeye.report.publication.tables import journal_tables

KINDS = (
    "binary",
    "not_better",
    "seven",
    "multilabel",
    "ordinal",
    "hostile",
    "hostile_binary",
    "tiny",
    "forty",
)


def publish(folder: Path, document: Document | None = None) -> list[str]:
    evidence = read_evidence(folder)
    return write_publication(Study(folder), evidence, document or composed(folder))


def composed(folder: Path) -> Document:
    evidence = read_evidence(folder)
    return compose(evidence, canvas(evidence, {}))


@pytest.mark.parametrize("kind", KINDS)
def test_tables_of_every_kind_of_study(make_study: Callable[..., Path], kind: str) -> None:
    tables = {table.number: table for table in journal_tables(read_evidence(make_study(kind)))}
    assert {"1", "2", "3"} <= set(tables)
    assert ("S1" in tables) == (kind in ("binary", "not_better", "hostile_binary", "tiny"))
    for table in tables.values():
        cells = " ".join(cell for one in table.rows for cell in one.cells) + " ".join(table.notes)
        assert not re.search(r"\b(None|nan|NaN|inf|dict_|object at)\b", cells)
        assert "↵" in cells or "\n" not in cells
        render_latex(table)


def test_performance_is_that_of_the_evidence(make_study: Callable[..., Path]) -> None:
    evidence = read_evidence(make_study("binary"))
    metrics = evidence.evaluation["sets"]["test"]["metrics"]
    auc = next(m for m in metrics if m["name"] == "auc")
    table = next(table for table in journal_tables(evidence) if table.number == "2")
    shown = next(one.cells[1] for one in table.rows if one.cells[0] == "AUC")
    assert shown == f"{auc['value']:.3f} ({auc['ci_low']:.3f} to {auc['ci_high']:.3f})"


def test_counts_of_operating_points_are_those_of_the_matrix(make_study: Callable[..., Path]) -> None:
    evidence = read_evidence(make_study("binary"))
    table = next(table for table in journal_tables(evidence) if table.number == "S1")
    point = evidence.evaluation["sets"]["test"]["operating_points"][0]
    (tn, fp), (fn, tp) = point["confusion_matrix"]["counts"]  # benign comes first
    first = next(one.cells for one in table.rows if one.cells[0].startswith("Test part"))
    assert [cell.replace(",", "") for cell in first[2:6]] == [str(tp), str(fp), str(fn), str(tn)]


def test_characteristics_count_patients_and_images(make_study: Callable[..., Path]) -> None:
    table = journal_tables(read_evidence(make_study("binary")))[0]
    rows = {one.cells[0]: one.cells[1:] for one in table.rows}
    assert [column.title for column in table.columns] == [
        "Characteristic",
        "All",
        "Development",
        "Test",
        "SMD",
    ]
    assert rows["Images, n"][:3] == ("468", "312", "156")
    assert rows["Patients, n"][:3] == ("234", "156", "78")
    assert sum(int(rows[name][1].split()[0]) for name in ("benign", "malignant (counts as positive)")) == 312


def test_files_are_what_they_say(make_study: Callable[..., Path], tmp_path: Path) -> None:
    copy = Path(shutil.copytree(make_study("hostile_binary"), tmp_path / "copy"))
    document = composed(copy)
    names = publish(copy, document)
    assert len(names) == len(set(names))
    assert {"publication/captions.md", "publication/tables/all_tables.tex"} <= set(names)
    for name in names:
        content = (copy / name).read_bytes()
        assert str(tmp_path).encode() not in content
        if name.endswith(".svg"):
            ElementTree.fromstring(content)
        if name.endswith(".csv"):
            rows = list(csv.reader(content.decode("utf-8-sig").splitlines()))
            assert {len(row) for row in rows} == {len(rows[0])}
    listed = (copy / "publication" / "captions.md").read_text(encoding="utf-8")
    assert RESEARCH_USE in listed
    assert "<script" not in listed
    first = {name: (copy / name).read_bytes() for name in names}
    assert publish(copy, document) == names
    assert first == {name: (copy / name).read_bytes() for name in names}


def test_without_the_extra_the_rest_is_written(
    make_study: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "docx", None)
    copy = Path(shutil.copytree(make_study("tiny"), tmp_path / "copy"))
    names = publish(copy, Document("t", "s", RESEARCH_USE, (), "i"))
    assert not [name for name in names if name.endswith(".docx")]
    said = (copy / "publication" / "captions.md").read_text(encoding="utf-8")
    assert "Left out: tables.docx" in said
    assert "publish" in said


@pytest.mark.parametrize("kind", KINDS)
def test_the_card_and_the_sheet_stand_in_markdown(make_study: Callable[..., Path], kind: str) -> None:
    evidence = read_evidence(make_study(kind))
    card, sheet = model_card(evidence, {}), data_sheet(evidence, {})
    _, head, body = card.split("---\n", 2)
    assert yaml.safe_load(head)["license"] == "unknown"
    assert RESEARCH_USE in body
    assert body.count("To be written by a person") == len(ASKED)
    for text in (body, sheet):
        assert "<script" not in text
        assert not re.search(r"\b(None|nan|NaN|inf|dict_|object at)\b", text)
    assert "Made with" in body
    assert evidence.model["members"][0]["sha256"] in body


def test_answers_close_questions(make_study: Callable[..., Path]) -> None:
    card = model_card(read_evidence(make_study("tiny")), dict.fromkeys(ASKED, "Said by a person."))
    assert "To be written by a person" not in card
    assert card.count("Said by a person.") == len(ASKED)


def test_an_empty_study_has_an_open_card(tmp_path: Path) -> None:
    evidence = read_evidence(tmp_path)
    assert "The test part has not been measured." in model_card(evidence, {})
    assert "The table of cases is missing." in data_sheet(evidence, {})
    assert journal_tables(evidence) == []
