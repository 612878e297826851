"""The sentences of an opinion, the same in the terminal, on the page and in a notebook."""

from __future__ import annotations

from collections import Counter

from thirdeye.case.opinion import Opinion, Verdict
from thirdeye.case.reliance import Certainty, Familiarity, Frequency, SimilarCase
from thirdeye.inference.wording import listed, percent, readable

POINT_NAMES = {
    "youden": "balanced point (Youden)",
    "sensitivity_95": "point of 95 % sensitivity",
    "specificity_95": "point of 95 % specificity",
}
NEAREST = 5
_CERTAINTY = {
    "members": "agreement of its networks",
    "views": "agreement of mirrored views",
    "probability": "distance of the probability from another decision",
    "margin": "lead over the second class",
    "entropy": "how much one class stands out",
}


def range_of(limits: tuple[float, float]) -> str:
    """Limits of an interval in per cent, without the sign."""
    low, high = limits
    return f"{100 * low:.0f} to {100 * high:.0f}"


def frequency_sentence(found: Frequency) -> str:
    """What became of validation cases that were read alike, as a person counts."""
    unit = f"n = {found.n:,}"
    if found.patients is not None and found.patients < found.n:
        unit = f"n = {found.n:,} of {_clusters(found)}"
    share = found.k / found.n
    return (
        f"Of 100 such cases in validation, {_of_hundred(share)} {'was' if _one(share) else 'were'} "
        f"labelled {readable(found.class_name)} (95 % interval {range_of((found.low, found.high))}; {unit})."
    )


def such(found: Frequency) -> str:
    """Which cases a natural frequency is about."""
    low, high = 100 * found.from_probability, 100 * found.to_probability
    return f"“Such” are those read between {low:.0f} % and {high:.0f} %."


def point_name(name: str) -> str:
    """An operating point as a person says it."""
    return POINT_NAMES.get(name, f"operating point '{name}'")


def rate(value: float, limits: tuple[float, float] | None) -> str:
    """A share with its interval."""
    return percent(value) + (f" ({range_of(limits)})" if limits else "")


def rates(verdict: Verdict) -> list[str]:
    """What was measured at an operating point, each with its interval."""
    return [
        f"{name} {rate(value, limits)}"
        for name, value, limits in (
            ("sensitivity", verdict.sensitivity, verdict.sensitivity_interval),
            ("specificity", verdict.specificity, verdict.specificity_interval),
        )
        if value is not None
    ]


def certainty_sentence(found: Certainty) -> str:
    """How sure the reader is, compared with validation cases."""
    by = _CERTAINTY.get(found.method, readable(found.method))
    return f"Surer than in {_of_hundred(found.rank)} of 100 validation cases (by {by})."


def familiarity_sentence(found: Familiarity) -> str:
    """How much the image is like those that the reader knows."""
    if found.rank is None:
        return f"At {found.distance:.2f} of the distance at which the reader falls silent."
    share = _of_hundred(found.rank)
    return f"Of 100 images held out of its training, {share} looked as unfamiliar as this or more."


def deferral_sentence(found: Certainty) -> str:
    """That the reader leaves the case to the doctor, and why."""
    reason = readable(found.reason or "it is too uncertain to count on").rstrip(".")
    return f"Left to you alone: {reason}."


def spoken_of(opinion: Opinion) -> str:
    """The class that past cases speak for or against: the positive one, else the most probable."""
    return opinion.positive or opinion.predicted or "no finding"


def sides_of(opinion: Opinion) -> list[tuple[str, list[SimilarCase]]]:
    """Similar cases for and against the class that is spoken of, each the nearest first.

    Cases whose outcome nobody knows are neither. A side without cases is left out.
    """
    name, said = opinion.positive or opinion.predicted, spoken_of(opinion)
    speak = [one for one in opinion.similar if one.label == name]
    unknown = [one for one in opinion.similar if not one.label and one not in speak]
    against = [one for one in opinion.similar if one not in speak and one not in unknown]
    sides = ((f"for {said}", speak), (f"against {said}", against), ("outcome unknown", unknown))
    return [(title, cases) for title, cases in sides if cases]


def similar_sentence(opinion: Opinion) -> str:
    """How the cases that look most alike turned out."""
    nearest = [one for one in opinion.similar if one.rank <= NEAREST][:NEAREST]
    counts = Counter(readable(one.label) or "of unknown outcome" for one in nearest)
    told = listed([f"{count} {name}" for name, count in counts.most_common()], "and")
    return f"Of the {len(nearest)} past cases that look most alike: {told}."


def _of_hundred(share: float) -> str:
    if share in (0, 1):
        return "none" if share == 0 else "100"
    if share < 0.005:
        return "fewer than 1"
    return "more than 99" if share > 0.995 else f"{100 * share:.0f}"


def _one(share: float) -> bool:
    return _of_hundred(share) in ("1", "fewer than 1", "none")


def _clusters(found: Frequency) -> str:
    return f"{found.patients:,} {found.cluster}{'' if found.patients == 1 else 's'}"
