"""A user's value beside the one that a rule gave."""

from __future__ import annotations

from typing import Any

import pytest

from thirdeye.errors import UsageError
from thirdeye.plan.apply import fitted
from thirdeye.plan.file import plan_schema


@pytest.mark.parametrize(
    ("value", "example", "result"),
    [
        ("3", 5, 3),
        ("3", 0.5, 3.0),
        (3, 0.5, 3.0),
        ("pad", "squash", "pad"),
        ("[('rotate', 5)]", (("blur", 1.0),), (("rotate", 5),)),
        ([["rotate", 5.0]], (("blur", 1.0),), (("rotate", 5.0),)),
    ],
)
def test_values_take_the_type_of_the_rules_own(value: Any, example: Any, result: Any) -> None:
    name = {"int": "epochs", "float": "mixup", "str": "resize", "tuple": "augmentation"}[
        type(example).__name__
    ]
    found = fitted(name, value, example, schema=plan_schema())
    assert found == result
    assert type(found) is type(result)


@pytest.mark.parametrize(
    ("name", "value", "example"),
    [
        ("epochs", "ten", 5),
        ("epochs", 2.5, 5),
        ("epochs", "True", 5),
        ("epochs", "__import__('os')", 5),
        ("mixup", "nan", 0.5),
        ("augmentation", "rotate", (("blur", 1.0),)),
        ("augmentation", 3, (("blur", 1.0),)),
    ],
)
def test_a_value_of_another_kind(name: str, value: Any, example: Any) -> None:
    with pytest.raises(UsageError, match=f"{name} should look like"):
        fitted(name, value, example, schema=plan_schema())


def test_a_value_out_of_range() -> None:
    with pytest.raises(UsageError, match="mixup lies between 0 and 10, got inf"):
        fitted("mixup", "1e999", 0.5, schema=plan_schema())
