"""Masses in mammograms: a network with maxout, hand-crafted measurements beside it, a linear machine."""

from __future__ import annotations

from collections.abc import Mapping

from thirdeye.recipes.fixtures.masses import MEASURED, write_masses
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


def feature_sets(*, second: str) -> tuple[str, ...]:
    """The paper's rivals: measurements first, gradients, features learnt here and elsewhere, combinations.

    Args:
        second: architecture that stands for CNN2.
    """
    single = ("variables", "hog", "divergence", "pretrained", f"network:{second}", "network")
    return (*single, "variables+pretrained", "variables+network", "variables+network+pretrained")


def values(setting: Setting) -> Mapping[str, Chosen]:
    """CNN3 as its public configuration has it, joined with the table's measurements."""
    return {
        "architecture": Chosen("arevalo_cnn3", "conv 64@11, conv 64@4, maxout of 400 units", "paper"),
        "weights": Chosen("none", "random; filters of a sparse auto-encoder were the other choice", "paper"),
        "image_size_px": Chosen(150, "cut out around the mass, 150 x 150", "seed"),
        "preparation": Chosen(
            (("local_contrast", 0.06),),
            "global and local contrast are evened out; width of the window chosen",
            "paper",
        ),
        "augmentation": Chosen(
            (("flip_horizontal", 0.5), ("quarter_turn", 1.0)),
            "four turns and their mirror images: eight",
            "paper",
        ),
        "epochs": Chosen(100, "at most 100 passes", "paper"),
        "batch_size": Chosen(32, "32 images a step", "paper"),
        "optimiser": Chosen("sgd:0.5:0.99:64", "momentum rises from 0.5 to 0.99 in 64 passes", "paper"),
        "learning_rate": Chosen(0.02, "0.02 at first", "paper"),
        "backbone_rate": Chosen(1.0, "one rate for all layers", "paper"),
        "schedule": Chosen("linear:80:0.04", "to 4 % within 80 passes", "paper"),
        "stopping": Chosen("auc:0.0:100", "the pass with the best AUC on validation data is kept", "paper"),
        "weight_decay": Chosen(0.0, "none: kernels have a largest norm instead", "paper"),
        "label_smoothing": Chosen(0.0, "not in use", "paper"),
        "class_weighting": Chosen("none", "every class as often as it comes", "paper"),
        "test_time_augmentation": Chosen(("identity",), "each mass is read once", "paper"),
        "points": Chosen(("f1",), "threshold of the largest F1; here on validation data", "paper"),
        "first_layer": Chosen(
            "random", "random kernels; --set first_layer=sparse_autoencoder is the paper's other way", "paper"
        ),
        "feature_sets": Chosen(
            feature_sets(second="arevalo_cnn2"),
            "the paper's rivals, alone and beside what was measured",
            "paper",
        ),
        "joining": Chosen("svm", "features and measurements, scaled to 0..1, to a linear machine", "paper"),
    }


RECIPE = entered(
    Recipe(
        id="arevalo2016",
        title="Mammographic mass benign/malignant, CNN features + hand-crafted, linear SVM (Arevalo)",
        tasks=("binary",),
        question="Is a mass in a mammogram benign or malignant?",
        row=Row(
            modality=Told("film mammograms, cut out around a mass", "seed"),
            input=Told("150 x 150, grey", "seed"),
            preprocessing=Told(
                "cut out around the outline, 64 % within; global and local contrast evened out", "paper"
            ),
            network=Told(
                "CNN3: 64@11 ReLU, MP5/4, 64@4 ReLU, MP4/4, maxout 400 x 2, softmax; maps of 140, 34, 31, 7; "
                "norms of kernels at most 1.98, 0.12, 4.39, 2.68. CNN2 is without the second convolution",
                "paper",
            ),
            pretraining=Told("both: random filters, and filters of a sparse auto-encoder on patches", "seed"),
            loss=Told("cross-entropy; 20 % of inputs and 50 % of hidden units dropped", "paper"),
            schedule=Told(
                "SGD, 32 images, 0.02 to 4 % in 80 passes, momentum 0.5 to 0.99 in 64; at most 100", "paper"
            ),
            augmentation=Told("eight: four turns and their mirror images, of training images alone", "seed"),
            sampling=Told("parts drawn by patient", "paper"),
            fusion=Told(
                "17 measurements of shape, grey and texture, features of the network and of one trained on "
                "ImageNet, side by side, scaled to 0..1, linear machine, its cost chosen by patients",
                "paper",
            ),
            postprocessing=Told("threshold of the largest F1 on training data", "paper"),
            metrics=Told("AUC", "seed"),
            cases=Told("736 images of 344 patients: 442 to learn and choose, 294 to be tested on", "seed"),
            result=Told(
                "AUC 0.860 (review; it belongs to the conference paper of 2015); in the journal learnt "
                "features 0.822, measurements 0.787, together 0.826 (from memory)",
                "seed",
            ),
        ),
        sources=(
            "Arevalo J et al. Representation learning for mammography mass lesion classification with "
            "convolutional neural networks. Comput Methods Programs Biomed 2016;127:248-257",
            "Configuration of the authors: github.com/johnarevalo/cnn-bcdr",
        ),
        confidence="high",
        exactness="exact",
        fixture=Fixture(
            "drawn masses of 152 patients, lobulated or spiculated, with 12 measurements of their outline",
            write=write_masses,
            overrides={
                "architecture": "arevalo_cnn3_quarter", "validation": "official", "folds": 1, "epochs": 14,
                "batch_size": 8, "averaging": 0.9, "optimiser": "adamw", "learning_rate": 0.0005,
                "first_layer": "sparse_autoencoder", "schedule": "cosine", "stopping": "none",
                "variables": MEASURED,
                "feature_sets": feature_sets(second="arevalo_cnn2_quarter"),
            },
            options={"positive": "malignant"},
            budget="400s",
            classes=("benign", "malignant"),
        ),
        expected=(Expected("auc", 0.83, 0.12, "drawn masses of 44 patients, from scratch"),),
        public=(
            PublicData(
                "BCDR-F03",
                "BCDR-F03/*.tif, bcdr_f03_outlines.csv, bcdr_f03_features.csv; by segmentation_id",
                "paper",
            ),
            PublicData("CBIS-DDSM", "cut-outs of masses with a CSV: an open stand-in", "memory"),
        ),
        flaws=(
            Flaw("the review cites the paper of 2016 and quotes the AUC of the conference paper of 2015"),
            Flaw("the random search of 25 draws is left out: its outcome is what is used"),
        ),
        values=values,
        lighter={
            "architecture": Chosen("arevalo_cnn3_quarter", "a quarter of the width", "choice"),
            "epochs": Chosen(30, "30 passes instead of 100", "choice"),
            "optimiser": Chosen("sgd", "momentum 0.9 from the first pass on", "choice"),
            "schedule": Chosen("linear:25:0.04", "to 4 % within 25 passes", "choice"),
            "feature_sets": Chosen(
                feature_sets(second="arevalo_cnn2_quarter"), "CNN2 at a quarter of the width too", "choice"
            ),
        },
    )
)  # fmt: skip
