"""threshold.test: a threshold that was chosen on the cases it is judged on."""

from __future__ import annotations

from thirdeye.evaluation.audits.audit import Audit
from thirdeye.evaluation.case_set import CaseSet


def threshold_on_test(cases: CaseSet) -> list[Audit]:
    """Operating points whose origin is "chosen_on_test", each one audit.

    Args:
        cases: the set with its operating points.
    """
    return [
        Audit(
            "threshold.test",
            "error",
            f"The threshold of '{point.name}' was chosen on the test cases: what it gives is exploratory.",
            {"operating_point": point.name, "class": point.class_name, "threshold": point.threshold},
        )
        for point in cases.thresholds
        if point.origin == "chosen_on_test"
    ]
