"""Label randomisation: a head that learnt nonsense must give other maps.

The head is fitted anew to the true labels and to labels dealt at random, on the same features and in the
same way; a method whose maps stay alike shows what is conspicuous, not what was learnt of the labels (Adebayo
et al., NeurIPS 2018, section 4). The features stay as they are. Where the last layer alone was trained, this
is the whole training; below the last layer of a fine-tuned one the true labels have been seen, so there it
asks less than training all again, which would cost as much as the training. The result says which it was.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.explanation.exam.likeness import RULE, alike, between_images, judged, mean_likeness
from thirdeye.explanation.method import Directions, Images, Maps, Method
from thirdeye.explanation.subject import of_network
from thirdeye.training.frozen import fit_head

PERMUTATIONS = 3
RANDOMISED = "last layer, fitted to permuted labels"
# by whether the layers below were trained on the labels
SCOPES = {
    True: "the layers below it have seen the true labels, so this asks less than the paper, which trains the"
    " whole network on permuted labels",
    False: "the last layer is all that was trained on labels, so this is what the paper asks",
}
STRENGTH = 0.01  # scikit-learn's C: of the heads that stages on frozen features begin with


def many_headed(
    network: Any, features: NDArray[np.float32], labels: NDArray[np.int64], *, task: str, seed: int
) -> Any:
    """A network on the same backbone with heads side by side: its own, one refitted, and permuted ones.

    Args:
        network: trained, in evaluation mode; stays as it is.
        features: (n, C) pooled, of cases with `labels`.
        labels: (n,) class indices, or (n, K) of 0 and 1.
        task: kind of decision.
        seed: of the permutations.

    Returns:
        A network with (2 + `PERMUTATIONS`) K outputs.
    """
    import torch

    from thirdeye.model.network import Network

    k = network.head.out_features
    random = np.random.default_rng(seed)
    dealt = [labels] + [labels[random.permutation(len(labels))] for _ in range(PERMUTATIONS)]
    heads = [fit_head(features, one, n_outputs=k, task=task, strength=STRENGTH) for one in dealt]
    weight = [network.head.weight.detach(), *(torch.from_numpy(one.weight).float() for one in heads)]
    made = Network(
        network.backbone,
        n_features=network.head.in_features,
        n_outputs=k * len(weight),
        mean=tuple(network.mean.flatten().tolist()),
        std=tuple(network.std.flatten().tolist()),
    )
    with torch.no_grad():
        made.head.weight.copy_(torch.cat(weight))
    return made.eval()


def maps_of_heads(method: Method, network: Any, images: Images, directions: Directions) -> Maps:
    """Maps (H, B, h, w) of one method for each of H heads side by side.

    Args:
        method: any.
        network: from `many_headed`.
        images: (B, 3, S, S).
        directions: (B, 1, K) for one head.
    """
    k = directions.shape[-1]
    heads = network.head.out_features // k
    wide = np.zeros((len(images), heads, heads * k), np.float32)
    for head in range(heads):
        wide[:, head, head * k : (head + 1) * k] = directions[:, 0]
    return np.moveaxis(method.maps(of_network(network), images, wide), 1, 0)


def judge_labels(
    heads: Maps, *, seed: int, patients: NDArray[Any] | None = None, tuned: bool = True
) -> dict[str, Any]:
    """The verdict on maps (H, B, h, w) of the network's own head, the refitted one, and permuted ones.

    Args:
        heads: from `maps_of_heads`.
        seed: of the bootstrap.
        patients: (B,) whose image it is; None: one image of each.
        tuned: whether the layers below the last one were trained on the true labels.
    """
    own, refitted, permuted = heads[0], heads[1], heads[2:]
    others = [alike(refitted, one) for one in permuted]
    measures = judged(others, between_images(refitted), seed=seed, patients=patients)
    control = mean_likeness(alike(own, refitted), patients)
    return {
        "passed": all(one["passed"] for one in measures.values()),
        "n_images": heads.shape[1],
        "n_permutations": len(permuted),
        "randomised": RANDOMISED,
        "whole_training": not tuned,
        "scope": SCOPES[tuned],
        "rule": f"head fitted to permuted labels: {RULE}",
        "measures": measures,
        "same_labels_again": control,
        "source": "Adebayo et al., NeurIPS 2018, section 4",
    }
