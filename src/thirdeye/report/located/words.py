"""How a task that says where something is appears on paper: one frozen object for each of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from thirdeye.report.document import Notice, Paragraph
from thirdeye.report.evidence import Evidence
from thirdeye.report.numbers import MetricJson
from thirdeye.report.sets import EvidenceSet

Rule = Callable[[Evidence], Notice | None]


@dataclass(frozen=True)
class LocatedWords:
    """The words of one task.

    Args:
        task: as `plan.json` has it: "segmentation", "detection", "landmarks".
        kind: what is decided, as the plan and the canvas say it ("outlines of structures").
        noun, nouns: what is looked for ("structure", "structures").
        marked: column of the table of counts ("Images in which it is marked").
        question: title of the report from the names of what is looked for.
        headlines: names of measures for the terminal and the key numbers, the main one first; one that ends
            with "*" stands for every measure whose name begins so ("mre_*").
        lead: opening of the summary in a clinician's words, from the test part and the names.
        read: what was counted ("24 pictures that took no part in training").
        rules: warnings and limits of this task, beside those of every task.
        always: what no run can know, besides what no run of any task can know.
    """

    task: str
    kind: str
    noun: str
    nouns: str
    marked: str
    question: Callable[[Sequence[str]], str]
    headlines: tuple[str, ...]
    lead: Callable[[EvidenceSet, Sequence[str]], Sequence[Paragraph]]
    rules: tuple[Rule, ...] = ()
    always: tuple[str, ...] = ()

    def is_headline(self, name: object) -> bool:
        """Whether a measure stands among the headlines."""
        return self.rank(name) < len(self.headlines)

    def rank(self, name: object) -> int:
        """Place of a measure among the headlines; their number where it is none."""
        fitting = (i for i, one in enumerate(self.headlines) if _fits(str(name), one))
        return next(fitting, len(self.headlines))

    def headline_metrics(self, part: EvidenceSet) -> list[MetricJson]:
        """The headline measures over everything that is looked for, in the order of `headlines`.

        Where only one thing is looked for there is nothing to average over, and its own figures stand in.
        """
        plain = [m for m in part.metrics if self.is_headline(m.get("name")) and not m.get("operating_point")]
        overall = [m for m in plain if not m.get("class")]
        classes = {m.get("class") for m in plain if m.get("class")}
        if len(classes) == 1:
            known = {m.get("name") for m in overall}
            overall += [m for m in plain if m.get("class") and m.get("name") not in known]
        return sorted(overall, key=lambda metric: self.rank(metric.get("name")))

    def main_metric(self, part: EvidenceSet) -> MetricJson | None:
        """The first headline that was measured."""
        return next(iter(self.headline_metrics(part)), None)


def _fits(name: str, headline: str) -> bool:
    return name.startswith(headline[:-1]) if headline.endswith("*") else name == headline
