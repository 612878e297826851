import json
from pathlib import Path

import numpy as np
import pandas as pd


def test_predictions_name_every_source_of_every_case(toy_study: Path) -> None:
    table = pd.read_csv(toy_study / "predictions.csv")
    sources = {"network", "traditional", "without", "clinical"}
    counts = table.groupby(["split", "source"]).size().unstack()
    assert set(counts.columns) == sources
    assert (counts.nunique(axis=1) == 1).all()
    shares = table[["probability_0", "probability_2"]].to_numpy()
    assert np.allclose(shares.sum(axis=1), 1, atol=1e-5)


def test_what_the_system_tells_is_in_the_evidence(toy_study: Path) -> None:
    told = json.loads((toy_study / "evaluation.json").read_text())["system"]
    assert told["lead"] == ["It is a toy."]
    assert told["tables"][0]["rows"] == [["0", "1"], ["1", "1"], ["2", "1"]]
    (picture,) = told["pictures"]
    assert (toy_study / picture["file"]).read_bytes()[:4] == b"\x89PNG"
    assert told["numbers"] == {
        "n": json.loads((toy_study / "evaluation.json").read_text())["sets"]["test"]["n"]
    }


def test_the_test_part_tells_of_groups(toy_study: Path) -> None:
    evidence = json.loads((toy_study / "evaluation.json").read_text())
    assert [one["column"] for one in evidence["sets"]["test"]["subgroups"]] == ["sex"]
