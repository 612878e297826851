"""Drift: whether the cases that a reader is shown, one after another, are still like those it was tested on.

Two charts run side by side: how far images lie from what the reader knows, and what probability it gives.
Each is compared with held-out development cases; for a reader of an earlier version, which did not keep them,
with the first cases of the stream. A stream may ring because another machine, another hospital or other
patients have come. It may stay quiet though the reader has become worse: nobody sees that without the truth.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from thirdeye.errors import StudyMismatch, UsageError
from thirdeye.evaluation.control_chart import FEWEST_REFERENCE, Chart, limit

NAME = "stream"
VERSION = 1
SETTLE = 100  # first cases that serve as the reference where the reader has none
MOST_KEPT = 500
MOST_MARKS = 10_000
PLACES = 6  # of values that are kept and compared
NAMES = ("distance", "probability")
Case = Mapping[str, float]


@dataclass(frozen=True)
class Stream:
    """How a stream of cases has gone so far.

    Args:
        model: hash of the reader.
        cases, abstained: so far.
        reference: chart to ascending values of cases in control; of fewer than `SETTLE` while it settles.
        origin: chart to "validation", or "stream" where its own first cases serve.
        charts: name to the chart.
        known: marks of the last `MOST_MARKS` cases that told who they are; a case is counted once.
    """

    model: str
    cases: int = 0
    abstained: int = 0
    reference: Mapping[str, Sequence[float]] = field(default_factory=dict)
    origin: Mapping[str, str] = field(default_factory=dict)
    charts: Mapping[str, Chart] = field(default_factory=dict)
    known: Mapping[str, None] = field(default_factory=dict)  # in the order in which they came

    def with_case(self, values: Case, *, abstained: bool, mark: str | None = None) -> Stream:
        """The stream with one case more.

        Args:
            values: of each chart, where the case has one; see `values_of`.
            abstained: whether the reader gave no opinion.
            mark: by which the case is known again; None: it cannot be.
        """
        reference, charts = dict(self.reference), dict(self.charts)
        for name, value in values.items():
            if self.settled(name):
                charts[name] = charts.get(name, Chart()).with_value(value, reference[name])
            else:
                known = [*reference.get(name, ()), value]
                reference[name] = sorted(known) if len(known) == SETTLE else known
        return replace(
            self,
            cases=self.cases + 1,
            abstained=self.abstained + abstained,
            reference=reference,
            charts=charts,
            known=self.known if mark is None else _last({**self.known, mark: None}),
        )

    def settled(self, name: str) -> bool:
        """Whether a chart has a reference to be compared with."""
        return self.origin.get(name) == "validation" or len(self.reference.get(name, ())) >= SETTLE

    @property
    def rang(self) -> tuple[str, ...]:
        """Charts that rang."""
        return tuple(name for name in NAMES if name in self.charts and self.charts[name].rang)

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {
            "version": VERSION, "model": self.model, "cases": self.cases, "abstained": self.abstained,
            "origin": dict(self.origin),
            "reference": {name: list(values) for name, values in self.reference.items()},
            "charts": {name: chart.as_json() for name, chart in self.charts.items()},
            "known": list(self.known),
        }  # fmt: skip

    @classmethod
    def from_json(cls, form: Any, *, model: str) -> Stream:
        """What `as_json` gave.

        Raises:
            StudyMismatch: it is of another reader, or of a newer version.
            UsageError: it is damaged.
        """
        if not isinstance(form, dict) or not isinstance(form.get("version"), int):
            raise UsageError("this is no state of a stream; start again with --restart")
        if form["version"] > VERSION:
            raise StudyMismatch("the state of the stream is from a newer version; update thirdeye-imaging")
        if form.get("model") != model:
            raise StudyMismatch(
                "the state of the stream is of another reader, or of this one before it was trained again; "
                "start again with --restart"
            )
        try:
            reference = {name: [float(v) for v in form["reference"][name]] for name in form["reference"]}
            charts = {name: Chart.from_json(one) for name, one in form["charts"].items()}
            counts = int(form["cases"]), int(form["abstained"])
            known = {str(mark): None for mark in form.get("known", ())}  # earlier versions kept none
            found = cls(model, *counts, reference, dict(form["origin"]), charts, known)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise UsageError(f"the state of the stream is damaged ({error}); use --restart") from error
        if any(found.settled(name) and len(values) < FEWEST_REFERENCE for name, values in reference.items()):
            raise UsageError("the state of the stream is damaged: a reference is too small; use --restart")
        return found


def new_stream(model: str, reference: Mapping[str, Sequence[float]]) -> Stream:
    """A stream before its first case.

    Args:
        model: hash of the reader.
        reference: chart to values of held-out development cases; those of fewer than `FEWEST_REFERENCE` are
            not used.
    """
    kept = {name: sorted(values) for name, values in reference.items() if len(values) >= FEWEST_REFERENCE}
    return Stream(model, reference=kept, origin={n: "validation" if n in kept else "stream" for n in NAMES})


def _last(marks: Mapping[str, None]) -> Mapping[str, None]:
    return dict.fromkeys(list(marks)[-MOST_MARKS:]) if len(marks) > MOST_MARKS else marks


def thinned(values: Iterable[float]) -> list[float]:
    """At most `MOST_KEPT` of the values, ascending, evenly spaced in rank; for files."""
    ordered = np.sort(np.asarray(list(values), float))
    places = np.linspace(0, len(ordered) - 1, min(MOST_KEPT, len(ordered))).round().astype(int)
    return [round(float(value), PLACES) for value in ordered[places]]


def values_of(opinion: Mapping[str, Any], watched: str | None) -> dict[str, float]:
    """What the charts need of an opinion in its JSON form.

    Args:
        opinion: see ``case/schema/opinion.json``.
        watched: class whose probability is followed; None: that of the most probable class.
    """
    found = {}
    familiar = opinion.get("familiarity") or {}
    if familiar.get("distance") is not None:
        found["distance"] = float(familiar["distance"])
    given = opinion.get("probabilities") or {}
    if given:
        value = float(given[watched] if watched in given else max(given.values()))
        found["probability"] = round(value, PLACES)  # as the reference: else what is almost 0 lies above it
    return found


def sentences(stream: Stream, watched: str | None) -> list[str]:
    """What a person should know of a stream, the most important first."""
    said = [_alarm(stream, name, watched) for name in stream.rang]
    waiting = [name for name in NAMES if not stream.settled(name) and stream.reference.get(name)]
    if waiting:
        n = max(len(stream.reference[name]) for name in waiting)
        said.append(f"{n} of the first {SETTLE} cases are in, which later ones will be compared with.")
    watching = [name for name in NAMES if name in stream.charts]
    if watching and not stream.rang:
        said.append(f"No drift is seen in {stream.cases:,} cases.")
    if not stream.cases:
        said.append("No case has come yet.")
    if stream.abstained:
        said.append(f"The reader gave no opinion on {stream.abstained:,} of {stream.cases:,} cases.")
    return said


def _alarm(stream: Stream, name: str, watched: str | None) -> str:
    chart = stream.charts[name]
    against = "held-out development cases" if stream.origin.get(name) == "validation" else "the first cases"
    since = f"since about case {chart.started:,} (seen at case {chart.rang:,})"
    if name == "distance":
        how = "farther from" if chart.level > 0 else "nearer to"
        lie = f"images lie {how} what the reader knows than {against}"
        return f"Drift: {since}, {lie}. Look for a new machine, protocol or kind of case."
    what = f"the probability of “{watched}”" if watched else "the probability of the named class"
    how = "higher" if chart.level > 0 else "lower"
    return (
        f"Drift: {since}, {what} is {how} than in {against}. Other patients may come, or the images have "
        "changed: compare with the truth before the reader is used further."
    )


def state_of(stream: Stream) -> dict[str, Any]:
    """Each chart with its limits, JSON-ready, for showing."""
    return {
        name: {**chart.as_json(), "limit": limit(len(stream.reference[name])), "origin": stream.origin[name]}
        for name, chart in stream.charts.items()
    }
