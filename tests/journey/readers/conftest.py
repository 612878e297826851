"""A small reader study as tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest


def made_readings(seed: int = 2) -> pd.DataFrame:
    """4 readers, 30 cases, alone and with the machine, which helps; decisions at a rating of 3."""
    rng = np.random.default_rng(seed)
    truth = np.arange(30) < 12
    case = rng.normal(truth * 1.0, 1)
    machine = rng.normal(truth * 1.8, 1) > 0.9
    rows = []
    for reader in ("r1", "r2", "r3", "r4"):
        alone = case + rng.normal(0, 0.8, 30)
        aided = alone + 0.9 * (2 * machine - 1) * rng.random(30)
        for test, values in (("alone", alone), ("aided", aided)):
            for number in range(30):
                rows.append(
                    {
                        "Reader": reader, "Case_ID": f"c{number:02d}", "Arm": test,
                        "truth": int(truth[number]), "Score": round(float(values[number]), 2),
                        "initial": int(alone[number] > 0.5), "AI": int(machine[number]),
                        "final": int(aided[number] > 0.5),
                    }
                )  # fmt: skip
    return pd.DataFrame(rows)


@pytest.fixture
def readings(tmp_path: Path) -> Path:
    made_readings().to_csv(tmp_path / "readings in.csv", index=False)
    return tmp_path / "readings in.csv"
