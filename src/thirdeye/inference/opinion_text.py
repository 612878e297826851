"""An opinion in words, for a terminal."""

from __future__ import annotations

from thirdeye.case.opinion import Opinion, Verdict
from thirdeye.inference.located_text import located_lines
from thirdeye.inference.located_text import readable as readable

POINT_NAMES = {
    "youden": "balanced point (Youden)",
    "sensitivity_95": "point of 95 % sensitivity",
    "specificity_95": "point of 95 % specificity",
}
SHOWN_CLASSES = 3


def opinion_text(opinion: Opinion) -> str:
    """A block of lines on one case, without a trailing newline."""
    lines = [readable(opinion.source)]
    if opinion.abstained is not None:
        lines.append(f"  no opinion: {opinion.abstained}")
    elif not opinion.probabilities:
        lines.extend(f"  {line}" for line in located_lines(opinion))
    else:
        lines.extend(f"  {line}" for line in probability_lines(opinion))
        lines.extend(f"  {verdict_line(verdict)}" for verdict in opinion.verdicts)
    lines.extend(f"  note: {warning}" for warning in opinion.warnings)
    return "\n".join(lines)


def probability_lines(opinion: Opinion) -> list[str]:
    """What is held to be likely, and how often such a statement is right."""
    if opinion.positive is not None:
        value = opinion.probabilities[opinion.positive]
        return [f"{opinion.positive}: {percent(value)} ({natural_frequency(value, opinion.positive)})"]
    ranked = sorted(opinion.probabilities.items(), key=lambda item: -item[1])
    if opinion.task == "multilabel":
        found = opinion.predicted.replace("|", ", ") if opinion.predicted else "none"
        return [f"labels above one half: {found}", *(f"{name}: {percent(value)}" for name, value in ranked)]
    first, value = ranked[0]
    lines = [f"{first}: {percent(value)} ({natural_frequency(value, first)})"]
    lines.extend(f"{name}: {percent(value)}" for name, value in ranked[1:SHOWN_CLASSES])
    rest = sum(value for _, value in ranked[SHOWN_CLASSES:])
    return [*lines, f"{len(ranked) - SHOWN_CLASSES} others together: {percent(rest)}"] if rest else lines


def verdict_line(verdict: Verdict) -> str:
    """One verdict with what was measured at its operating point."""
    word = "positive" if verdict.positive else "negative"
    measured = [
        f"{name} {percent(value)}"
        for name, value in (("sensitivity", verdict.sensitivity), ("specificity", verdict.specificity))
        if value is not None
    ]
    at = f"at the {point_name(verdict.operating_point)}, threshold {percent(verdict.threshold)}"
    return f"{word} {at}" + (f" (there, on validation cases: {', '.join(measured)})" if measured else "")


def point_name(name: str) -> str:
    """An operating point as a person says it."""
    return POINT_NAMES.get(name, f"operating point '{name}'")


def natural_frequency(probability: float, name: str) -> str:
    """ "of 100 cases read like this, about 37 are malignant"."""
    return f"of 100 cases read like this, {_count(probability)} {_are(probability)} {name}"


def percent(value: float) -> str:
    """A share of 0..1 in per cent, never rounded to certainty."""
    if 0 < value < 0.01:
        return "below 1 %"
    if 0.99 < value < 1:
        return "above 99 %"
    return f"{100 * value:.0f} %"


def _count(probability: float) -> str:
    if probability < 0.01:
        return "fewer than 1"
    return "more than 99" if probability > 0.99 else f"about {100 * probability:.0f}"


def _are(probability: float) -> str:
    return "is" if probability < 0.015 else "are"
