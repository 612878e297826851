from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from thirdeye.errors import DataRefused
from thirdeye.journey.readers.designing import design
from thirdeye.journey.readers.importing import import_readings


def test_columns_are_recognised_and_told(readings: Path, tmp_path: Path) -> None:
    found = import_readings(readings, tmp_path / "study")
    assert list(found.readings.columns) == [
        "reader", "case", "test", "truth", "rating", "initial", "machine", "final",
    ]  # fmt: skip
    assert found.sentences[0] == "240 readings by 4 readers of 30 cases with alone, aided."
    assert "rating = Score" in found.sentences[1]
    again = pd.read_csv(tmp_path / "study" / "readings.csv")
    assert len(again) == 240


def test_against_the_design(readings: Path, tmp_path: Path) -> None:
    pd.DataFrame({"case": [f"c{n:02d}" for n in range(32)]}).to_csv(tmp_path / "cases.csv", index=False)
    design(tmp_path / "cases.csv", ["r1", "r2", "r3", "r9"], tmp_path / "study")
    told = " ".join(import_readings(readings, tmp_path / "study").sentences)
    assert "1 reader that the design does not name: r4." in told
    assert "1 reader of the design without any reading: r9." in told
    assert "2 cases of the design without any reading: c30, c31." in told


def test_truth_from_another_table(readings: Path, tmp_path: Path) -> None:
    frame = pd.read_csv(readings)
    truth = frame.drop_duplicates("Case_ID")[["Case_ID", "truth"]]
    frame.drop(columns="truth").to_csv(tmp_path / "no truth.csv", index=False)
    truth.to_csv(tmp_path / "truth.csv", index=False)
    with pytest.raises(DataRefused, match="no column 'truth'"):
        import_readings(tmp_path / "no truth.csv", tmp_path / "study")
    found = import_readings(tmp_path / "no truth.csv", tmp_path / "study", truth=tmp_path / "truth.csv")
    assert found.readings["truth"].sum() == 12 * 8
    truth.head(20).to_csv(tmp_path / "less.csv", index=False)
    with pytest.raises(DataRefused, match="says nothing about 10 cases"):
        import_readings(tmp_path / "no truth.csv", tmp_path / "study", truth=tmp_path / "less.csv")


def test_a_column_that_is_not_recognised_can_be_named(tmp_path: Path) -> None:
    rows = {"who": ["a"] * 4, "case": list("1234"), "truth": [0, 1, 0, 1], "rating": [1, 2, 3, 4]}
    pd.DataFrame(rows).to_csv(tmp_path / "t.csv", index=False)
    with pytest.raises(DataRefused, match="no column for reader; it has who, case, truth, rating"):
        import_readings(tmp_path / "t.csv", tmp_path / "study")
    found = import_readings(tmp_path / "t.csv", tmp_path / "study", columns={"reader": "who"})
    assert set(found.readings["reader"]) == {"a"}


def test_words_where_numbers_belong(tmp_path: Path) -> None:
    rows = {"reader": ["a"] * 2, "case": list("12"), "truth": [0, 1], "rating": ["high", "low"]}
    pd.DataFrame(rows).to_csv(tmp_path / "t.csv", index=False)
    with pytest.raises(DataRefused, match="'high' in column 'rating' is not a number"):
        import_readings(tmp_path / "t.csv", tmp_path / "study")
