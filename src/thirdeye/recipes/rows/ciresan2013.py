"""Two deep max-pooling networks that find mitoses: the second training set is drawn by the first map."""

from __future__ import annotations

from collections.abc import Mapping

from thirdeye.recipes.fixtures.mitoses import write_mitoses
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
from thirdeye.transform.sliding.committee import DIHEDRAL


def values(setting: Setting) -> Mapping[str, Chosen]:
    """The published networks and sampling; lengths in sides of an object, a mitosis having 40 px."""
    return {
        "technique": Chosen("sliding", "a classifier of windows slides over the image", "seed"),
        "architecture": Chosen("ciresan_dnn1", "DNN1, 13 layers; its map draws the second set", "memory"),
        "networks": Chosen(("ciresan_dnn2",), "DNN2, 11 layers, averaged with DNN1", "memory"),
        "mining": Chosen("map", "the second set's negatives are drawn by the first map", "memory"),
        "mining_rounds": Chosen(2, "two rounds", "memory"),
        "object_shares": Chosen(
            (0.5, 0.066), "as many of both in round one, 6.6 % mitoses in round two", "memory"
        ),
        "object_reach": Chosen(0.25, "every pixel within 10 px of a centroid is mitosis", "memory"),
        "rounds": Chosen(625, "625 x 25 steps of 64 windows: about 1 million", "memory"),
        "optimiser": Chosen("sgd", "online gradient descent; here 64 windows a step", "memory"),
        "answers_px": Chosen(1, "every pixel is asked", "memory"),
        "tone": Chosen(0.0, "windows are turned and mirrored; colours stay as they are", "seed"),
        "views": Chosen(tuple(DIHEDRAL), "8 rotations and mirrors, where validation images gain", "memory"),
        "smoothing": Chosen(("disc", 0.25), "a disc of 10 px", "memory"),
        "apart_sides": Chosen(1.25, "no second one within 50 px", "memory"),
    }


LIGHTER = {
    "optimiser": Chosen("adamw", "gets farther in few steps", "choice"),
    "answers_px": Chosen(
        4, "every fourth pixel of every fourth row is asked: peaks are placed between answers", "choice"
    ),
    "rounds": Chosen(60, "60 x 25 steps a round at most: a tenth of the windows", "choice"),
    "object_shares": Chosen(
        (0.5, 0.3), "fewer steps show enough objects only where more of each batch are objects", "choice"
    ),
    "apart_sides": Chosen(
        0.0, "by the distances of the objects at hand: mitoses are rare, other cells touch", "choice"
    ),
}


RECIPE = entered(
    Recipe(
        id="ciresan2013",
        title="Mitosis detection, two deep max-pooling nets, two-round training (Ciresan)",
        tasks=("detection",),
        question="Where are mitoses in a high-power field",
        row=Row(
            modality=Told("H&E, Aperio 40x", "seed"),
            input=Told("windows of 101 x 101 x 3 (from memory) of images of 2084 x 2084", "seed"),
            preprocessing=Told("windows with the mitosis in their middle; nothing on colour", "seed"),
            network=Told(
                "DNN1: 16@2x2, 16@3x3, 16@3x3, 16@2x2, 16@2x2, each with pooling by 2, 100, 2. DNN2: 16@4x4, "
                "16@4x4, 16@4x4, 16@3x3, each with pooling by 2, 100, 2. 13,630 and 37,230 weights",
                "memory",
            ),
            loss=Told("cross-entropy of two classes", "seed"),
            schedule=Told("online stochastic gradient descent", "memory"),
            augmentation=Told("every window turned by any angle and mirrored", "memory"),
            sampling=Told(
                "round one: every pixel within 10 px of a centroid, as many random others. Round two: all "
                "positives, negatives drawn in proportion to the first network's p(x); about a million "
                "windows, 6.6 % of them mitosis",
                "memory",
            ),
            ensemble=Told("mean of DNN1 and DNN2 over 8 turns and mirrors", "memory"),
            postprocessing=Told(
                "mean in a disc of 10 px; of peaks within 50 px the highest; a threshold", "memory"
            ),
            metrics=Told("precision, recall, F1; a hit lies within 5 um, 20 px, of a mitosis", "paper"),
            cases=Told("50 high-power fields, 15 of them for the test; about 300 mitoses", "seed"),
            result=Told("recall 0.70, precision 0.88, F1 0.782", "memory"),
        ),
        sources=(
            "Ciresan DC, Giusti A, Gambardella LM, Schmidhuber J. Mitosis detection in breast cancer "
            "histology images with deep neural networks. MICCAI 2013, LNCS 8150, 411-418",
            "Fourcade A, Khonsari RH. Deep learning in medical image analysis: a third eye for doctors. 2019",
            "A comparison of algorithms and humans for mitosis detection. ISBI 2014: the best of 45 people "
            "reached 0.859, the algorithm 0.873",
        ),
        confidence="high",
        exactness="paper",
        fixture=Fixture(
            "72 fields of made-up tissue of 24 patients: dividing cells among dark nuclei that do not divide",
            write=write_mitoses,
            overrides={
                "answers_px": 4, "rounds": 5, "batch_size": 32, "object_shares": (0.5, 0.3), "folds": 1,
                "learning_rate": 4e-3, "optimiser": "adamw",
                "views": ("upright", "mirrored"),
            },
            budget="90s",
            classes=("mitosis",),
            located="detection",
        ),
        expected=(Expected("froc_score", 0.8, 0.25, "9 patients; guessing finds 0.02", chance=0.1),),
        public=(
            PublicData("MITOS 2012 (ICPR)", "a folder per scanner; a field is a BMP and a CSV", "memory"),
            PublicData("MITOS-ATYPIA-14, TUPAC16, MIDOG", "fields and points of mitoses", "memory"),
        ),
        flaws=(
            Flaw("the review gives 'specificity 0.88': it is the precision; nothing to reproduce"),
            Flaw("'66,000 mitoses' are pixels of mitoses, some 300 cells"),
            Flaw("the review says labels by histology; its table 4 says read by pathologists"),
        ),
        values=values,
        lighter=LIGHTER,
    )
)  # fmt: skip
