"""Prediction sets of a reader: rules fixed on validation cases, applied to what it says of a new one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.opinion import Opinion
from thirdeye.case.reliance import PredictionSet
from thirdeye.case.study import Study
from thirdeye.evaluation.conformal import SetRule, fit_sets
from thirdeye.inference.advice import Seen
from thirdeye.inference.manifest import Manifest

NAME = "sets"
COVERAGE = 0.9
FEWEST_OF_GROUP = 50  # patients of a group for rules of its own
SCORES = {"ordinal": "contiguous"}  # every other task: lac


@dataclass(frozen=True)
class Asked:
    """One question that sets are made for: the whole task, or one label of several.

    Args:
        scope: put before the rule's own where it is not empty ("label nodule").
        classes: what a set may hold.
        column: of the probabilities, for a label; None: all columns.
    """

    scope: str
    classes: tuple[str, ...]
    column: int | None = None

    def probabilities(self, table: NDArray[np.floating]) -> NDArray[np.float64]:
        """(n, len(classes)) of a table (n, K)."""
        if self.column is None:
            return np.asarray(table, float)
        p = np.asarray(table[:, self.column], float)
        return np.column_stack([1 - p, p])

    def labels(self, labels: NDArray[np.int64]) -> NDArray[np.int64]:
        """(n,) numbers of the true classes."""
        return labels if self.column is None else labels[:, self.column]


def questions(task: str, classes: Sequence[str]) -> tuple[Asked, ...]:
    """One question, or one for each label where a case may have several."""
    if task != "multilabel":
        return (Asked("", tuple(classes)),)
    return tuple(Asked(f"label {name}", (f"no {name}", name), k) for k, name in enumerate(classes))


def fit_rules(
    labels: NDArray[np.int64], probabilities: NDArray[np.floating], *, task: str, classes: Sequence[str],
    clusters: Any, groups: Mapping[str, NDArray[np.bool_]] | None = None, coverage: float = COVERAGE,
) -> dict[str, Any]:  # fmt: skip
    """Rules from validation cases: within each class, over all cases, and within groups.

    Args:
        labels: (n,) class numbers, or (n, K) of 0 and 1.
        probabilities: (n, K) calibrated, from members that did not learn from the case.
        task, classes: of the reader.
        clusters: (n,) patients; None: each case on its own.
        groups: name ("sex: female") to its (n,) cases; all of them large enough.
        coverage: promised.

    Returns:
        For ``model.json``: "coverage" and "rules", each with the number of its "question".
    """
    score = SCORES.get(task, "lac")
    rules: list[dict[str, Any]] = []
    for number, asked in enumerate(questions(task, classes)):
        truth, table = asked.labels(labels), asked.probabilities(probabilities)
        common: dict[str, Any] = {"coverage": coverage, "score": score}
        found = [
            fit_sets(truth, table, clusters=clusters, by_class=True, **common),
            fit_sets(truth, table, clusters=clusters, **common),
        ]
        for name, rows in (groups or {}).items():
            own = None if clusters is None else clusters[rows]
            found.append(fit_sets(truth[rows], table[rows], clusters=own, scope=name, **common))
        rules += [{"question": number, **rule.as_json()} for rule in found]
    return {"coverage": coverage, "rules": rules}


def rules_of(trust: Mapping[str, Any]) -> list[tuple[int, SetRule]]:
    """Each rule with the number of its question.

    Args:
        trust: of ``model.json``.
    """
    found = (trust.get(NAME) or {}).get("rules") or ()
    return [(int(form["question"]), SetRule.from_json(form)) for form in found]


@dataclass(frozen=True)
class SetAdviser:
    """Adds prediction sets.

    Args:
        asked: the questions.
        rules: each with the number of its question; rules of a group are used where the file names it.
        in_order: whether classes have an order, which sets then keep; else the most probable comes first.
    """

    asked: tuple[Asked, ...]
    rules: tuple[tuple[int, SetRule], ...]
    in_order: bool

    def advise(self, opinion: Opinion, seen: Seen) -> Opinion:
        """The opinion with its sets."""
        if opinion.abstained is not None:
            return opinion
        known = {f"{name}: {value}" for name, value in seen.image.attributes.items()}
        fitting = [
            (number, rule) for number, rule in self.rules if ": " not in rule.scope or rule.scope in known
        ]
        found = (self._set(self.asked[number], rule, seen.probability) for number, rule in fitting)
        return replace(opinion, sets=tuple(found))

    def _set(self, asked: Asked, rule: SetRule, probability: NDArray[np.float64]) -> PredictionSet:
        table = asked.probabilities(probability[None])
        inside = np.flatnonzero(rule.sets(table)[0])
        if not self.in_order:
            inside = inside[np.argsort(-table[0, inside], kind="stable")]
        scope = f"{asked.scope}, {rule.scope}" if asked.scope else rule.scope
        return PredictionSet(tuple(asked.classes[k] for k in inside), rule.coverage, scope)


def set_adviser(study: Study, manifest: Manifest) -> SetAdviser | None:
    """Of a reader that knows its rules."""
    rules = tuple(rules_of(manifest.trust))
    if not rules:
        return None
    return SetAdviser(questions(manifest.task, manifest.classes), rules, manifest.task == "ordinal")
