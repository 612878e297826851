"""LeNet-5: the network with which convolution became useful."""

from __future__ import annotations

from collections.abc import Mapping

from thirdeye.recipes.fixtures.digits import write_digits
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
    """The published network; its training in today's form."""
    return {
        "architecture": Chosen("lenet5", "C1 6@5x5, S2, C3 16@5x5, S4, C5 120, F6 84", "paper"),
        "weights": Chosen("none", "trained from scratch", "paper"),
        "image_size_px": Chosen(32, "digits of 28 px in a field of 32", "paper"),
        "resize": Chosen("pad", "shapes are kept", "paper"),
        "augmentation": Chosen(
            (("rotate", 8.0), ("zoom", 0.1), ("shift", 0.06)),
            "small distortions, in place of the paper's planar transformations",
            "choice",
        ),
        "epochs": Chosen(20, "20 passes over the training set", "memory"),
        "batch_size": Chosen(
            8, "the paper updates after every image; 8 keeps its many small steps", "choice"
        ),
        "optimiser": Chosen("sgd", "stochastic gradient descent", "memory"),
        "learning_rate": Chosen(0.02, "the paper's own rates belong to its diagonal Hessian", "choice"),
        "backbone_rate": Chosen(1.0, "one rate for all layers", "choice"),
        "schedule": Chosen("steps:8:0.5", "falls in steps, as in the paper", "memory"),
        "weight_decay": Chosen(0.0, "none is told of", "choice"),
        "label_smoothing": Chosen(0.0, "unknown in 1998", "paper"),
        "class_weighting": Chosen("none", "every class as often as it comes", "paper"),
        "test_time_augmentation": Chosen(("identity",), "each image is read once", "paper"),
    }


RECIPE = entered(
    Recipe(
        id="lenet5",
        title="LeNet-5",
        tasks=("multi-class", "binary"),
        question="Which digit is it? Used again for fMRI slices, Alzheimer's disease or healthy",
        row=Row(
            modality=Told("digits; slices of fMRI", "seed"),
            input=Told("32 x 32, grey", "memory"),
            preprocessing=Told("28 px in a field of 32, scaled", "memory"),
            network=Told(
                "C1 6@5x5, S2 mean of 2 x 2 with a coefficient and a bias, C3 16@5x5 by table I, S4, "
                "C5 120@5x5, F6 84, output; 1.7159 tanh(2/3 a); 60,000 free parameters before the output",
                "paper",
            ),
            loss=Told("squared distance to fixed patterns; cross-entropy here", "choice"),
            schedule=Told("stochastic gradient descent, 20 passes, rates that fall in steps", "memory"),
            augmentation=Told("small distortions", "memory"),
            sampling=Told("uniform", "memory"),
            postprocessing=Told("the largest output", "memory"),
            metrics=Told("error rate", "seed"),
            cases=Told("MNIST, 60,000 to learn from and 10,000 to be tested on", "memory"),
            result=Told(
                "0.8 to 0.95 % errors on MNIST; 96.85 % right for Alzheimer's disease, slice by slice",
                "memory",
            ),
        ),
        sources=(
            "LeCun Y, Bottou L, Bengio Y, Haffner P. Gradient-based learning applied to document "
            "recognition. Proc IEEE 1998;86:2278-2324",
            "Sarraf S, Tofighi G. Classification of Alzheimer's disease using fMRI and deep learning. 2016",
        ),
        confidence="high",
        exactness="paper",
        fixture=Fixture(
            "400 digits that come with scikit-learn",
            write=write_digits,
            overrides={"folds": 2},
            options={"patient_is_image": True},
        ),
        expected=(Expected("auc_macro", 0.99, 0.04, "ten digits, 400 pictures"),),
        public=(
            PublicData("MNIST", "idx files, gzip: {train,t10k}-{images-idx3,labels-idx1}-ubyte.gz", "memory"),
            PublicData("OASIS-1 or ADNI", "slices of each subject, for the Alzheimer variant", "memory"),
        ),
        flaws=(
            Flaw(
                "the review dates LeNet to the 1980s: that is the network for zip codes of 1989, another one"
            ),
            Flaw(
                "the Alzheimer variant was split slice by slice, so that a subject is on both sides; here "
                "patients stay together, and no switch undoes that"
            ),
        ),
        values=values,
    )
)
