"""test.reuse: the same cases were looked at more than once."""

from __future__ import annotations

from collections.abc import Sequence

from thirdeye.errors import UsageError
from thirdeye.evaluation.audits.audit import Audit


def reused(looks: int, reasons: Sequence[str] = ()) -> list[Audit]:
    """What to say of a set that was looked at `looks` times.

    Args:
        looks: at these cases, this one included; 1 or more.
        reasons: of the looks after the first, as they were logged.
    """
    if looks < 1:
        raise UsageError(f"a set that has been evaluated was looked at once or more, got {looks}")
    given = [reason for reason in reasons if reason]
    if looks == 1:
        return [Audit("test.reuse", "info", "These cases were looked at once.", {"looks": 1})]
    why = f" Reasons given: {'; '.join(given)}." if given else " No reason was given."
    sentence = (
        f"These cases were looked at {looks} times: each look invites a choice in its favour, so the result "
        f"leans to the favourable side.{why}"
    )
    return [Audit("test.reuse", "warning", sentence, {"looks": looks, "reasons": list(given)})]
