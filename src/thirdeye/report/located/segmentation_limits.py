"""Limits of a segmentation: few cases of a structure, one annotator, another person's agreement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thirdeye.report.clean import typeset
from thirdeye.report.document import Notice
from thirdeye.report.evidence import Evidence
from thirdeye.report.numbers import count, is_number
from thirdeye.report.sets import test_set

FEW = 20  # cases of a structure in the test part
MISSED_OFTEN = 0.1
_MOST_NAMED = 6


def few_cases(evidence: Evidence) -> Notice | None:
    """Structures that few test cases show."""
    part = test_set(evidence)
    counts = {str(k): int(v) for k, v in ((part.content.get("n_by_class") or {}) if part else {}).items()}
    few = {name: n for name, n in counts.items() if n < FEW}
    if not few:
        return None
    listed = ", ".join(f"{name} ({n})" for name, n in list(few.items())[:_MOST_NAMED])
    more = f" and {len(few) - _MOST_NAMED} more" if len(few) > _MOST_NAMED else ""
    return Notice(
        "warning",
        f"Few test cases show {count(len(few), 'structure')}",
        f"{listed}{more}: fewer than {FEW} cases leave wide intervals; read the interval, not the number.",
        "More test cases narrow it.",
    )


def missed(evidence: Evidence) -> Notice | None:
    """Structures that were missed altogether, or marked where they are not, in a tenth of the cases."""
    part, said = test_set(evidence), []
    for name in (part.content.get("n_by_class") or {}) if part else {}:
        for rate, what in (("case_sensitivity", "missed where it is there"),
                           ("case_specificity", "marked where it is not")):  # fmt: skip
            metric = part.metric(rate, class_name=name) if part else None
            value = (metric or {}).get("value")
            if is_number(value) and 1 - float(value) > MISSED_OFTEN:  # type: ignore[arg-type]
                n = int((metric or {}).get("n") or 0)
                said.append(f"{name}: {what} in {round((1 - float(value)) * n)} of {n} cases.")  # type: ignore[arg-type]
    if not said:
        return None
    return Notice("warning", "Structures are missed, or marked where they are not", " ".join(said))


def one_annotator(evidence: Evidence) -> Notice | None:
    """Nobody else marked the test cases."""
    part = test_set(evidence)
    if part is None or part.content.get("readers"):
        return None
    return Notice(
        "note",
        "No second observer",
        "Each case was marked by one person or in one way. Whether the network lies within what two people "
        "differ by is not known.",
        "Have some test cases marked by somebody else, and give both sets of masks.",
    )


def farther_than_people(evidence: Evidence) -> Notice | None:
    """The network agrees less with the reference than a second person does."""
    part = test_set(evidence)
    found: list[Mapping[str, Any]] = [
        one
        for reader in (part.content.get("readers") or () if part else ())
        for one in reader.get("differences") or ()
        if one.get("outcome") == "farther"
    ]
    if not found:
        return None
    said = " ".join(typeset(str(one["verdict"])) for one in found)
    return Notice(
        "warning", "The network is not within what two people differ by", said[:1].upper() + said[1:]
    )


RULES = (few_cases, missed, farther_than_people, one_annotator)
