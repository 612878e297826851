"""Arik 2017: landmarks of the skull by small networks and a model of how they lie to each other."""

from __future__ import annotations

from collections.abc import Mapping

from thirdeye.recipes.fixtures.skulls import write_skulls
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
    """Patches of 81 px, a network for each landmark, places chosen together; the rest by our rules."""
    return {
        "technique": Chosen("patches", "a patch says how likely its centre is the landmark", "seed"),
        "networks": Chosen("each", "one small network per landmark", "seed"),
        "architecture": Chosen(
            "landmark_patches", "four times convolution and pooling, then full", "doubtful"
        ),
        "patch_px": Chosen(81, "81 x 81", "seed"),
        "widths": Chosen((16, 24, 32, 48, 96), "not known", "choice"),
        "channels": Chosen(1, "films are grey", "seed"),
        "positive_px": Chosen(2.0, "25 positions of each landmark: a grid of 5 by 5", "choice"),
        "rings": Chosen((4.0, 8.0, 16.0, 32.0, 64.0), "patches of other things come from rings", "doubtful"),
        "hard": Chosen(1.0, "hard ones are seen more often", "doubtful"),
        "optimiser": Chosen("sgd", "stochastic gradient descent; momentum 0.9 chosen here", "choice"),
        "loss": Chosen("cross_entropy", "the landmark or not", "memory"),
        "zoom": Chosen(0.0, "one look", "choice"),
        "turn_deg": Chosen(0.0, "no turning is told of", "choice"),
        "scale": Chosen(0.0, "no scaling is told of", "choice"),
        "shift": Chosen(0.02, "the landmark anywhere in its grid of 5 by 5", "choice"),
        "tone": Chosen(0.0, "no change of brightness is told of", "choice"),
        "swapped": Chosen((), "a film from the side has no mirror image", "choice"),
        "assignment": Chosen(
            "pairwise", "offsets of each two landmarks; places are chosen together", "doubtful"
        ),
        "shape": Chosen((0.0,), "the offsets are the shape model", "choice"),
        "settle": Chosen((0.0,), "the offsets are the shape model", "choice"),
    }


RECIPE = entered(
    Recipe(
        id="arik2017",
        title="Cephalometric landmarks, patch CNN + shape model, 19 points (Arik)",
        tasks=("landmark", "multi-class"),
        question="Where are the nineteen landmarks of a film of the head, and what is measured from them",
        row=Row(
            modality=Told("film of the head from the side", "seed"),
            input=Told("patches of 81 x 81, grey", "seed"),
            preprocessing=Told(
                "patches around points of interest; films made smaller, intensities", "doubtful"
            ),
            network=Told(
                "a small network for each landmark: is it in the middle of the patch? Four times convolution "
                "and pooling, then fully connected",
                "doubtful",
            ),
            loss=Told("cross-entropy", "memory"),
            schedule=Told("stochastic gradient descent", "choice"),
            augmentation=Told("25 times as many patches, by shifts", "seed"),
            sampling=Told("landmarks, and patches from rings around them, hard ones more often", "doubtful"),
            fusion=Told("appearance times a shape model", "seed"),
            postprocessing=Told(
                "offsets of each two landmarks as Gaussians; peaks are chosen together, then refined; angles "
                "and their classes",
                "doubtful",
            ),
            metrics=Told(
                "mean radial error; share within 2, 2.5, 3 and 4 mm; accuracy of the classes", "memory"
            ),
            cases=Told("400 films, 150 to learn from, 150 and 100 to be tested on", "memory"),
            result=Told(
                "75.4 % of points within 2 mm in the first test part, 67.7 % in the second; 75.9 and 76.8 % "
                "of classes right",
                "memory",
            ),
        ),
        sources=(
            "Arik SO, Ibragimov B, Xing L. Fully automated quantitative cephalometry using convolutional "
            "neural networks. J Med Imaging 2017;4:014501 (original paper not opened)",
            "Fourcade A, Khonsari RH. Deep learning in medical image analysis: a third eye for doctors. "
            "2019, ref 28",
        ),
        confidence="low",
        exactness="paper",
        fixture=Fixture(
            "stick-figure skulls with nineteen junctions, 94 made-up patients",
            write=write_skulls,
            overrides={
                "networks": "shared",
                "optimiser": "adamw",
                "widths": (8, 12, 16, 24, 48),
                "canvas": (160, 128),
                "rounds": 10,
                "batch_size": 8,
            },
            budget="100s",
            located="landmarks",
        ),
        expected=(Expected("sdr_2pct", 0.9, 0.1, "points within 4 px of 200", chance=0.2),),
        public=(
            PublicData(
                "ISBI 2015 cephalometric",
                "RawImage/{TrainingData,Test1Data,Test2Data}/*.bmp, 1935 x 2400, 0.1 mm a pixel; "
                "AnnotationsByMD/{400_junior,400_senior}/NNN.txt, 19 lines 'x,y', then classes",
                "paper",
            ),
        ),
        flaws=(
            Flaw(
                "the review's 'precision 0.75' is the share of points within 2 mm in the first test part: "
                "neither a precision nor a figure for all films"
            ),
            Flaw("the reference is the mean of two specialists, who differ by about as much as is tested"),
        ),
        values=values,
        lighter={
            "optimiser": Chosen("adamw", "gets farther in few steps", "choice"),
            "networks": Chosen(
                "shared", "one network for all landmarks: lost is what each could learn alone", "choice"
            ),
            "canvas_px": Chosen(
                28_000, "a patch sees more of a smaller film: places are less exact", "choice"
            ),
            "widths": Chosen((8, 12, 16, 24, 48), "half as many maps: finer texture is lost", "choice"),
        },
    )
)
