from __future__ import annotations

from collections.abc import Callable

import pytest

from thirdeye.intake.checks.subgroups import check
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.not_applicable import NotApplicable

Make = Callable[..., Exhibits]


def test_age_bands_and_sex_with_their_classes(made_exhibits: Make) -> None:
    columns = {"age": ["17", "18", "064Y", "65", "", "90"], "M/F": ["M", "F", "F", "F", "M", ""]}
    (finding,) = check(made_exhibits(["a", "b"] * 3, columns=columns))
    rows = {(row[0], row[1]): row[2:] for row in finding.evidence["table"]["rows"]}
    assert rows["age", "0 to 17"] == [1, 1, 1, 0]
    assert rows["age", "18 to 39"] == [1, 1, 0, 1]
    assert rows["age", "40 to 64"] == [1, 1, 1, 0]
    assert rows["age", "80 and over"] == [1, 1, 0, 1]
    assert rows["M/F", "F"] == [3, 3, 1, 2]
    assert "age 17 to 90 (median 64)" in finding.message


def test_patients_are_counted_not_images(made_exhibits: Make) -> None:
    columns = {"sex": ["F"] * 30, "patient": ["p1"] * 30}
    (finding,) = check(made_exhibits(["a", "b"] * 15, columns=columns))
    assert finding.evidence["table"]["rows"][0][2:4] == [1, 30]
    assert "Too few" in finding.message


def test_one_age_is_no_range(made_exhibits: Make) -> None:
    (finding,) = check(made_exhibits(["a", "b"] * 15, columns={"age": ["41"] * 30}))
    assert "age 41." in finding.message


def test_the_place_on_the_body_is_no_hospital(made_exhibits: Make) -> None:
    with pytest.raises(NotApplicable):
        list(check(made_exhibits(["a", "b"] * 15, columns={"anatom_site_general": ["arm", "leg"] * 15})))
