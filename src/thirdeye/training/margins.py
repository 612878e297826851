"""A linear support vector machine in place of a network's last layer, on the features before it.

Source: Tang Y. Deep learning using linear support vector machines. ICML 2013 workshop; here the network is
trained with cross-entropy first, and its features stay as they are. A linear machine is a linear layer: what
reads the network afterwards need not know how its last layer was found.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from thirdeye.model.network import Network
from thirdeye.training.frozen import ABSENT, Head, pooled_features, with_head

COST = 0.01  # of a case on the wrong side of its margin, features in standard deviations
AT_ONCE = 512  # images
Table = NDArray[np.float64]


def with_margins(
    network: Network,
    images: NDArray[np.uint8],
    labels: NDArray[np.int64],
    rows: NDArray[np.int64],
    *,
    task: str,
) -> Network:
    """A copy of the network whose last layer is a support vector machine on its features.

    Args:
        network: trained; its head says how many classes there are.
        images: (N, S, S, 3) prepared images, possibly a memory map.
        labels: (N,) class indices, or (N, K) of 0 and 1.
        rows: positions of those that the network learnt from.
        task: as in `Plan`.
    """
    parts = [pooled_features(network, images[rows[at : at + AT_ONCE]]) for at in range(0, len(rows), AT_ONCE)]
    head = fit_margins(
        np.concatenate(parts), labels[rows], n_outputs=network.head.out_features, task=task, strength=COST
    )
    return with_head(network, head)


def fit_margins(
    features: NDArray[np.float32],
    labels: NDArray[np.int64],
    *,
    n_outputs: int,
    task: str,
    strength: float = COST,
) -> Head:
    """Linear machines on standardised features, expressed on the raw ones; their margins are the logits.

    Classes are told from the rest one by one, of two classes the second from the first; cases count by the
    rarity of their class.

    Args:
        features: (n, C).
        labels: (n,) class indices, or (n, K) of 0 and 1 for "multilabel".
        n_outputs: K.
        task: as in `Plan`.
        strength: cost of a case on the wrong side (scikit-learn's C).
    """
    mean, spread = features.mean(axis=0, dtype=np.float64), features.std(axis=0, dtype=np.float64) + 1e-6
    scaled = (features - mean) / spread
    member = labels.astype(bool) if task == "multilabel" else labels[:, None] == np.arange(n_outputs)
    if n_outputs == 2 and task != "multilabel":
        row, offset = _machine(scaled, member[:, 1], strength)
        weight, bias = np.stack([-row / 2, row / 2]), np.array([-offset / 2, offset / 2])
    else:
        rows = [_machine(scaled, column, strength) for column in member.T]
        weight, bias = np.stack([row for row, _ in rows]), np.array([offset for _, offset in rows])
    weight = weight / spread
    return Head(weight, bias - weight @ mean)


def _machine(scaled: Table, member: NDArray[np.bool_], strength: float) -> tuple[Table, float]:
    """Direction and offset; where all cases are alike nothing but the answer that they have."""
    if member.all() or not member.any():
        return np.zeros(scaled.shape[1]), -ABSENT if member.all() else ABSENT
    from sklearn.svm import LinearSVC

    machine = LinearSVC(
        C=strength, class_weight="balanced", dual=True, tol=1e-3, max_iter=20000, random_state=0
    )
    machine.fit(scaled, member)
    return machine.coef_[0], float(machine.intercept_[0])
