"""Referral from scans of the macula in two stages (De Fauw et al. 2018)."""

from __future__ import annotations

from collections.abc import Mapping

from thirdeye.recipes.fixtures.maculae import GRADES, NEW_DEVICE, write_maculae
from thirdeye.recipes.learning.oct_referral import TwoStageReferral
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

# Row: the truth, column: the call, both from observation to urgent. Overlooking costs more than alarm.
PENALTIES = (
    0.0, 1.0, 2.0, 3.0,
    2.0, 0.0, 1.0, 2.0,
    6.0, 3.0, 0.0, 1.0,
    15.0, 8.0, 3.0, 0.0,
)  # fmt: skip


def values(setting: Setting) -> Mapping[str, Chosen]:
    """The published system; what is private or unknown is chosen here."""
    return {
        "grades": Chosen(GRADES, "four referrals, from least to most urgent", "seed"),
        "folds": Chosen(5, "the original had one validation part; here each case is held out once", "choice"),
        "segmenters": Chosen(5, "five networks of the first stage", "memory"),
        "classifiers": Chosen(5, "five of the second: 25 votes on each scan", "memory"),
        "scan_sides": Chosen((43, 448, 512), "slices of the second stage, pixels of the first", "computed"),
        "patch": Chosen((9, 448, 512), "the first stage sees 9 slices of 448 x 512", "memory"),
        "map_sides": Chosen((43, 300, 350), "the tissue map that the second stage reads", "memory"),
        "width": Chosen(32, "maps of the U-Net's finest level", "memory"),
        "scans_a_step": Chosen(2, "chosen here", "choice"),
        "rounds": Chosen(1000, "of 25 steps; shorter where time is up", "choice"),
        "tissue_rate": Chosen(1e-4, "Adam; the paper's hyper-parameters are private", "choice"),
        "tissue_loss": Chosen("cross_entropy", "cross-entropy", "memory"),
        "turn_deg": Chosen(10.0, "affine augmentation; its size is not known", "choice"),
        "scale": Chosen(0.15, "affine augmentation; its size is not known", "choice"),
        "elastic": Chosen(3.0, "elastic augmentation; its size is not known", "choice"),
        "tone": Chosen(1.0, "changes of intensity; their size is not known", "choice"),
        "growth": Chosen(32, "as DenseNet-121", "choice"),
        "blocks": Chosen((6, 12, 24, 16), "as DenseNet-121, over three axes", "choice"),
        "epochs": Chosen(100, "chosen here; shorter where time is up", "choice"),
        "batch_size": Chosen(8, "chosen here", "choice"),
        "learning_rate": Chosen(1e-4, "Adam; the paper's hyper-parameters are private", "choice"),
        "finding_weight": Chosen(1.0, "of the findings beside the referral; chosen here", "choice"),
        "shift": Chosen(0.06, "maps are moved by up to so much of a side; chosen here", "choice"),
        "new_device": Chosen("", "name of a device (column site) that comes later; empty: none", "choice"),
        "new_rounds": Chosen(200, "of the first stage on scans of that device; chosen here", "choice"),
        "penalties": Chosen(PENALTIES, "a penalty matrix is told of; its numbers are chosen here", "choice"),
    }


RECIPE = entered(
    Recipe(
        id="defauw2018_oct",
        title="OCT diagnosis and referral, two-stage (De Fauw)",
        tasks=("segmentation", "ordinal", "multi-label"),
        question="Urgent, semi-urgent, routine or observation only, and ten pathologies",
        row=Row(
            modality=Told("three-dimensional optical coherence tomography of the macula", "seed"),
            input=Told("first stage 9 slices of 448 x 512; second a tissue map of 300 x 350 x 43", "memory"),
            preprocessing=Told("none beyond scaling", "memory"),
            network=Told(
                "first stage a 3-D U-Net, 15 classes of tissue and artefact; second a densely connected 3-D "
                "network on the one-hot tissue map, which never sees intensities",
                "memory",
            ),
            loss=Told(
                "cross-entropy of the tissues; of the referral, and a binary one per pathology", "memory"
            ),
            schedule=Told("Adam; hyper-parameters private, 0.0001 here", "choice"),
            augmentation=Told("affine, elastic and of intensity", "memory"),
            sampling=Told("few slices of a scan drawn by hand", "memory"),
            ensemble=Told("5 segmentation and 5 classification networks: 25 votes", "memory"),
            fusion=Told("another device: the first stage alone learns again", "memory"),
            postprocessing=Told("the referral with the least expected penalty, by a matrix", "memory"),
            metrics=Told("table of 4 x 4, error rate, penalty, AUC of urgent", "seed"),
            cases=Told(
                "877 scans with drawn tissues, 14,884 scans of 7,621 patients, 997 patients for the test "
                "(sum of the lecture's table)",
                "memory",
            ),
            result=Told(
                "55 errors in 997 (5.5 %), specialists 55 (5.5 %) and 63 (6.3 %), from the lecture's tables",
                "computed",
            ),
        ),
        sources=(
            "De Fauw J, Ledsam JR, Romera-Paredes B, et al. Clinically applicable deep learning for "
            "diagnosis and referral in retinal disease. Nat Med 2018;24:1342-1350",
        ),
        confidence="medium",
        exactness="paper",
        fixture=Fixture(
            "160 made-up scans of six slices with layers, fluid, drusen and scar, and 80 of a device "
            "that comes later; the referral follows the volumes of the tissues, which are drawn in three "
            "slices of every fourth scan",
            write=write_maculae,
            overrides={
                "folds": 2,
                "segmenters": 1,
                "classifiers": 1,
                "scan_sides": (6, 48, 64),
                "patch": (4, 48, 32),
                "map_sides": (6, 24, 32),
                "width": 8,
                "rounds": 12,
                "tissue_rate": 1e-2,
                "tissue_loss": "dice_cross_entropy",
                "growth": 8,
                "blocks": (2, 2, 2),
                "epochs": 16,
                "learning_rate": 3e-3,
                "turn_deg": 5.0,
                "elastic": 1.0,
                "new_device": NEW_DEVICE,
                "new_rounds": 8,
                "tone": 0.3,
            },
            budget="240s",
            classes=GRADES,
        ),
        expected=(Expected("auc_macro", 0.9, 0.1, "four referrals, 33 scans"),),
        public=(
            PublicData(
                "RETOUCH (registration)", "scans as MHD with masks of three fluids: first stage", "memory"
            ),
            PublicData("Duke DME; AROI", "scans with drawn layers and fluid: first stage", "memory"),
            PublicData(
                "Kermany OCT2017; OCTDL",
                "single slices in folders of four and seven diagnoses, no tissues",
                "memory",
            ),
        ),
        flaws=(
            Flaw("the model had the scan alone, the specialists fundus picture and notes as well"),
            Flaw("model and first specialist make exactly as many errors, 55 of 997, but not the same ones"),
            Flaw("the scans and the networks' hyper-parameters are private"),
        ),
        values=values,
        lighter={
            "folds": Chosen(2, "two members instead of five", "choice"),
            "segmenters": Chosen(1, "one network of the first stage in each", "choice"),
            "classifiers": Chosen(2, "two of the second in each: 4 votes in all", "choice"),
            "scan_sides": Chosen((16, 112, 128), "a quarter of the pixels along each side", "choice"),
            "patch": Chosen((8, 112, 128), "as the scans", "choice"),
            "map_sides": Chosen((16, 75, 88), "a quarter along each side", "choice"),
            "width": Chosen(8, "a quarter of the maps", "choice"),
            "growth": Chosen(8, "a quarter of the maps", "choice"),
            "blocks": Chosen((2, 4, 4), "ten layers instead of 58", "choice"),
            "rounds": Chosen(20, "500 steps", "choice"),
            "tissue_loss": Chosen("dice_cross_entropy", "small tissues are learnt in few steps", "choice"),
            "tissue_rate": Chosen(2e-3, "fewer steps need larger ones", "choice"),
            "learning_rate": Chosen(1e-3, "fewer steps need larger ones", "choice"),
            "epochs": Chosen(20, "a fifth of the passes", "choice"),
        },
        system=TwoStageReferral(),
    )
)
