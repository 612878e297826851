"""Clinical variables as numbers."""

import numpy as np
import pytest

from thirdeye.errors import UsageError
from thirdeye.inference.fusion.variables import Linear, Variable, encode_all, given_values, known_values

AGE = Variable("Age", (), 60.0, 10.0, 70.0)
SEX = Variable("M/F", ("male", "female"))


def test_a_number_is_scaled_bent_and_missing() -> None:
    found = AGE.encode(["80", "", "unknown", "060Y"])
    np.testing.assert_allclose(found, [[2, 1, 0], [0, 0, 1], [0, 0, 1], [0, 0, 0]])


def test_text_is_one_of_its_levels_however_it_is_written() -> None:
    np.testing.assert_allclose(
        SEX.encode(["F", "Male", "female ", "n/a", "x"]), [[0, 1], [1, 0], [0, 1], [0, 0], [0, 0]]
    )
    assert SEX.knows("m")
    assert not SEX.knows("x")
    assert AGE.knows("63")
    assert not AGE.knows("old")


def test_what_is_not_given_is_missing() -> None:
    found = encode_all((AGE, SEX), {"M/F": ["M"]}, 1)
    np.testing.assert_allclose(found, [[0, 0, 1, 1, 0]])
    assert encode_all((), {}, 4).shape == (4, 0)


def test_they_are_read_back_as_written() -> None:
    assert [Variable.from_json(one.as_json()) for one in (AGE, SEX)] == [AGE, SEX]
    linear = Linear(np.array([[1.0, 2.0]]), np.array([0.5]))
    again = Linear.from_json(linear.as_json())
    np.testing.assert_allclose(again.logits(np.array([[1.0, 1.0]])), [[-1.75, 1.75]])


def test_names_are_overlooked_in_case_and_unknown_ones_refused() -> None:
    assert given_values({"age": "63", "m/f": "F"}, (AGE, SEX)) == {"Age": "63", "M/F": "F"}
    assert known_values({"AGE": "63", "file": "a.png"}, (AGE, SEX)) == {"Age": "63"}
    with pytest.raises(UsageError, match=r"no clinical variable 'MMSE'; it knows: Age, M/F"):
        given_values({"MMSE": "20"}, (AGE, SEX))
