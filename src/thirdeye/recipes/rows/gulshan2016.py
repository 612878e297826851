"""Referable diabetic retinopathy: several questions at once, ten networks, two points, votes of graders."""

from __future__ import annotations

from collections.abc import Mapping

from thirdeye.recipes.fixtures.eyes import write_grades
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

SINGLE = "one_network"


def values(setting: Setting) -> Mapping[str, Chosen]:
    """The published ensemble; its schedule is that of the public replication."""
    ten = SINGLE not in setting.switches
    return {
        "architecture": Chosen("torchvision:inception_v3", "Inception v3", "seed"),
        "weights": Chosen("hub", "ImageNet, fine-tuned", "seed"),
        "image_size_px": Chosen(299, "299 x 299", "seed"),
        "resize": Chosen("squash", "the square around the field is one already", "choice"),
        "preparation": Chosen(
            (("fundus", 0.0),), "the field is brought to a diameter of 299 pixels; nothing else", "paper"
        ),
        "folds": Chosen(5, "four fifths to learn from and one to choose by, in five ways", "choice"),
        "copies": Chosen(
            2 if ten else 1, "with five divisions ten networks; the paper's ten share one division", "memory"
        ),
        "joined": Chosen("mean", "the ten are averaged", "memory"),
        "augmentation": Chosen(
            (
                ("flip_horizontal", 0.5), ("flip_vertical", 0.5), ("brightness", 0.12), ("contrast", 0.5),
                ("colour", 0.25),
            ),
            "the review says none; the replication mirrors, and changes light, contrast and colour",
            "memory",
        ),
        "epochs": Chosen(200, "at most 200, in the replication", "paper"),
        "stopping": Chosen(
            "auc:0.01:100", "when the AUC has not risen by 0.01 for 100 epochs, in the replication", "paper"
        ),
        "batch_size": Chosen(64, "64, in the replication", "paper"),
        "optimiser": Chosen("sgd", "Nesterov, momentum 0.9, in the replication", "paper"),
        "learning_rate": Chosen(0.003, "0.003, in the replication", "paper"),
        "backbone_rate": Chosen(1.0, "one rate for all layers", "choice"),
        "schedule": Chosen("constant", "none is told of", "choice"),
        "weight_decay": Chosen(0.0, "none is told of", "choice"),
        "label_smoothing": Chosen(0.0, "the graders' votes are the doubt", "choice"),
        "class_weighting": Chosen("none", "every case as often as it comes", "memory"),
        "points": Chosen(
            ("sensitivity:0.97", "specificity:0.98"), "fixed on the development data", "memory"
        ),
        "test_time_augmentation": Chosen(("identity",), "each picture is read once", "memory"),
    }  # fmt: skip


QUESTIONS = (
    "referable=moderate,severe,oedema:yes;moderate or worse=moderate,severe;severe or worse=severe;"
    "macular oedema=oedema:yes;gradable=gradable:yes"
)
ASKED = ("referable", "moderate or worse", "severe or worse", "macular oedema", "gradable")
REFERABLE = "referable=moderate,severe;not referable=none,mild"  # one question alone
SMALL = {
    "architecture": "vgg_small", "weights": "none",
    "image_size_px": 64, "folds": 2, "copies": 5, "epochs": 14, "batch_size": 16, "stopping": "none",
    "optimiser": "adamw", "learning_rate": 3e-3, "schedule": "cosine",
    "augmentation": (("flip_horizontal", 0.5), ("flip_vertical", 0.5)),
}  # fmt: skip
RECIPE = entered(
    Recipe(
        id="gulshan2016",
        title="Referable diabetic retinopathy, ensemble of 10 Inception v3 (Gulshan)",
        tasks=("binary", "ordinal"),
        question="Does this eye need a specialist: moderate retinopathy or worse, or a swollen macula?",
        row=Row(
            modality=Told("colour photographs of the eye ground", "seed"),
            input=Told("299 x 299 x 3", "seed"),
            preprocessing=Told(
                "none by the review; the field brought to 299 pixels, values from -1 to 1", "paper"
            ),
            network=Told("Inception v3, an output for each of several yes-or-no questions", "seed"),
            pretraining=Told("ImageNet, fine-tuned", "seed"),
            loss=Told("cross-entropy of each output", "paper"),
            schedule=Told(
                "not published; replication: momentum 0.9, rate 0.003, 64 a step, at most 200 epochs", "paper"
            ),
            augmentation=Told(
                "none by the review; the replication mirrors and changes light, contrast and colour", "memory"
            ),
            sampling=Told("the label is the majority of 3 to 7 graders", "memory"),
            ensemble=Told("mean of ten networks that learnt from the same pictures", "memory"),
            postprocessing=Told(
                "two operating points fixed on development data: 98 % specific, and 97 % sensitive", "memory"
            ),
            metrics=Told(
                "AUC; sensitivity and specificity at both points, exact intervals; by question", "memory"
            ),
            cases=Told(
                "139,886 pictures: 128,175 to learn from, 9,963 of EyePACS-1 and 1,748 of Messidor-2", "seed"
            ),
            result=Told(
                "AUC 0.991 (EyePACS-1) and 0.990 (Messidor-2). A public replication reached 0.951 (Kaggle) "
                "and 0.853 (Messidor-2): expect 0.85 to 0.95",
                "paper",
            ),
        ),
        sources=(
            "Gulshan V, Peng L, Coram M, et al. Development and validation of a deep learning algorithm for "
            "detection of diabetic retinopathy in retinal fundus photographs. JAMA 2016;316:2402-2410",
            "Voets M, Mollersen K, Bongo LA. Reproduction study using public data. PLoS ONE 2019, "
            "doi:10.1371/journal.pone.0217541; its code: github.com/mikevoets/jama16-retina-replication",
        ),
        confidence="medium",
        exactness="paper",
        fixture=Fixture(
            "240 drawn eyes of 120 patients in four grades, some swollen or blurred, graded by five who err",
            write=write_grades,
            overrides=SMALL,
            options={"questions": QUESTIONS},
            budget="200s",
            classes=ASKED,
        ),
        expected=(
            Expected("auc_macro", 0.93, 0.12, "80 test eyes of 40 patients, five questions, five graders"),
        ),
        public=(
            PublicData(
                "Kaggle Diabetic Retinopathy Detection (EyePACS)",
                "train/*.jpeg and trainLabels.csv (image, level 0 to 4), one grade for each: --questions "
                "'moderate or worse=2,3,4;severe or worse=3,4', or one alone: --merge "
                "'referable=2,3,4;not referable=0,1'",
                "memory",
            ),
            PublicData(
                "Messidor-2",
                "IMAGES/*.png and JPG, a table of grades, oedema, and whether it can be graded", "memory",
            ),
        ),
        flaws=(
            Flaw("one network on each division in place of ten: what the ensemble adds", SINGLE),
            Flaw(
                "the review counts 15 ophthalmologists: two panels of 8 and 7 that graded different sets; a "
                "further 54 labelled what was learnt from"
            ),
            Flaw(
                "the votes are part of the system: public data have one grade a picture, and those who "
                "repeated the study with these did not reach 0.99"
            ),
        ),
        values=values,
        lighter={
            "architecture": Chosen(
                "efficientnet_lite0", "the network that comes with the installation", "choice"
            ),
            "weights": Chosen("embedded", "ImageNet; no hub is needed", "choice"),
            "image_size_px": Chosen(160, "small red dots are lost at this size", "choice"),
            "folds": Chosen(3, "three members in place of ten", "choice"),
            "copies": Chosen(1, "three members in place of ten", "choice"),
            "epochs": Chosen(8, "fewer passes", "choice"),
            "stopping": Chosen("none", "there is nothing to stop", "choice"),
            "batch_size": Chosen(16, "more steps in few passes", "choice"),
            "optimiser": Chosen("adamw", "needs no tuning at so few passes", "choice"),
            "schedule": Chosen("cosine", "ends at zero after few passes", "choice"),
        },
    )
)  # fmt: skip
