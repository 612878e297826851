"""The tissue of every voxel of a brain, from squares of three sizes around it (Moeskops et al. 2016)."""

from __future__ import annotations

from collections.abc import Mapping

from thirdeye.recipes.fixtures.tissues import TISSUES, write_tissues
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

PER_CLASS, IMAGES, EPOCHS = 50_000, 5, 10  # voxels of an image, images learnt from, passes
BATCH, STEPS_A_ROUND = 300, 25


def rounds_for(n_classes: int) -> int:
    """Rounds of 25 steps in which every drawn voxel is seen ten times, background being a class as well."""
    return round(PER_CLASS * IMAGES * EPOCHS * (n_classes + 1) / (BATCH * STEPS_A_ROUND))


def values(setting: Setting) -> Mapping[str, Chosen]:
    """The published network and its training."""
    return {
        "members": Chosen(1, "one network", "paper"),
        "architecture": Chosen(
            "multiscale_patch", "a branch for each side, joined before the answer", "seed"
        ),
        "scales": Chosen((25, 51, 75), "squares of 25, 51 and 75 px; first kernels of 5, 7 and 9", "seed"),
        "width": Chosen(24, "24, 32 and 48 maps, 256 units in each branch's full layer", "memory"),
        "corrections": Chosen(("bias_field", "brain"), "bias field (N4) and brain mask", "memory"),
        "neighbours": Chosen(0, "slices in two dimensions", "seed"),
        "supervised": Chosen(1, "one answer for each voxel", "paper"),
        "sampling": Chosen("classes", "as many training voxels of each class", "seed"),
        "batch_size": Chosen(BATCH, "mini-batches of 300", "doubtful"),
        "rounds": Chosen(
            rounds_for(len(setting.classes)),
            "10 epochs over 50,000 voxels of each class in each of 5 images; shorter where time is up",
            "computed",
        ),
        "optimiser": Chosen("rmsprop", "RMSprop", "doubtful"),
        "learning_rate": Chosen(1e-3, "none is told of", "choice"),
        "weight_decay": Chosen(0.0, "none is told of", "choice"),
        "encoder_rate": Chosen(1.0, "nothing is pre-trained", "seed"),
        "loss": Chosen("cross_entropy", "cross-entropy", "memory"),
        "mining": Chosen(0.0, "every image as often", "memory"),
        "turn_deg": Chosen(0.0, "no augmentation", "seed"),
        "turned_axes": Chosen((), "no augmentation", "seed"),
        "scale": Chosen(0.0, "no augmentation", "seed"),
        "warped": Chosen(0.0, "no augmentation", "seed"),
        "elastic": Chosen(0.0, "no augmentation", "seed"),
        "mirrored": Chosen((), "no augmentation, each voxel read once", "seed"),
        "tone": Chosen(0.0, "no augmentation", "seed"),
        "averaging": Chosen(0.0, "the weights as training leaves them", "choice"),
        "overlap": Chosen(0.0, "an answer depends on its own squares alone", "computed"),
        "tidying": Chosen(("none",), "no post-processing", "seed"),
    }


RECIPE = entered(
    Recipe(
        id="moeskops2016",
        title="Brain tissue segmentation with 3 patch sizes (Moeskops)",
        tasks=("segmentation",),
        question="Tissue class of every voxel, from newborns to the elderly",
        row=Row(
            modality=Told("T2 or T1 MRI, slices in two dimensions", "seed"),
            input=Told("squares of 25, 51 and 75 px around the voxel", "seed"),
            preprocessing=Told(
                "bias field corrected (N4), brain masked; then each image by its own mean and spread",
                "memory",
            ),
            network=Told(
                "three branches; first kernels 5, 7 and 9 (in the review); 24, 32 and 48 maps, kernels "
                "5-3-3, 7-5-3 and 9-7-5, pooling after layers 1 and 2, in the two larger branches after 3 "
                "as well; maps 25-21-10-8-4-2, 51-45-22-18-9-7-3, 75-67-33-27-13-9-4; 256 units each, "
                "joined, softmax",
                "memory",
            ),
            loss=Told("cross-entropy", "memory"),
            schedule=Told(
                "RMSprop, mini-batches of 300, dropout 0.5, batch norm; 10 epochs (in the review)", "doubtful"
            ),
            sampling=Told("as many training voxels of each class; 50,000 of each in each image", "doubtful"),
            fusion=Told("the branches' features side by side", "memory"),
            metrics=Told("Dice of each tissue, mean surface distance", "seed"),
            cases=Told(
                "10 newborns at 30 weeks, coronal (5 to learn from), 5 at 40 weeks, coronal, 7 at 40 weeks, "
                "axial, 20 aged 70, 15 aged 23",
                "seed",
            ),
            result=Told(
                "mean Dice 0.87, 0.82, 0.84, 0.86 and 0.91 in five sets; three scales beat any one "
                "(in the review)",
                "memory",
            ),
        ),
        sources=(
            "Moeskops P, Viergever MA, Mendrik AM, de Vries LS, Benders MJNL, Isgum I. Automatic "
            "segmentation of MR brain images with a convolutional neural network. IEEE Trans Med Imaging "
            "2016;35:1252-1261. "
            "doi:10.1109/TMI.2016.2548501",
        ),
        confidence="medium",
        exactness="paper",
        fixture=Fixture(
            "30 made-up heads of three slices with six tissues, some alike in grey and apart in place",
            write=write_tissues,
            overrides={"width": 6, "batch_size": 48, "rounds": 12, "learning_rate": 3e-3},
            options={"patient_is_image": True},
            budget="240s",
            classes=TISSUES,
            located="segmentation",
        ),
        expected=(
            Expected("dice", 0.80, 0.08, "six tissues, two pairs of them alike in grey", chance=1 / 7),
        ),
        public=(
            PublicData("NeoBrainS12", "T1 and T2 of newborns with masks of eight tissues", "memory"),
            PublicData("MRBrainS13, MRBrainS18", "a folder for each subject: T1, FLAIR; segm.nii", "memory"),
            PublicData("OASIS-1", "T1 of 416 people; tissue maps of FAST, not drawn by hand", "memory"),
        ),
        flaws=(
            Flaw("bias correction and brain mask come before the network: where they fail, it fails unseen"),
            Flaw("learnt from five images of one kind each: another scanner or age is another network"),
        ),
        values=values,
        lighter={
            "width": Chosen(12, "half as many maps: a quarter of the time", "choice"),
            "batch_size": Chosen(150, "half as many squares a step", "choice"),
            "rounds": Chosen(60, "1,500 steps: a fiftieth of the published voxels are seen", "choice"),
        },
    )
)
