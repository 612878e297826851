"""Glaucoma from eye photographs: three networks compared, two sizes, and what blur does to them (Phan)."""

from __future__ import annotations

from collections.abc import Mapping

from thirdeye.recipes.fixtures.eyes import write_glaucoma
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

LARGE = "size_512"


def values(setting: Setting) -> Mapping[str, Chosen]:
    """The published networks and sizes; the schedule is chosen here."""
    side = 512 if LARGE in setting.switches else 256
    return {
        "architecture": Chosen("torchvision:vgg19", "VGG19, the first of the three networks", "seed"),
        "weights": Chosen("hub", "ImageNet, fine-tuned", "seed"),
        "networks": Chosen(
            ("torchvision:resnet152", "torchvision:densenet201"), "compared with it on the same cases", "seed"
        ),
        "joined": Chosen(
            "mean", "the paper joins nothing: each alone is in the report, and their mean is ours", "choice"
        ),
        "image_size_px": Chosen(side, "256 x 256 and 512 x 512 were both tried", "seed"),
        "resize": Chosen("squash", "a square around the field has no borders to keep", "choice"),
        "preparation": Chosen(
            (("fundus", 0.0),), "pictures were prepared; how is not known: the lit field", "choice"
        ),
        "quality": Chosen(
            (("blurred", 0.02), ("blurred", 0.04), ("grainy", 0.1), ("dark", 0.5)),
            "a second set of poorer pictures was tested; which faults it had is not known",
            "choice",
        ),
        "augmentation": Chosen(
            (("flip_horizontal", 0.5), ("rotate", 15.0), ("zoom", 0.1), ("brightness", 0.1)),
            "pictures were varied; how is not known",
            "choice",
        ),
        "epochs": Chosen(30, "unknown", "choice"),
        "batch_size": Chosen(16, "unknown", "choice"),
        "optimiser": Chosen("sgd", "unknown; momentum 0.9", "choice"),
        "learning_rate": Chosen(0.001, "unknown", "choice"),
        "backbone_rate": Chosen(1.0, "one rate for all layers", "choice"),
        "schedule": Chosen("steps:10:0.1", "unknown", "choice"),
        "weight_decay": Chosen(0.0005, "unknown", "choice"),
        "label_smoothing": Chosen(0.0, "none is told of", "choice"),
        "class_weighting": Chosen("none", "every case as often as it comes", "memory"),
        "test_time_augmentation": Chosen(("identity",), "each picture is read once", "memory"),
    }


SMALL = {
    "architecture": "vgg_small", "networks": ("resnet_small", "densenet_small"), "weights": "none",
    "image_size_px": 64, "validation": "cross_fitted", "folds": 2, "epochs": 12, "batch_size": 16,
    "optimiser": "adamw", "learning_rate": 3e-3, "schedule": "cosine",
}  # fmt: skip
RECIPE = entered(
    Recipe(
        id="phan2019",
        title="Glaucoma with VGG19 / ResNet152 / DenseNet201 + heat maps (Phan)",
        tasks=("binary",),
        question="Glaucoma or not, and does it still tell when the picture is poor?",
        row=Row(
            modality=Told("colour photographs of the eye ground", "seed"),
            input=Told("256 x 256 and 512 x 512", "seed"),
            preprocessing=Told("yes; how is not told in the review", "seed"),
            network=Told("VGG19, ResNet-152 and DenseNet-201, compared", "seed"),
            pretraining=Told("ImageNet, fine-tuned", "seed"),
            loss=Told("cross-entropy", "memory"),
            schedule=Told("unknown; gradient descent at 0.001, momentum 0.9", "choice"),
            augmentation=Told("yes; how is not told in the review", "seed"),
            sampling=Told("uniform", "choice"),
            metrics=Told("area under the ROC curve", "memory"),
            cases=Told(
                "3,312 pictures, three quarters to learn from; 369 with glaucoma, 256 suspected, 2,687 "
                "without (the three numbers from memory), and a second set for picture quality",
                "seed",
            ),
            result=Told(
                "AUC above 0.9 (review); 0.9 or more for all three, less on poor pictures (memory). The "
                "figure of each network is not in the review: do not quote one",
                "seed",
            ),
        ),
        sources=(
            "Phan S, Satoh S, Yoda Y, et al. Evaluation of deep convolutional neural networks for glaucoma "
            "detection. Jpn J Ophthalmol 2019, doi:10.1007/s10384-019-00659-6 (not opened)",
        ),
        confidence="medium",
        exactness="paper",
        fixture=Fixture(
            "240 drawn eyes of 120 patients, glaucoma by the size of the cup",
            write=write_glaucoma,
            overrides=SMALL,
            options={"positive": "glaucoma"},
            classes=("glaucoma", "healthy"),
        ),
        expected=(Expected("auc", 0.82, 0.12, "80 test eyes of 40 patients, three small networks together"),),
        public=(
            PublicData("REFUGE", "folders of pictures, a table of labels; by registration", "memory"),
            PublicData("ORIGA, RIM-ONE", "pictures with optic disc and cup outlined", "memory"),
        ),
        flaws=(
            Flaw("two input sizes in one row of the review: 256 by default, 512 with this", LARGE),
            Flaw(
                "the review gives one AUC for three networks, at two sizes and on two sets; which of them it "
                "is cannot be told"
            ),
        ),
        values=values,
        lighter={
            "architecture": Chosen(
                "efficientnet_lite0", "the network that comes with the installation, not one of the three",
                "choice",
            ),
            "weights": Chosen("embedded", "ImageNet; no hub is needed", "choice"),
            "networks": Chosen((), "nothing to compare it with: one network reads", "choice"),
            "image_size_px": Chosen(128, "a quarter of the pixels: a small cup is seen less well", "choice"),
            "folds": Chosen(2, "two members in place of five", "choice"),
            "epochs": Chosen(8, "fewer passes", "choice"),
            "optimiser": Chosen("adamw", "needs no tuning at so few passes", "choice"),
            "schedule": Chosen("cosine", "ends at zero after few passes", "choice"),
        },
    )
)  # fmt: skip
