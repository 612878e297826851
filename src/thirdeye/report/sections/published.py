"""The published system that a study follows: what was claimed of it, how it is known, what differs here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thirdeye.report.document import Block, Facts, Notice, Paragraph, Section
from thirdeye.report.evidence import Evidence

MADE_HERE = "(chosen here)"
FROM_MEMORY = "(from memory"
FOR_FIXTURE = "Chosen for the fixture, to be quick. "


def published_section(evidence: Evidence) -> Section | None:
    """None where the study follows no published system."""
    told = evidence.published
    if not told:
        return None
    claimed: Mapping[str, Any] = told.get("claimed") or {}
    pairs = [
        ("System", f"{told.get('title')} ({told.get('id')})"),
        ("Its question", str(told.get("question") or "not recorded")),
        ("What was claimed", f"{claimed.get('text')} ({claimed.get('known')})"),
        ("How it is specified", str(told.get("specification") or "not recorded")),
        ("Values of the plan", _counted(evidence)),
        *(("Flaw reproduced", str(one)) for one in told.get("flaws") or ()),
        *(("Source", str(one)) for one in told.get("sources") or ()),
    ]
    blocks: list[Block] = [Facts(tuple(pairs)), Paragraph(_apart(told), "small")]
    notice = made_up_notice(evidence)
    return Section("published", "The published system", (*([notice] if notice else []), *blocks))


def made_up_notice(evidence: Evidence) -> Notice | None:
    """That the data are no patients'; None where they are not the fixture of a recipe."""
    about = evidence.published.get("fixture")
    if not about:
        return None
    return Notice(
        "warning",
        "These data were made up",
        f"They are the fixture of the recipe {evidence.published.get('id')}: {about}. The figures show that "
        "its parts work together, and say nothing about patients or about the published system.",
    )


def reason_words(evidence: Evidence, name: str, entry: Mapping[str, Any]) -> str:
    """Why a value of the plan is as it is, beginning with who chose it."""
    who = chosen_words(evidence, name, entry)
    return who.strip() if who == FOR_FIXTURE else who + str(entry.get("reason") or "")


def chosen_words(evidence: Evidence, name: str, entry: Mapping[str, Any]) -> str:
    """Who chose a value of the plan, as a sentence before its reason; empty where the rules did."""
    chosen, reason = str(entry.get("chosen_by") or "rule"), str(entry.get("reason") or "")
    if chosen == "user":
        small = name in (evidence.published.get("small") or ())
        return FOR_FIXTURE if small else "Chosen by the user. "
    if chosen == "recipe":
        return "Not from the publication. " if reason.endswith(MADE_HERE) else "As published. "
    return ""


def _counted(evidence: Evidence) -> str:
    """How many values were published, and how many are not."""
    values: Mapping[str, Any] = evidence.plan.get("values") or {}
    words = [chosen_words(evidence, name, entry) for name, entry in values.items()]
    memory = sum(
        entry.get("chosen_by") == "recipe" and FROM_MEMORY in str(entry.get("reason"))
        for entry in values.values()
    )
    counts = (
        (
            "as published" + (f" ({memory} of them from memory)" if memory else ""),
            words.count("As published. "),
        ),
        ("not from the publication", words.count("Not from the publication. ")),
        ("chosen for the fixture, to be quick", words.count(FOR_FIXTURE)),
        ("chosen by the user", words.count("Chosen by the user. ")),
        ("by the rules, from the data", words.count("")),
    )
    return "; ".join(f"{count} {what}" for what, count in counts if count) or "not recorded"


def _apart(told: Mapping[str, Any]) -> str:
    lighter = "It ran in its lighter form, which a processor can bear. " if told.get("lighter") else ""
    return (
        f"{lighter}What was claimed was measured on other data, and is not to be compared with the figures "
        f"of this report. Everything that is known of the system: thirdeye recipes show {told.get('id')}."
    )
