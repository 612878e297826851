import pytest

from thirdeye.errors import UsageError
from thirdeye.plan.system import SystemPlan, asked_values

PUBLISHED = {
    "layers": (100, 50),
    "rate": 0.1,
    "epochs": 5,
    "bias": True,
    "name": "a",
    "contrast": ("HC", "AD"),
}


def test_texts_become_the_published_kinds() -> None:
    given = {
        "layers": "7, 3",
        "rate": "0.5",
        "epochs": "9",
        "bias": "no",
        "name": "b",
        "contrast": "HC,M=A+B",
    }
    assert asked_values(PUBLISHED, given) == {
        "layers": (7, 3), "rate": 0.5, "epochs": 9, "bias": False, "name": "b", "contrast": ("HC", "M=A+B")
    }  # fmt: skip


def test_values_of_their_kind_stay() -> None:
    assert asked_values(PUBLISHED, {"layers": (4,), "bias": False}) == {
        **PUBLISHED,
        "layers": (4,),
        "bias": False,
    }


@pytest.mark.parametrize(("name", "value"), [("epochs", "many"), ("bias", "perhaps"), ("layers", "1,x")])
def test_another_kind_is_refused(name: str, value: str) -> None:
    with pytest.raises(UsageError, match=name):
        asked_values(PUBLISHED, {name: value})


def test_an_unknown_name_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(UsageError, match="no value 'depth'; there are: bias, contrast"):
        asked_values(PUBLISHED, {"depth": 3})


def test_own_values_stand_among_the_others_once() -> None:
    plan = SystemPlan(
        system="toy", task="binary", classes=("a", "b"), positive="b", folds=3, calibration=("none",),
        own={"folds": 3, "rate": 0.1}, budget_s=60.0, seed=0,
        reasons={"rate": "so"}, chosen_by={"rate": "recipe"},
    )  # fmt: skip
    values = plan.as_json()["values"]
    assert values["rate"] == {"value": 0.1, "reason": "so", "chosen_by": "recipe"}
    assert "own" not in values
    assert list(values).count("folds") == 1
