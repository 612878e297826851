"""What the robust deep model tells beside its answers: components, measurements, repeats, clinical scores."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from thirdeye.evaluation.mean_of_cases import mean_of_cases
from thirdeye.recipes.learning.admci_model import DeepModel
from thirdeye.recipes.learning.admci_repeat import PARTS, Prepared
from thirdeye.recipes.system import ANSWER, Cases, FurtherTable

MOST_SHOWN = 12
_WHOLE = "whole model"


def selection_table(chosen: Sequence[Prepared]) -> FurtherTable:
    """The first components: the variance that each holds, and how often each member's lasso chose it."""
    most = min(MOST_SHOWN, *(len(one.frequency) for one in chosen))
    rows = tuple(
        (
            f"{number + 1}",
            f"{np.mean([one.variance[number] for one in chosen]):.1%}",
            ", ".join(f"{one.frequency[number]:.0%}" for one in chosen),
            f"{sum(bool(one.stable[number]) for one in chosen)} of {len(chosen)}",
        )
        for number in range(most)
    )
    columns = ("Component", "Share of the variance", "Chosen in so many halves, by member", "Kept by members")
    return FurtherTable("Stability of the first components", columns, rows)


def measurement_table(chosen: Sequence[Prepared], names: Sequence[str]) -> FurtherTable:
    """Which measurements the kept components are made of.

    Args:
        chosen: of the members.
        names: of the measurements, in their order.
    """
    shares = np.stack([measurement_shares(one) for one in chosen])  # (members, D)
    order = np.argsort(-shares.mean(axis=0), kind="stable")[:MOST_SHOWN]
    even = 1 / shares.shape[1]
    rows = tuple(
        (
            str(names[column]),
            f"{shares[:, column].mean():.2%}",
            f"{shares[:, column].mean() / even:.1f}",
            f"{shares[:, column].min():.2%} to {shares[:, column].max():.2%}",
        )
        for column in order
    )
    columns = ("Measurement", "Share", "Times an even share", "Lowest and highest member")
    notes = (
        "A component is a mixture of all measurements, and neighbouring regions rise and fall together: a "
        "large share does not make a measurement a cause, nor a small one useless.",
    )
    return FurtherTable("Measurements that the kept components are made of", columns, rows, notes)


def measurement_shares(prepared: Prepared) -> np.ndarray:
    """(D,) squared weights of each measurement in the kept components, in sum 1."""
    weights = (prepared.components[prepared.stable] ** 2).sum(axis=0)
    return np.asarray(weights / weights.sum())


def repeat_table(models: Sequence[DeepModel], test: Cases) -> FurtherTable:
    """Accuracy of every repeat by itself on the test part: mean and standard deviation, as was published."""
    titles = {ANSWER: _WHOLE, **{name: about.title for name, about in PARTS.items()}}
    found = repeat_accuracies(models, test)
    rows = tuple(
        (
            titles[name],
            f"{np.mean(values):.1%}",
            _deviation(values),
            f"{min(values):.1%} to {max(values):.1%}",
        )
        for name, values in found.items()
    )
    columns = ("Model", "Mean accuracy", "Standard deviation", "Lowest and highest")
    notes = (
        f"{len(found[ANSWER])} repeats on the same {len(test.rows)} patients, each at its own boundary. The "
        "deviation says how much learning wavers; how far the patients at hand stand for others is in the "
        "intervals above.",
    )
    return FurtherTable("Single repeats, in the paper's form", columns, rows, notes)


def repeat_accuracies(models: Sequence[DeepModel], test: Cases) -> dict[str, list[float]]:
    """Source to the share of right answers of every repeat of every member."""
    found: dict[str, list[float]] = {name: [] for name in (ANSWER, *PARTS)}
    for model in models:
        visible = model.prepared.visible(test.arrays["measurements"])
        for repeat in model.repeats:
            for name, logits in repeat.say(visible).items():
                found[name].append(float((logits.argmax(axis=1) == test.labels).mean()))
    return found


def score_table(names: Sequence[str], models: Sequence[DeepModel], test: Cases) -> FurtherTable:
    """How well the clinical scores are told by the same layers."""
    columns = ("Score", "Mean absolute error", "95% interval", "Of guessing the mean", "Patients")
    caption = "The clinical scores, told by the same layers, on the test part"
    return FurtherTable(caption, columns, tuple(_score(name, models, test) for name in names))


def _score(name: str, models: Sequence[DeepModel], test: Cases) -> tuple[str, ...]:
    truth = test.arrays[f"score:{name}"]
    told = np.mean([one.score(name, test) for one in models], axis=0)
    middle = float(np.mean([one.repeats[0].network.scale[name][0] for one in models]))
    error = mean_of_cases(
        np.abs(told - truth), name="mae", clusters=test.rows["patient"].to_numpy(), least=0.0
    )
    if error.value is None:
        return (name, "undefined", error.reason or "", "", "0")
    interval = "no interval" if error.ci_low is None else f"{error.ci_low:.2f} to {error.ci_high:.2f}"
    guessing = float(np.nanmean(np.abs(middle - truth)))
    return (name, f"{error.value:.2f}", interval, f"{guessing:.2f}", str(int(np.isfinite(truth).sum())))


def _deviation(values: Sequence[float]) -> str:
    return f"{np.std(values, ddof=1):.1%}" if len(values) > 1 else "undefined: one repeat"
