from __future__ import annotations

import pytest

from thirdeye.errors import UsageError
from thirdeye.intake.prevalence import read_prevalence


@pytest.mark.parametrize("text", ["0.02", "2%", " 2 % ", 0.02])
def test_a_share_of_the_positive_class(text: str | float) -> None:
    assert read_prevalence(text, ("no", "yes"), "yes") == pytest.approx({"yes": 0.02, "no": 0.98})


def test_shares_of_named_classes() -> None:
    assert read_prevalence("a = 1%, b=0.3", ("a", "b", "c"), None) == pytest.approx({"a": 0.01, "b": 0.3})
    assert read_prevalence(None, ("a", "b"), "a") == {}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("often", "'often'"),
        ("1.2", "above 0 and below 1"),
        ("0", "above 0"),
        ("z=0.1", "names z"),
        ("a=,b=1", "''"),
    ],
)
def test_what_cannot_be_understood_is_quoted(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        read_prevalence(text, ("a", "b"), "b")


def test_a_bare_number_for_many_classes_is_refused() -> None:
    with pytest.raises(UsageError, match="name the class"):
        read_prevalence("0.1", ("a", "b", "c"), None)
