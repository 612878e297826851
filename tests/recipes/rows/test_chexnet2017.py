"""CheXNet: DenseNet-121 as published, and the replication's training behind a switch."""

from __future__ import annotations

from thirdeye.model.build import build_network
from thirdeye.recipes.rows.chexnet2017 import RECIPE

CLASSES = RECIPE.fixture.classes


def test_the_network_has_the_parameters_of_densenet_121() -> None:
    """7,978,856 for 1,000 classes (Huang et al., CVPR 2017, as torchvision and Keras count them)."""
    architecture = RECIPE.published(CLASSES)["architecture"].value
    network, _ = build_network(architecture, n_outputs=14, weights="none")
    assert sum(one.numel() for one in network.backbone.parameters()) == 7_978_856 - 1025 * 1000
    assert network.head.weight.shape == (14, 1024)


def test_the_replications_training_is_a_switch() -> None:
    paper, replication = RECIPE.published(CLASSES), RECIPE.published(CLASSES, ["sgd"])
    assert (paper["optimiser"].value, replication["optimiser"].value) == ("adamw", "sgd")
    assert {name for name in paper if paper[name].value != replication[name].value} == {
        "optimiser", "learning_rate", "weight_decay", "stopping",
    }  # fmt: skip
    assert paper["points"].value == ("f1",)
