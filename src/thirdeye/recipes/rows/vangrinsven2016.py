"""Haemorrhages of the retina: negatives are drawn anew, by how wrong the network is about them."""

from __future__ import annotations

from collections.abc import Mapping

from thirdeye.recipes.fixtures.haemorrhages import write_haemorrhages
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
    """The published network and sampling."""
    return {
        "technique": Chosen("sliding", "a classifier of squares slides over the image", "seed"),
        "architecture": Chosen("vangrinsven", "five convolutions of 32 maps, 1024, 2", "doubtful"),
        "preparation": Chosen(
            (("local_contrast", 1 / 30),), "4 I - 4 G(I) + 128 in each channel, G of width / 30", "paper"
        ),
        "mining": Chosen("selective", "negatives are drawn anew in proportion to |label - p|", "paper"),
        "mining_rounds": Chosen(60, "60 epochs with selective sampling, 170 without", "paper"),
        "rounds": Chosen(8, "8 x 25 steps of 64 squares are an epoch", "choice"),
        "object_shares": Chosen((0.5,), "as many positives as negatives", "memory"),
        "object_reach": Chosen(0.3, "pixels well within a haemorrhage are positives", "choice"),
        "tone": Chosen(0.0, "positives are turned and mirrored; colours stay as they are", "doubtful"),
        "views": Chosen(("upright",), "each image is read once", "memory"),
        "optimiser": Chosen("sgd", "gradient descent with momentum, 0.9", "memory"),
        "answers_px": Chosen(1, "every pixel of the field is asked", "memory"),
    }


RECIPE = entered(
    Recipe(
        id="vangrinsven2016",
        title="Retinal haemorrhage detection with selective sampling (van Grinsven)",
        tasks=("detection", "binary"),
        question="Haemorrhage pixels, then image contains haemorrhage?",
        row=Row(
            modality=Told("colour photographs of the eye ground", "seed"),
            input=Told("squares of 41 x 41 x 3 (from memory) of images scaled to 512 x 512", "seed"),
            preprocessing=Told(
                "field cut out and scaled; 4 I - 4 G(I) + 128 in each channel, G of width / 30", "paper"
            ),
            network=Told(
                "5 convolutions 32@3x3 with ReLU and two poolings by 2, 1024, 2; the review says OxfordNet",
                "doubtful",
            ),
            loss=Told("cross-entropy, weight decay", "doubtful"),
            schedule=Told("gradient descent with momentum; 60 epochs instead of 170", "paper"),
            augmentation=Told("positives turned and mirrored", "doubtful"),
            sampling=Told(
                "selective: each epoch's negatives are drawn with probability proportional to |label - p| of "
                "the current network, positives alike, 1 : 1",
                "memory",
            ),
            postprocessing=Told(
                "the map of the field; an image's score is the highest of its smoothed map", "memory"
            ),
            metrics=Told("AUC of images, FROC of haemorrhages", "memory"),
            cases=Told("7,879 photographs, 5,287 to learn from and 2,592 for the test", "seed"),
            result=Told("AUC 0.894 and 0.972 on two sets (Kaggle and Messidor, from memory)", "paper"),
        ),
        sources=(
            "van Grinsven MJJP, van Ginneken B, Hoyng CB, Theelen T, Sanchez CI. Fast convolutional neural "
            "network training using selective data sampling: application to hemorrhage detection in color "
            "fundus images. IEEE Trans Med Imaging 2016;35:1273-1284",
            "Fourcade A, Khonsari RH. Deep learning in medical image analysis: a third eye for doctors. 2019",
        ),
        confidence="low",
        exactness="paper",
        fixture=Fixture(
            "82 drawn eye grounds of as many patients, half with haemorrhages, among vessels and small dots",
            write=write_haemorrhages,
            overrides={
                "answers_px": 4, "mining_rounds": 6, "rounds": 1, "batch_size": 48, "learning_rate": 1e-3,
                "folds": 1, "optimiser": "adamw",
            },
            budget="90s",
            classes=("haemorrhage",),
            located="detection",
        ),
        expected=(
            Expected("patient_auc", 0.99, 0.15, "36 eyes; the highest of the smoothed map"),
            Expected("froc_score", 0.9, 0.2, "guessing finds less than 0.02", chance=0.1),
        ),
        public=(
            PublicData("Messidor", "12 ZIP files of TIFF with a table of grades", "memory"),
            PublicData("IDRiD", "A. Segmentation: masks in '2. Haemorrhages', TIFF", "memory"),
            PublicData("Kaggle DR, e-ophtha, DDR", "photographs with grades; masks of lesions", "memory"),
        ),
        flaws=(
            Flaw("the review's 512 x 512 is the size of the image; the network sees squares of 41"),
            Flaw("the review gives the better of two AUCs alone"),
            Flaw("the review calls the network OxfordNet: it is a small one in that style, from scratch"),
        ),
        values=values,
        lighter={
            "optimiser": Chosen("adamw", "gets farther in few steps", "choice"),
            "answers_px": Chosen(4, "every fourth pixel of every fourth row is asked", "choice"),
            "mining_rounds": Chosen(
                12, "12 draws of negatives instead of 60: fewer rare lookalikes are met", "choice"
            ),
            "rounds": Chosen(4, "4 x 25 steps between two draws", "choice"),
        },
    )
)  # fmt: skip
