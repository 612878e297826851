"""Oesophageal cancer in endoscopy: an SSD whose sensitivity is told without its false alarms."""

from __future__ import annotations

from collections.abc import Mapping

from thirdeye.recipes.fixtures.gullet import write_gullets
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
    """The published detector; what is not known of its training is the rules'."""
    return {
        "technique": Chosen("one_stage", "an SSD gives boxes at once", "memory"),
        "architecture": Chosen("ssd300_vgg16", "SSD on VGG16, at 300 x 300", "memory"),
        "weights": Chosen("hub", "VGG16 from ImageNet, all layers fine-tuned", "memory"),
        "longest_px": Chosen(
            300, "300 x 300; the longer side is brought to it and the rest filled up, not warped", "memory"
        ),
        "encoder_rate": Chosen(1.0, "all layers are fine-tuned alike", "memory"),
        "optimiser": Chosen("sgd", "stochastic gradient descent; momentum 0.9 chosen here", "memory"),
        "learning_rate": Chosen(1e-4, "rate of stochastic gradient descent", "memory"),
        "suppressions": Chosen((("hard", 0.45),), "the original SSD's", "choice"),
        "scale": Chosen(0.5, "SSD's crops and expansions, in part", "choice"),
        "tone": Chosen(1.0, "SSD's photometric distortions", "choice"),
        "averaging": Chosen(0.0, "the last weights count", "choice"),
    }


LITE = "the maps of an SSD on a small backbone whose weights are here; VGG16's own accuracy is lost"
LIGHTER = {
    "optimiser": Chosen("adamw", "gets farther in few steps", "choice"),
    "architecture": Chosen("ssd_lite0", LITE, "choice"),
    "weights": Chosen("embedded", "ImageNet weights that come with the package, not VGG16's", "choice"),
    "learning_rate": Chosen(1e-3, "fewer and larger steps: minutes, not hours", "choice"),
    "encoder_rate": Chosen(0.3, "a small backbone forgets faster", "choice"),
    "averaging": Chosen(0.98, "a short training is unsteady at its end", "choice"),
}

RECIPE = entered(
    Recipe(
        id="horie2019",
        title="Oesophageal cancer detection, SSD (Horie)",
        tasks=("detection", "binary"),
        question="Is there cancer of the oesophagus, and where?",
        row=Row(
            modality=Told("endoscopy in white light and narrow band", "seed"),
            input=Told("300 x 300, colour", "memory"),
            preprocessing=Told("some; which is not told", "seed"),
            network=Told(
                "Single Shot MultiBox Detector (SSD300) on VGG16: six maps from 38 to 1 cells wide, 8,732 "
                "default boxes",
                "memory",
            ),
            pretraining=Told("VGG16 from ImageNet, all layers fine-tuned, in Caffe", "memory"),
            loss=Told(
                "smooth L1 for boxes, cross-entropy for classes, three of the worst negatives to each "
                "positive",
                "memory",
            ),
            schedule=Told("stochastic gradient descent, rate 0.0001", "memory"),
            augmentation=Told("not told; crops, expansion and photometric changes as SSD has them", "choice"),
            sampling=Told("hard negatives, 3 to 1", "memory"),
            fusion=Told("pictures of a patient in both lights pooled: positive if any picture is", "memory"),
            postprocessing=Told("threshold on the score, suppression of overlapping boxes", "memory"),
            metrics=Told("sensitivity, PPV and NPV by patient and by picture; depth of invasion", "memory"),
            cases=Told(
                "8,428 pictures of 384 patients to learn from (the number of patients from memory), 1,118 of "
                "97 patients to be tested on: 47 with 49 lesions, 50 without",
                "seed",
            ),
            result=Told(
                "98 % of cancers found (in the review); PPV 40 %, NPV 95 %, all 7 lesions below 10 mm, "
                "superficial or advanced right in 98 %, 27 s for 1,118 pictures (from memory)",
                "memory",
            ),
        ),
        sources=(
            "Horie Y, Yoshio T, Aoyama K et al. Gastrointest Endosc 2019. doi:10.1016/j.gie.2018.07.037 "
            "(not opened)",
            "https://pmc.ncbi.nlm.nih.gov/articles/PMC8032773 (a later study with the same 8,428 pictures)",
            "Liu W, Anguelov D, Erhan D et al. SSD: Single Shot MultiBox Detector. ECCV 2016 (the network)",
        ),
        confidence="medium",
        exactness="substitute",
        fixture=Fixture(
            "drawn gullets of 98 patients, each in white light and in narrow band; two thirds with a lesion",
            write=write_gullets,
            overrides={
                "architecture": "ssd_lite0",
                "weights": "embedded",
                "longest_px": 128,
                "strides": (8, 16, 32, 64, 128),
                "width": 64,
                "batch_size": 8,
                "rounds": 3,
                "optimiser": "adamw",
                "learning_rate": 3e-3,
                "encoder_rate": 0.3,
                "averaging": 0.95,
                "precision": "fp32",
            },
            classes=("cancer",),
            located="detection",
        ),
        expected=(
            Expected("patient_auc", 0.95, 0.1, "drawn lesions with look-alikes; 40 patients"),
            Expected("ap50", 0.36, 0.2, "a small backbone, 75 steps of 8 windows", chance=0.05),
        ),
        public=(
            PublicData(
                "Kvasir-SEG",
                "polyps, every picture has one: images/ and masks/ with the same names, and "
                "kavsir_bboxes.json; patients are not named",
                "memory",
            ),
            PublicData("EDD2020", "endoscopy: originalImages/, bbox/ as text, masks/", "memory"),
            PublicData(
                "HyperKvasir", "oesophagitis, a folder for each finding; boxes have to be drawn", "memory"
            ),
        ),
        flaws=(
            Flaw(
                "the review gives the sensitivity (98 %) without the PPV of 40 %: three of five alarms are "
                "wrong. Here sensitivity, specificity, PPV and NPV stand side by side, by patient and picture"
            ),
            Flaw("the network is 'Personal' in the review, though it is an SSD"),
            Flaw(
                "3 to 1 negatives are taken within each picture: one without a lesion has no positive, so "
                "nothing is learnt from normal gullets. So it is in SSD, and so it is here"
            ),
        ),
        values=values,
        lighter=LIGHTER,
    )
)
