"""``thirdeye evidence`` as a user calls it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Thirdeye = Callable[..., Any]


def test_the_list(thirdeye: Thirdeye) -> None:
    said = thirdeye("evidence")
    assert said.code == 0
    assert "gulshan2016" in said.out
    assert "25 studies. † from memory" in said.out
    assert max(map(len, said.out.splitlines())) <= 110


@pytest.mark.parametrize(
    ("given", "ids"),
    [
        (["--specialty", "dermatology"], ["esteva2017", "nasr_esfahani2016"]),
        (["--year", "2013"], ["ciresan2013"]),
        (["--network", "ssd"], ["horie2019"]),
        (["--task", "retrieval"], ["gurovich2019"]),
        (["--origin", "colombia"], ["arevalo2016"]),
        (["--compared-with-doctors", "--origin", "asia"], ["jeyaraj2019"]),
        (["--not-compared-with-doctors", "--year", "2013-2015"], ["ciresan2013"]),
    ],
)
def test_filters(thirdeye: Thirdeye, given: list[str], ids: list[str]) -> None:
    printed = json.loads(thirdeye("evidence", *given, "--json").out)
    assert [study["id"] for study in printed["studies"]] == ids
    table = list(csv.DictReader(io.StringIO(thirdeye("evidence", *given, "--csv").out)))
    assert [row["id"] for row in table] == ids


def test_no_fit_is_said(thirdeye: Thirdeye) -> None:
    said = thirdeye("evidence", "--year", "2014")
    assert said.code == 0
    assert "No study fits all filters together (year: 2014)" in said.out


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (["--specialty", "nephrology"], "no published study has it; there are breast imaging"),
        (["--year", "soon"], "expected a year or a span"),
        (["show", "gulshan"], "near ones: gulshan2016"),
        (["--specialty", "breast", "counts"], "counts are about all 25 studies; leave out --specialty"),
        (["--json", "counts"], "write --json after the command: thirdeye evidence counts ... --json"),
        (["page", "--out", "page.doc"], "ends in .html or .pdf"),
        (["--study", "nowhere"], "there is no study folder 'nowhere'"),
        (["figures", "--out", "x", "--year", "2014"], "no study fits all filters together"),
    ],
)
def test_refusals(thirdeye: Thirdeye, given: list[str], reason: str) -> None:
    said = thirdeye("evidence", *given)
    assert said.code == 2
    assert reason in said.refusal
    assert said.out == ""


def test_show(thirdeye: Thirdeye) -> None:
    said = thirdeye("evidence", "show", "ahn2018")
    assert said.code == 0
    assert "PLOS ONE [paper]; the review: PLOS Medecine" in said.out
    assert "95% intervals, recomputed here" in said.out
    assert "The network that lost is quoted" in said.out
    one = json.loads(thirdeye("evidence", "show", "ahn2018", "--json").out)
    assert [study["id"] for study in one["studies"]] == ["ahn2018"]
    assert len(one["contradictions"]) == 2


@pytest.mark.parametrize(
    ("verb", "part", "number", "said"),
    [
        ("counts", "counts", 16, "39 contradictions: thirdeye evidence contradictions"),
        ("contradictions", "contradictions", 39, "Two neighbouring references were exchanged"),
        ("intervals", "intervals", 30, "copies of 34"),
        ("numbers", "studies", 25, "top10_accuracy"),
    ],
)
def test_tables(thirdeye: Thirdeye, verb: str, part: str, number: int, said: str) -> None:
    assert said in " ".join(thirdeye("evidence", verb).out.split())
    assert len(json.loads(thirdeye("evidence", verb, "--json").out)[part]) == number
    rows = list(csv.DictReader(io.StringIO(thirdeye("evidence", verb, "--csv").out)))
    assert len(rows) == (number if verb != "numbers" else 110)


def test_filters_on_either_side_of_the_command(thirdeye: Thirdeye) -> None:
    before = thirdeye("evidence", "--specialty", "breast", "numbers", "--csv").out
    assert before == thirdeye("evidence", "numbers", "--specialty", "breast", "--csv").out
    assert (
        before
        == thirdeye("evidence", "--specialty", "chest", "numbers", "--specialty", "breast", "--csv").out
    )
    assert len(before.splitlines()) == 8


def test_page_and_figures(thirdeye: Thirdeye, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    some = ("--task", "landmarks")
    assert thirdeye("evidence", "page", "--out", page, *some).out == f"written: {page}\n"
    assert "1 published study" in page.read_text(encoding="utf-8")
    drawn = json.loads(thirdeye("evidence", *some, "figures", "--out", tmp_path / "drawn", "--json").out)
    assert len(drawn["files"]) == 6
    assert all(Path(name).is_file() for name in drawn["files"])


def test_a_study_of_ones_own(thirdeye: Thirdeye, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    metric = {"name": "auc", "value": 0.9, "ci_low": 0.8, "ci_high": 0.95, "status": "ok", "n": 50}
    content = {"task": "binary", "positive": "sick", "sets": {"test": {"n": 50, "metrics": [metric]}}}
    (mine / "evaluation.json").write_text(json.dumps(content), encoding="utf-8")
    said = thirdeye("evidence", "--study", mine)
    assert "mine reports an AUC of 0.900 on 50 cases" in said.out
    assert "cannot be compared directly" in said.out
    assert said.out == thirdeye("evidence", "place", mine).out
    printed = json.loads(thirdeye("evidence", "place", mine, "--json").out)
    assert printed["own"]["auc"] == [0.9, 0.8, 0.95]
    table = csv.DictReader(io.StringIO(thirdeye("evidence", "--study", mine, "--csv").out))
    assert next(table)["own"] == "True"
