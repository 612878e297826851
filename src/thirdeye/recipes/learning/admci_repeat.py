"""One repeat of the robust deep model, and the preparation that all repeats of a member share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from thirdeye.recipes.system import ANSWER, Logits, Source, Values
from thirdeye.training.tabular.deep import DeepSetting, DeepTable, fine_tuned
from thirdeye.training.tabular.rbm import Array, Layer, pretrained
from thirdeye.training.tabular.stability import stability_selection

PARTS: Mapping[str, Source] = {
    "no_dropout": Source(
        "same model without dropout",
        "The same layers, fine-tuned without dropout, and their own support vector machine: what dropout "
        "adds.",
    ),
    "head": Source(
        "class head of the network alone",
        "The class head of the network with dropout, without a support vector machine.",
    ),
    "shallow": Source(
        "support vector machine on the chosen components",
        "The stable components straight into the support vector machine: what the layers add.",
    ),
}


@dataclass(frozen=True)
class Prepared:
    """What turns measurements into what the network sees.

    Args:
        middle, spread: (D,) of the measurements; `middle` also stands where one is missing.
        components: (C, D) principal components.
        frequency: (C,) share of the halves in which each was chosen.
        stable: (C,) which are kept.
        low, high: (kept,) range of each kept one, which becomes 0 to 1.
        variance: (C,) share of the variance that each component holds.
    """

    middle: Array
    spread: Array
    components: Array
    frequency: Array
    stable: NDArray[np.bool_]
    low: Array
    high: Array
    variance: Array

    def visible(self, measurements: NDArray[np.floating]) -> Array:
        """(n, kept) from 0 to 1, of (n, D) measurements; values beyond the learnt range are cut."""
        chosen = self.projected(measurements)[:, self.stable]
        return np.asarray(np.clip((chosen - self.low) / (self.high - self.low), 0.0, 1.0))

    def projected(self, measurements: NDArray[np.floating]) -> Array:
        """(n, C) principal components."""
        filled = np.where(np.isfinite(measurements), measurements, self.middle)
        return np.asarray((filled - self.middle) / self.spread @ self.components.T)


@dataclass(frozen=True)
class Repeat:
    """What one repeat learnt.

    Args:
        network, bare: with dropout, and without.
        machine, bare_machine, shallow: linear support vector machines on the features of either, and on the
            chosen components: (H, K) weights and (K,) bias.
    """

    network: DeepTable
    bare: DeepTable
    machine: Layer
    bare_machine: Layer
    shallow: Layer

    def say(self, visible: Array) -> dict[str, Logits]:
        """Source to (n, K) logits of (n, kept) cases."""
        return {
            ANSWER: linear(self.machine, self.network.features(visible)),
            "no_dropout": linear(self.bare_machine, self.bare.features(visible)),
            "head": self.network.logits(visible),
            "shallow": linear(self.shallow, visible),
        }


def linear(layer: Layer, values: Array) -> Array:
    """(n, K) of a linear layer."""
    return values @ layer.weights + layer.bias


def prepare(
    measurements: NDArray[np.floating], labels: NDArray[np.integer], values: Values, seed: int
) -> Prepared:
    """Principal components that hold the wanted variance, and those of them that are stable.

    Args:
        measurements: (n, D), NaN where one is missing.
        labels: (n,) class index.
        values: "variance", "stable_share", "rounds" and "lasso" of the recipe.
        seed: of the halves.
    """
    middle = np.nan_to_num(np.nanmedian(measurements, axis=0))
    filled = np.where(np.isfinite(measurements), measurements, middle)
    spread = filled.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    middle = filled.mean(axis=0)
    _, singular, rows = np.linalg.svd((filled - middle) / spread, full_matrices=False)
    share = singular**2 / (singular**2).sum()
    wanted = min(len(share), int(np.searchsorted(np.cumsum(share), values["variance"]) + 1))
    components = rows[:wanted] * np.sign(rows[:wanted].sum(axis=1, keepdims=True) + 1e-12)
    projected = (filled - middle) / spread @ components.T
    unit = projected / projected.std(axis=0)
    targets = np.eye(int(labels.max()) + 1)[labels]
    stable = stability_selection(
        unit, targets[:, 1:], threshold=values["stable_share"], rounds=values["rounds"],
        strength=values["lasso"], seed=seed,
    )  # fmt: skip
    chosen = projected[:, stable.kept]
    low, high = chosen.min(axis=0), chosen.max(axis=0)
    high = np.where(high > low, high, low + 1.0)
    return Prepared(middle, spread, components, stable.frequency, stable.kept, low, high, share[:wanted])


def learn_repeat(
    visible: Array,
    labels: NDArray[np.integer],
    scores: Mapping[str, NDArray[np.floating]],
    values: Values,
    seed: int,
    n_classes: int,
) -> Repeat:
    """Layers by Boltzmann machines, fine-tuning with and without dropout, support vector machines on top.

    Args:
        visible: (n, kept) from 0 to 1.
        labels: (n,) class index.
        scores: name to (n,) clinical scores.
        values: of the recipe.
        seed: of everything random.
        n_classes: K.
    """
    first = pretrained(
        visible, values["layers"], epochs=values["rbm_epochs"], rate=values["rbm_rate"],
        batch=values["batch_size"], seed=seed,
    )  # fmt: skip
    setting = DeepSetting(
        values["epochs"], values["learning_rate"], values["batch_size"],
        (values["dropout_input"], values["dropout_hidden"]), values["score_weight"], seed,
    )  # fmt: skip
    networks = [
        fine_tuned(visible, labels, scores, first, one, n_classes=n_classes)
        for one in (setting, replace(setting, dropout=(0.0, 0.0)))
    ]
    machines = [
        support_vectors(table, labels, values["svm_c"], n_classes)
        for table in (*(one.features(visible) for one in networks), visible)
    ]
    return Repeat(networks[0], networks[1], *machines)


def support_vectors(table: Array, labels: NDArray[np.integer], c: float, n_classes: int) -> Layer:
    """A linear support vector machine of (n, H) features, standardised inside: (H, K) weights and (K,) bias.

    Two classes get the distance to the plane, negative and positive; more get one against the rest.
    """
    from sklearn.svm import LinearSVC

    middle, spread = table.mean(axis=0), table.std(axis=0)
    spread = np.where(spread > 1e-9, spread, 1.0)
    fitted = LinearSVC(C=c, class_weight="balanced", dual=False, max_iter=10_000).fit(
        (table - middle) / spread, labels
    )
    weights = fitted.coef_.T / spread[:, None]
    bias = fitted.intercept_ - middle @ weights
    if n_classes == 2:
        return Layer(np.column_stack([-weights[:, 0], weights[:, 0]]), np.asarray([-bias[0], bias[0]]))
    return Layer(weights, bias)
