from __future__ import annotations

import numpy as np
import pandas as pd

from thirdeye.intake.probe.encode import as_number, encode, is_missing


def test_categories_and_gaps() -> None:
    coded = encode(pd.Series(["x", "y", "x", "", "NaN"]))
    assert coded.tolist() == [[1, 0, 0], [0, 1, 0], [1, 0, 0], [0, 0, 1], [0, 0, 1]]


def test_a_heavy_value_of_a_number_gets_a_column_of_its_own() -> None:
    values = pd.Series([1024] * 50 + list(range(300, 400)))
    coded = encode(values)
    heavy = (values == 1024).to_numpy()
    assert any((coded[:, column] == heavy).all() for column in range(coded.shape[1]))


def test_every_value_lies_in_one_range() -> None:
    values = pd.Series(np.random.default_rng(0).normal(size=500))
    coded = encode(values)
    assert (coded[:, :-1].sum(axis=1) == 1).all()  # all but the rank
    ranks = coded[:, -1]
    assert (np.argsort(ranks) == np.argsort(values.to_numpy())).all()


def test_dates_are_days_and_words_are_no_numbers() -> None:
    days = as_number(pd.Series(["2020-01-01", "20200131", "2020-01-02T10:00:00", ""]))
    assert days is not None
    assert (days[:3] - days[0]).tolist() == [0, 30, 1]
    assert np.isnan(days[3])
    assert as_number(pd.Series(["a", "b", "3"])) is None
    flags = as_number(pd.Series(["True", "False"]))
    assert flags is not None
    assert flags.tolist() == [1, 0]


def test_what_counts_as_missing() -> None:
    assert is_missing(pd.Series(["", " ", "NA", "unknown", "0", "no"])).tolist() == [True] * 4 + [False] * 2
