from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from thirdeye.errors import DataRefused, UsageError
from thirdeye.journey.readers.analysing import analyse_readings
from thirdeye.journey.readers.marking import import_marks, read_marks


@pytest.fixture
def tables(tmp_path: Path) -> tuple[Path, Path]:
    """Four cases, two with a lesion of known place; two readers, two tests, marks by place."""
    lesions = pd.DataFrame(
        {
            "case": ["a", "b", "c", "d", "e"], "lesion": ["1", "", "1", "", ""], "x": [10, "", 50, "", ""],
            "y": [10, "", 50, "", ""], "radius": [5, "", 3, "", ""],
        }
    )  # fmt: skip
    rows = []
    for reader in ("r1", "r2", "r3"):
        for test in ("alone", "aided"):
            better = test == "aided"
            rows.append((reader, "a", test, 12, 11, 3 + better))
            rows.append((reader, "c", test, 50, 52 + 8 * (reader == "r1" and not better), 2 + better))
            rows.append((reader, "b", test, 1, 1, 1 + (reader == "r2" and not better)))
    marks = pd.DataFrame(rows, columns=["reader", "case", "test", "x", "y", "rating"])
    paths = tmp_path / "marks in.csv", tmp_path / "lesions in.csv"
    marks.to_csv(paths[0], index=False)
    lesions.to_csv(paths[1], index=False)
    return paths


def test_marks_hit_the_lesion_within_its_radius(tables) -> None:
    found = read_marks(*tables)
    held = found.marks.set_index(["reader", "test", "case"])["lesion"]
    assert held["r2", "alone", "c"] == "1"
    assert held["r1", "alone", "c"] == ""  # 10 away from a lesion of radius 3
    assert held["r1", "alone", "b"] == ""
    assert found.study.cases == ("a", "b", "c", "d", "e")
    assert "11 marks hit a lesion, 7 hit none, by their place" in found.sentences[1]


def test_a_distance_takes_the_place_of_the_radius(tables) -> None:
    assert (read_marks(*tables, distance=20).marks["lesion"] == "1").sum() == 12
    assert (read_marks(*tables, distance=0.5).marks["lesion"] == "1").sum() == 0
    with pytest.raises(UsageError, match="above 0"):
        read_marks(*tables, distance=0)


def test_from_marks_to_a_page(tables, tmp_path: Path) -> None:
    import_marks(*tables, tmp_path / "study")
    found = analyse_readings(tmp_path / "study", dbm=True)
    assert found.result["merit"] == "wAFROC"
    assert found.result["tests"]["cases"] == 5
    assert found.result["dbm"]["p"] == pytest.approx(found.result["tests"]["overall"]["p"], rel=1e-9)
    page = (tmp_path / "study" / "analysis.html").read_text(encoding="utf-8")
    assert "FROC with alone" in page
    assert (tmp_path / "study" / "analysis.pdf").read_bytes().startswith(b"%PDF")
    other = analyse_readings(
        tmp_path / "study" / "marks.csv", lesions=tmp_path / "study" / "lesions.csv", merit="HrAuc"
    )
    assert other.result["merit"] == "HrAuc"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda marks, lesions: (marks.assign(case="z"), lesions), "does not name: z"),
        (lambda marks, lesions: (marks.drop(columns="rating"), lesions), "no column for rating"),
        (lambda marks, lesions: (marks.drop(columns=["x", "y"]), lesions), "neither names the lesion"),
        (lambda marks, lesions: (marks, lesions.drop(columns="radius")), "--distance"),
        (lambda marks, lesions: (marks.assign(rating="high"), lesions), "'high' in column 'rating'"),
        (lambda marks, lesions: (marks.assign(lesion="9"), lesions), "names lesion '9'"),
        (lambda marks, lesions: (marks, pd.concat([lesions, lesions])), "twice"),
        (lambda marks, lesions: (marks, lesions.drop(columns="lesion")), "needs the columns case and lesion"),
    ],
)
def test_refusals(tables, change, message: str) -> None:
    marks, lesions = change(*(pd.read_csv(path, dtype=str) for path in tables))
    marks.to_csv(tables[0], index=False)
    lesions.to_csv(tables[1], index=False)
    with pytest.raises(DataRefused, match=message):
        read_marks(*tables)


def test_a_free_response_figure_needs_marks(readings: Path) -> None:
    with pytest.raises(UsageError, match="needs marks"):
        analyse_readings(readings, merit="wAFROC")
