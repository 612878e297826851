"""Audits among the limits."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from thirdeye.evaluation.audits.audit import IDS
from thirdeye.report.sections.audits import TITLES, audit_notices, audited
from thirdeye.report.sets import test_set as part_of_test


def evidence(*audits: tuple[str, str], external: tuple[tuple[str, str], ...] = ()) -> Any:
    def entry(found: Any) -> dict[str, Any]:
        return {"audits": [{"id": i, "severity": s, "sentence": f"{i}!", "numbers": {}} for i, s in found]}

    sets = {"test": entry(audits)} | ({"external:there": entry(external)} if external else {})
    return SimpleNamespace(evaluation={"unit": "image", "sets": sets}, cluster="patient", drawn_by="patient")


def test_every_rule_has_a_title() -> None:
    assert set(TITLES) == set(IDS)


def test_severity_becomes_the_level() -> None:
    found = audit_notices(evidence(("threshold.test", "error"), ("events", "warning"), ("refstd", "info")))
    assert [notice.level for notice in found] == ["stop", "warning", "note"]
    assert found[0].text == "threshold.test!"
    assert found[0].remedy
    assert not found[2].remedy


def test_one_look_is_not_worth_a_notice() -> None:
    assert audit_notices(evidence(("test.reuse", "info"))) == []
    assert len(audit_notices(evidence(("test.reuse", "warning")))) == 1


def test_external_sets_add_what_is_theirs_alone() -> None:
    found = audit_notices(
        evidence(("events", "warning"), external=(("events", "warning"), ("ood", "warning")))
    )
    assert [notice.text for notice in found] == ["events!", "ood!"]
    assert "there" in found[1].title


def test_audited_looks_for_a_rule() -> None:
    part = part_of_test(evidence(("events", "warning")))
    assert audited(part, "events")
    assert not audited(part, "ood")
    assert not audited(None, "events")
