"""CheXNet: fourteen findings, pneumonia among them, from a frontal chest film."""

from __future__ import annotations

from collections.abc import Mapping

from thirdeye.recipes.fixtures.films import write_findings
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
    """The published network and training; `sgd` takes the schedule of the public replication."""
    return {
        "architecture": Chosen("torchvision:densenet121", "DenseNet-121, a sigmoid a finding", "paper"),
        "weights": Chosen("hub", "pre-trained on ImageNet", "paper"),
        "image_size_px": Chosen(224, "224 x 224", "paper"),
        "resize": Chosen("squash", "resized to the square", "paper"),
        "augmentation": Chosen((("flip_horizontal", 0.5),), "mirrored left to right", "paper"),
        "epochs": Chosen(20, "until the loss stood still; at most 20 passes here", "choice"),
        "batch_size": Chosen(16, "16 films a step", "memory"),
        **_steps(setting),
        "backbone_rate": Chosen(1.0, "all layers trained alike", "choice"),
        "label_smoothing": Chosen(0.0, "none is told of", "choice"),
        "class_weighting": Chosen("loss", "binary cross-entropy weighted by how rare a finding is", "memory"),
        "averaging": Chosen(0.0, "none is told of", "choice"),
        "test_time_augmentation": Chosen(("identity",), "each film is read once", "choice"),
        "points": Chosen(("f1",), "thresholds of the largest F1", "memory"),
    }


def _steps(setting: Setting) -> Mapping[str, Chosen]:
    """Optimiser, rate and schedule: of the paper, or of the replication."""
    if "sgd" in setting.switches:
        return {
            "optimiser": Chosen("sgd", "SGD with momentum 0.9, as the public replication", "paper"),
            "learning_rate": Chosen(0.01, "0.01 in the replication", "memory"),
            "schedule": Chosen("plateau:1:0.1", "a tenth when the validation loss stands still", "paper"),
            "weight_decay": Chosen(1e-4, "1e-4 in the replication", "memory"),
            "stopping": Chosen("loss_epochs:3", "three passes without a lower validation loss", "memory"),
        }
    return {
        "optimiser": Chosen("adamw", "Adam with its usual parameters, its decay apart", "memory"),
        "learning_rate": Chosen(0.001, "0.001 at first", "memory"),
        "schedule": Chosen("plateau:1:0.1", "a tenth when the validation loss stands still", "memory"),
        "weight_decay": Chosen(0.0, "none is told of", "choice"),
        "stopping": Chosen("loss_epochs:4", "the lowest validation loss is kept", "memory"),
    }


RECIPE = entered(
    Recipe(
        id="chexnet2017",
        title="Pneumonia / 14 findings from chest X-ray (CheXNet-like)",
        tasks=("multi-label",),
        question="Pneumonia? 14 findings?",
        row=Row(
            modality=Told("frontal chest film", "seed"),
            input=Told("224 x 224 x 3", "paper"),
            preprocessing=Told("resized; mean and spread of ImageNet", "paper"),
            network=Told("DenseNet-121, 14 sigmoid outputs", "paper"),
            pretraining=Told("ImageNet, all layers trained further", "paper"),
            loss=Told("binary cross-entropy; weighted in the version for pneumonia alone", "memory"),
            schedule=Told(
                "Adam 0.001, 16 films a step, a tenth when the validation loss stands still; SGD in the "
                "public replication",
                "memory",
            ),
            augmentation=Told("mirrored left to right", "paper"),
            sampling=Told("patients on one side of the split", "memory"),
            ensemble=Told("none; ten networks in a later paper", "memory"),
            postprocessing=Told("a threshold for each finding, of the largest F1", "memory"),
            metrics=Told("AUC of each finding; F1", "memory"),
            cases=Told("112,120 films; 420 of them read by four radiologists", "memory"),
            result=Told(
                "AUC of pneumonia 0.768, of the replication 0.762; F1 0.435 beside 0.387 of radiologists",
                "memory",
            ),
        ),
        sources=(
            "Rajpurkar P, Irvin J, Zhu K, et al. CheXNet: radiologist-level pneumonia detection on chest "
            "X-rays with deep learning. 2017",
            "Zech J. reproduce-chexnet, the public replication. 2018",
        ),
        confidence="high",
        exactness="exact",
        fixture=Fixture(
            "400 drawn chest films with four findings, and a small pre-trained network",
            write=write_findings,
            overrides={
                "architecture": "efficientnet_lite0", "weights": "embedded", "image_size_px": 96,
                "validation": "official", "folds": 1, "epochs": 5,
            },
            classes=("Cardiomegaly", "Effusion", "Pneumonia", "Pneumothorax"),
        ),
        expected=(Expected("auc_macro", 0.92, 0.1, "four drawn findings, 120 test films"),),
        public=(
            PublicData(
                "NIH ChestX-ray14",
                "images_001 to images_012 with PNG, Data_Entry_2017.csv with findings joined by |, "
                "train_val_list.txt and test_list.txt",
                "memory",
            ),
            PublicData("RSNA Pneumonia", "26,684 DICOM files and a CSV of boxes", "memory"),
            PublicData("Kermany, pneumonia of children", "folders {train,val,test}/CLASS", "memory"),
            PublicData("PneumoniaMNIST", "one npz of 28 x 28 or 224 x 224", "memory"),
        ),
        flaws=(
            Flaw("the lecture does not name the model; that it is CheXNet follows from its title"),
            Flaw("paper and public replication train differently: the replication's SGD", "sgd"),
            Flaw(
                "the labels were drawn from reports by a program, and the radiologists were measured against "
                "each other: neither is the truth"
            ),
        ),
        values=values,
        lighter={
            "architecture": Chosen(
                "efficientnet_lite0", "embedded; another network than the published", "choice"
            ),
            "weights": Chosen("embedded", "ImageNet too, without a download", "choice"),
            "image_size_px": Chosen(160, "half the pixels: small opacities are lost", "choice"),
            "folds": Chosen(2, "two networks instead of five", "choice"),
            "epochs": Chosen(8, "fewer passes; the loss has mostly stood still by then", "choice"),
        },
    )
)  # fmt: skip
