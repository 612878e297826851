from __future__ import annotations

from collections.abc import Callable

import pytest

from thirdeye.intake.checks.spectrum import check
from thirdeye.intake.exhibits import Exhibits

Make = Callable[..., Exhibits]


@pytest.mark.parametrize("name", ["healthy volunteers", "Control", "témoins"])
def test_healthy_controls_are_named(made_exhibits: Make, name: str) -> None:
    (finding,) = check(made_exhibits([name, "ill"] * 20))
    assert finding.severity == "warning"
    assert name in finding.message


def test_healthy_controls_in_a_column(made_exhibits: Make) -> None:
    (finding,) = check(made_exhibits(["no", "yes"] * 20, columns={"cohort": ["healthy", "clinic"] * 20}))
    assert "cohort 'healthy'" in finding.message


def test_normal_is_no_healthy_volunteer(made_exhibits: Make) -> None:
    assert not list(check(made_exhibits(["normal", "nodule"] * 20)))


def test_only_the_ends_of_a_scale(made_exhibits: Make) -> None:
    labels = ["0"] * 48 + ["1"] * 4 + ["2"] * 48
    (finding,) = check(made_exhibits(labels, task="ordinal"))
    assert "Only 4 %" in finding.message
    assert not list(check(made_exhibits(["0", "1", "2"] * 30, task="ordinal")))
