from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from thirdeye.errors import DataRefused
from thirdeye.journey.readers.analysing import analyse_readings
from thirdeye.journey.readers.network_scores import read_network_scores


@pytest.fixture
def network(readings: Path, tmp_path: Path) -> Path:
    """Scores of the 30 read cases and of 60 validation cases."""
    rng = np.random.default_rng(1)
    truth = pd.read_csv(readings).drop_duplicates("Case_ID").set_index("Case_ID")["truth"]
    rows = [(case, value, "test") for case, value in truth.items()]
    rows += [(f"v{number}", number % 2, "validation") for number in range(60)]
    frame = pd.DataFrame(rows, columns=["case", "label", "split"])
    frame["score"] = np.clip(
        0.5 + 0.2 * (2 * frame["label"] - 1) + rng.normal(0, 0.2, len(frame)), 0.01, 0.99
    )
    frame.to_csv(tmp_path / "network.csv", index=False)
    return tmp_path / "network.csv"


def test_rules_come_from_validation_cases_alone(readings: Path, network: Path) -> None:
    found = analyse_readings(readings, network_scores=network).result["together"]
    rules = [one["rule"] for one in found["policies"] if one["rule"]]
    assert [rule["origin"] for rule in rules] == ["tuned_on_validation"] * 4
    frame = pd.read_csv(network)
    frame.loc[frame["split"] == "test", "score"] = 1 - frame.loc[frame["split"] == "test", "score"]
    frame.to_csv(network, index=False)
    again = analyse_readings(readings, network_scores=network).result["together"]
    assert [one["rule"] for one in again["policies"] if one["rule"]] == rules
    assert found["risk_coverage"]["aurc"] < again["risk_coverage"]["aurc"]


def test_without_validation_cases_there_is_no_rule(readings: Path, network: Path) -> None:
    frame = pd.read_csv(network)
    frame[frame["split"] == "test"].to_csv(network, index=False)
    found = analyse_readings(readings, network_scores=network, network_threshold=0.5).result["together"]
    assert all(one["rule"] is None for one in found["policies"])
    assert "No rule of deferral" in found["told"][-1]
    assert found["risk_coverage"]["risk_at_coverage"]["1.0"] >= 0


def test_decisions_from_ratings_need_a_threshold(readings: Path, tmp_path: Path) -> None:
    frame = pd.read_csv(readings).drop(columns=["initial", "AI", "final"])
    frame.to_csv(tmp_path / "ratings.csv", index=False)
    assert analyse_readings(tmp_path / "ratings.csv").result["together"] is None
    found = analyse_readings(tmp_path / "ratings.csv", threshold=0.5).result["together"]
    assert found["policies"] == []
    assert [one["name"] for one in found["disagreement"]["among_readers"]] == [
        "krippendorff_alpha_nominal",
        "gwet_ac1",
    ]


def test_the_page_shows_it(readings: Path, network: Path, tmp_path: Path) -> None:
    analyse_readings(readings, network_scores=network, out=tmp_path / "out", pdf=False)
    page = (tmp_path / "out" / "analysis.html").read_text(encoding="utf-8")
    for words in (
        "Where readers and network disagree",
        "What would working together give?",
        "misled: automation bias",
    ):
        assert words in page


def test_predictions_of_a_study(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    model = {"positive": "cancer", "operating_points": [{"threshold": 0.3}]}
    (tmp_path / "model" / "model.json").write_text(json.dumps(model))
    frame = pd.DataFrame(
        {
            "case": ["a", "b", "a"], "split": ["test", "validation", "test"],
            "label": ["cancer", "none", "cancer"],
            "source": ["network", "network", "traditional"], "probability_none": [0.1, 0.8, 0.5],
            "probability_cancer": [0.9, 0.2, 0.5],
        }
    )  # fmt: skip
    frame.to_csv(tmp_path / "predictions.csv", index=False)
    found = read_network_scores(tmp_path / "predictions.csv")
    assert found.scores == {"a": 0.9}
    assert (found.threshold, found.origin) == (0.3, "tuned_on_validation")
    assert found.validation[1].tolist() == [0.0]
    frame.drop(columns="probability_cancer").to_csv(tmp_path / "predictions.csv", index=False)
    with pytest.raises(DataRefused, match="case and score"):
        read_network_scores(tmp_path / "predictions.csv")
