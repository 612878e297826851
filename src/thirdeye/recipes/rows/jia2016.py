"""Bleeding in capsule endoscopy: a small network, and a support vector machine on its features."""

from __future__ import annotations

from collections.abc import Mapping

from thirdeye.recipes.fixtures.mucosa import write_mucosa
from thirdeye.recipes.recipe import (
    Chosen,
    Expected,
    Fixture,
    Flaw,
    PublicData,
    Recipe,
    Row,
    Setting,
    Told,
)
from thirdeye.recipes.registry import entered


def values(setting: Setting) -> Mapping[str, Chosen]:
    """The network and its head as far as they are known; the rest in Caffe's usual form."""
    return {
        "architecture": Chosen("alexnet_small", "three convolutions, pools, and two full layers", "doubtful"),
        "weights": Chosen("none", "trained from scratch: the table of the review, against its text", "seed"),
        "image_size_px": Chosen(240, "frames of 240 x 240", "seed"),
        "augmentation": Chosen(
            (
                ("flip_horizontal", 0.5), ("flip_vertical", 0.5), ("rotate", 180.0), ("brightness", 0.1),
                ("blur", 1.0), ("noise", 0.03),
            ),
            "turned, mirrored, lit otherwise, blurred, noise; the paper did so to bleeding frames alone",
            "doubtful",
        ),
        "epochs": Chosen(40, "passes are not told of", "choice"),
        "batch_size": Chosen(32, "not told of", "choice"),
        "optimiser": Chosen("sgd", "stochastic gradient descent in Caffe", "memory"),
        "learning_rate": Chosen(0.003, "not told of; at 0.01 some seeds learn nothing", "choice"),
        "backbone_rate": Chosen(1.0, "one rate for all layers", "choice"),
        "schedule": Chosen("steps:20:0.1", "a tenth, once", "choice"),
        "weight_decay": Chosen(0.0005, "Caffe's usual one", "choice"),
        "label_smoothing": Chosen(0.0, "not in use in 2016", "choice"),
        "class_weighting": Chosen(
            "sampler", "the rarer class was multiplied until both were equal; here it is drawn more often",
            "doubtful",
        ),
        "head": Chosen("svm", "a support vector machine on the features replaces the softmax", "memory"),
        "test_time_augmentation": Chosen(("identity",), "each frame is read once", "choice"),
    }  # fmt: skip


RECIPE = entered(
    Recipe(
        id="jia2016",
        title="Bleeding in wireless capsule endoscopy, 8-layer CNN + SVM (Jia & Meng)",
        tasks=("binary",),
        question="Does a frame of a capsule endoscopy show bleeding, active or inactive?",
        row=Row(
            modality=Told("frames of wireless capsule endoscopy", "seed"),
            input=Told("240 x 240 x 3", "seed"),
            network=Told(
                "in AlexNet's order (review); eight layers: three convolutions, three pools, two full layers",
                "doubtful",
            ),
            loss=Told("cross-entropy, then hinge", "memory"),
            schedule=Told("stochastic gradient descent in Caffe", "memory"),
            augmentation=Told(
                "bleeding frames turned, mirrored, lit otherwise, blurred, with noise", "doubtful"
            ),
            sampling=Told("the rarer class multiplied until both are equal", "doubtful"),
            fusion=Told("features of the network to a linear support vector machine", "seed"),
            metrics=Told("precision, recall, F1", "seed"),
            cases=Told("10,000 frames: 8,200 to learn from, 1,800 to be tested on", "seed"),
            result=Told("precision 0.999 (review); recall 0.992, F1 0.9955 (from memory)", "seed"),
        ),
        sources=(
            "Jia X, Meng MQH. A deep convolutional neural network for bleeding detection in wireless capsule "
            "endoscopy images. EMBC 2016, doi:10.1109/EMBC.2016.7590783 (not opened)",
            "Fourcade A, Khonsari RH. J Stomatol Oral Maxillofac Surg 2019;120:279-288, reference 33",
        ),
        confidence="medium",
        exactness="paper",
        fixture=Fixture(
            "264 drawn frames of 33 videos: mucosa with bubbles, bile and redness, 40 in 100 with blood",
            write=write_mucosa,
            overrides={
                "validation": "official", "folds": 1, "epochs": 10, "batch_size": 8, "averaging": 0.9,
                "optimiser": "adamw", "learning_rate": 0.001, "schedule": "cosine",
            },
            options={"positive": "bleeding"},
            budget="240s",
            classes=("bleeding", "normal"),
        ),
        expected=(Expected("auc", 0.95, 0.12, "80 drawn frames of ten videos, from scratch"),),
        public=(
            PublicData(
                "Kvasir-Capsule",
                "labelled_images/CLASS/*.jpg, split_0.csv and split_1.csv by video; 'Blood - fresh'",
                "paper",
            ),
            PublicData(
                "WCEBleedGen", "2,618 frames, as many with as without blood; boxes and masks", "paper"
            ),
        ),
        flaws=(
            Flaw("text and table of the review disagree on pre-training; the table's 'no' is followed"),
            Flaw(
                "frames of one video are probably on both sides of the split; here those of a patient stay "
                "together, and no switch undoes that"
            ),
        ),
        values=values,
    )
)  # fmt: skip
