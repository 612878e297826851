from __future__ import annotations

import json
from pathlib import Path

import pytest

from thirdeye.errors import DataRefused, UsageError
from thirdeye.journey.readers.analysing import analyse_readings
from thirdeye.journey.readers.pilots import read_pilot
from thirdeye.journey.readers.sizing import size


def test_more_readers_need_fewer_cases() -> None:
    found = size(effect=0.05)
    cases = [row.cases for row in found.rows]
    assert cases == sorted(cases, reverse=True)
    assert all(row.power >= 0.8 for row in found.rows)
    assert len(found.assumptions) == 4
    assert json.loads(json.dumps(found.as_json()))["rows"][0]["readers"] == 4


def test_too_few_readers_are_named() -> None:
    found = size(effect=0.02, readers=(3, 60), reader_range=0.1)
    assert list(found.impossible) == [3]
    assert [row.readers for row in found.rows] == [60]


def test_a_pilot_takes_the_place_of_assumptions(readings: Path, tmp_path: Path) -> None:
    analyse_readings(readings, out=tmp_path / "out")
    pilot = read_pilot(tmp_path / "out" / "analysis.json")
    assert pilot.cases == 30
    assert size(effect=0.1, pilot=pilot).assumptions[0] == "The variability comes from the pilot study."
    (tmp_path / "other.json").write_text("{}", encoding="utf-8")
    with pytest.raises(DataRefused, match="does not hold the components"):
        read_pilot(tmp_path / "other.json")


def test_what_cannot_be_planned() -> None:
    with pytest.raises(UsageError, match="an effect of"):
        size(effect=0.7)
    with pytest.raises(UsageError, match="an AUC of"):
        size(effect=0.05, auc=0.3)
