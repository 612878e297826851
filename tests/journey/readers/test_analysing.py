from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from thirdeye.errors import DataRefused, UsageError
from thirdeye.journey.readers.analysing import analyse_readings
from thirdeye.journey.readers.importing import import_readings


def test_tests_and_reliance_from_one_table(readings: Path, tmp_path: Path) -> None:
    found = analyse_readings(readings, out=tmp_path / "out")
    result = json.loads((tmp_path / "out" / "analysis.json").read_text(encoding="utf-8"))
    assert result == json.loads(json.dumps(found.result))
    assert result["tests"]["names"] == ["alone", "aided"]
    assert len(result["tests"]["differences"]) == 1
    assert result["tests"]["cases"] == 30
    assert {metric["name"] for metric in result["reliance"]["metrics"]} >= {"automation_bias_rate"}
    page = (tmp_path / "out" / "analysis.html").read_text(encoding="utf-8")
    assert "Do the tests differ?" in page
    assert "Research use only" in page
    assert "<script" not in page


def test_a_study_folder_keeps_its_analysis(readings: Path, tmp_path: Path) -> None:
    import_readings(readings, tmp_path / "study")
    found = analyse_readings(tmp_path / "study")
    assert [path.name for path in found.files] == ["analysis.json", "analysis.html", "analysis.pdf"]
    assert analyse_readings(readings).files == ()


def test_the_network_from_a_table_of_its_own(readings: Path, tmp_path: Path) -> None:
    frame = pd.read_csv(readings)
    cases = frame.drop_duplicates("Case_ID")
    scores = pd.DataFrame({"case": cases["Case_ID"], "score": cases["AI"] + cases["truth"] * 0.5})
    scores.to_csv(tmp_path / "scores.csv", index=False)
    found = analyse_readings(readings, network_scores=tmp_path / "scores.csv").result["network"]
    assert found["network"]["name"] == "network"
    assert set(found["readers"]) == {"r1", "r2", "r3", "r4"}
    assert found["conclusion"] == "other readers and other cases"
    fixed = analyse_readings(readings, network_scores=tmp_path / "scores.csv", cases_fixed=True)
    assert fixed.result["network"]["conclusion"] == "other readers, these cases only"
    assert fixed.result["network"]["network"]["ci_low"] is None
    scores.head(20).to_csv(tmp_path / "few.csv", index=False)
    with pytest.raises(DataRefused, match="no score for 10 cases"):
        analyse_readings(readings, network_scores=tmp_path / "few.csv")


def test_sensitivity_at_a_threshold(readings: Path) -> None:
    found = analyse_readings(readings, merit="sensitivity", threshold=0.5).result["tests"]
    frame = pd.read_csv(readings)
    first = frame[(frame["Reader"] == "r1") & (frame["Arm"] == "alone") & (frame["truth"] == 1)]
    assert found["figures"][0][0] == pytest.approx((first["Score"] >= 0.5).mean())


def test_refusals(readings: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no readings at 'nowhere'"):
        analyse_readings(tmp_path / "nowhere")
    with pytest.raises(UsageError, match="no reader is called 'net'"):
        analyse_readings(readings, network="net")
    with pytest.raises(UsageError, match="needs a threshold"):
        analyse_readings(readings, merit="specificity")
