"""The remark on a paired comparison."""

from __future__ import annotations

from typing import Any

import pytest

from thirdeye.report.comparison import comparison_notice, told_line

VERDICT = "The network beats the mean risk: AUC 0.917 against 0.825, difference +0.093 (p = 0.036)."


def compared(outcome: str = "better", **further: Any) -> dict[str, Any]:
    return {"outcome": outcome, "verdict": VERDICT, "second": "mean risk", "level": 0.95, **further}


def test_the_question_fixed_beforehand_stands_as_it_is() -> None:
    notice = comparison_notice(compared())
    assert (notice.level, notice.title) == ("note", "The network beats the mean risk")
    assert "Adjusted" not in notice.text


def test_one_of_several_questions_tells_its_adjusted_p() -> None:
    notice = comparison_notice(compared(p_adjusted=0.009))
    assert (notice.level, notice.title) == ("note", "The network beats the mean risk")
    assert notice.text.endswith("Adjusted for the number of further questions (Holm): p = 0.009.")


@pytest.mark.parametrize("outcome", ["better", "worse"])
def test_what_is_lost_by_adjusting_is_not_claimed(outcome: str) -> None:
    notice = comparison_notice(compared(outcome, p_adjusted=0.146))
    assert notice.level == "warning"
    assert notice.title == "No difference from the mean risk is shown once several questions are counted"
    assert "AUC 0.917" in notice.text
    assert "p = 0.146" in notice.text


def test_one_line_claims_no_more_than_the_notice() -> None:
    assert told_line(compared()) == VERDICT
    line, notice = (make(compared(p_adjusted=0.146)) for make in (told_line, comparison_notice))
    assert line == f"{notice.title}: {notice.text}"
    assert "beats" not in line
