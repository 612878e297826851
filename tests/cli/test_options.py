"""What several verbs share: only what was said is passed on."""

from __future__ import annotations

from typing import Any

import pytest

from thirdeye.cli.options import DATA_OPTIONS, as_keywords, as_overrides
from thirdeye.errors import UsageError
from thirdeye.journey.options import DataOptions

NAMES = list(DataOptions.__annotations__)


def given(**changed: Any) -> dict[str, Any]:
    return {**dict.fromkeys(NAMES), "patient_is_image": False, **changed}


def test_what_was_not_said_is_left_out() -> None:
    assert as_keywords(given()) == {}


def test_what_was_said_is_passed_on_and_the_rest_stays() -> None:
    parameters = given(positive="x", patient_is_image=True, order="a, b ,c") | {"other": 1}
    assert as_keywords(parameters) == {"positive": "x", "patient_is_image": True, "order": ("a", "b", "c")}
    assert parameters == {"other": 1}


def test_every_option_of_the_functions_is_an_option_of_the_command() -> None:
    def command() -> None:
        """Does nothing."""

    for option in DATA_OPTIONS:
        option(command)
    assert {option.name for option in command.__click_params__} == set(NAMES)  # type: ignore[attr-defined]


def test_overrides() -> None:
    assert as_overrides(("epochs=3", "augmentation = [('rotate', 5)]", "a=b=c")) == {
        "epochs": "3",
        "augmentation": "[('rotate', 5)]",
        "a": "b=c",
    }
    with pytest.raises(UsageError, match="--set takes NAME=VALUE, got 'epochs'"):
        as_overrides(("epochs",))
