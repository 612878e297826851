"""Risk maps of the brain and a perceptron on their telling voxels (Qiu et al.)."""

from __future__ import annotations

from collections.abc import Mapping

from thirdeye.recipes.fixtures.brains import write_brains
from thirdeye.recipes.learning.brain_risk import BrainRisk
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

EARLIER = "earlier_settings"


def values(setting: Setting) -> Mapping[str, Chosen]:
    """The published steps, as the description of the public code has them; or as its script had earlier."""
    earlier = EARLIER in setting.switches
    return {
        "contrast": Chosen(("CN", "AD"), "normal or Alzheimer's disease", "paper"),
        "clinical": Chosen(("age", "sex", "MMSE"), "told beside the volume", "paper"),
        "folds": Chosen(5, "five repeats", "paper"),
        "smaller": Chosen(1, "every voxel of 1 mm", "memory"),
        "patch": Chosen(47, "patches of 47 x 47 x 47 voxels", "paper"),
        "widths": Chosen((20, 40, 80, 160), "channels of the four blocks", "paper"),
        "hidden": Chosen(30, "units of the layer before the last", "paper"),
        "dropout": Chosen(0.1, "after every block", "paper"),
        "rounds": Chosen(3000, "in each, one random patch of every patient", "paper"),
        "learning_rate": Chosen(1e-4, "Adam", "paper"),
        "momentum": Chosen(0.5, "first beta of Adam", "paper"),
        "batch_size": Chosen(6 if earlier else 10, "patches of one step", "paper"),
        "whole_epochs": Chosen(
            60, "passes of the plain network of whole volumes, a rival; 0 leaves it out", "choice"
        ),
        "chosen_on": Chosen(
            0.25, "of the patients that are learnt from, for voxels and stopping times", "choice"
        ),
        "voxels": Chosen(200, "with the largest correlation of Matthews", "paper"),
        "least_correlation": Chosen(0.6, "voxels above it, where there are enough", "paper"),
        "readout_hidden": Chosen(100, "leaky units", "paper"),
        "readout_epochs": Chosen(300, "passes", "paper"),
        "readout_rate": Chosen(0.01, "Adam", "paper"),
        "readout_batch": Chosen(8, "patients of one step", "paper"),
        "readout_dropout": Chosen(0.6 if earlier else 0.5, "of inputs and hidden units", "paper"),
    }


RECIPE = entered(
    Recipe(
        id="qiu2020_fcn_mlp",
        title="AD vs normal from 3-D MRI: patch FCN -> probability maps -> MLP (Qiu)",
        tasks=("binary",),
        question="Alzheimer's disease or cognitively normal, and where the risk lies",
        row=Row(
            modality=Told("T1 MRI, 181 x 217 x 181 voxels of 1 mm", "memory"),
            input=Told("random patches of 47 x 47 x 47 voxels", "paper"),
            preprocessing=Told(
                "registered to the MNI template, normalised and cut, background removed; here the volumes "
                "have to come registered and stripped of the skull",
                "paper",
            ),
            network=Told(
                "20@4 MP2/1, 40@4 MP2/2, 80@3 MP2/2, 160@3 MP2/1, each normalised, leaky, dropout 0.1; 30; 2 "
                "(47-44-43-40-20-18-9-7-6), the last two as convolutions of 6 x 6 x 6 and 1; then 200 voxels "
                "with age, sex and MMSE to 100 leaky units and 2, dropout 0.5. Beside it a plain network of "
                "whole volumes: 7 x 7 x 7 by steps of 2, the same widths, 6 x 8 x 6, 30, 2",
                "paper",
            ),
            loss=Told("cross-entropy, classes weighted to balance", "paper"),
            schedule=Told(
                "Adam: 1e-4, beta 0.5, batches of 10, 3000 rounds of one patch each; 0.01, batches of 8, 300 "
                "passes for the perceptron",
                "paper",
            ),
            augmentation=Told("none but the place of the patch", "paper"),
            sampling=Told(
                "a random patch of each patient in each round; voxels by Matthews' correlation on validation "
                "cases, above 0.6 or the best 200",
                "paper",
            ),
            ensemble=Told("five repeats", "paper"),
            fusion=Told("risk map, age, sex and MMSE", "paper"),
            postprocessing=Told("risk map of the brain, map of Matthews' correlation", "paper"),
            metrics=Told("accuracy, Matthews' correlation, AUC", "paper"),
            cases=Told("ADNI 417, AIBL 382, FHS 102, NACC 582", "memory"),
            result=Told(
                "accuracy 0.968 with everything, about 0.83 from MRI alone (ADNI test); eleven "
                "neurologists 0.823 on average",
                "memory",
            ),
        ),
        sources=(
            "Qiu S, Joshi PS, Miller MI, et al. Development and validation of an interpretable deep learning "
            "framework for Alzheimer's disease classification. Brain 2020;143:1920-1933",
            "github.com/vkola-lab/brain2020 (code)",
        ),
        confidence="high",
        exactness="exact",
        fixture=Fixture(
            "200 brains drawn by rule, 40 x 44 x 40 voxels; in half of them the hippocampus has shrunk",
            write=write_brains,
            overrides={
                "folds": 2,
                "patch": 27,
                "widths": (2, 4, 8, 12),
                "hidden": 8,
                "rounds": 10,
                "learning_rate": 0.003,
                "readout_epochs": 60,
                "voxels": 60,
                "whole_epochs": 8,
            },
            budget="300s",
            classes=("CN", "AD"),
        ),
        expected=(Expected("auc", 0.9, 0.1, "volume and variables together; test part of 40 persons"),),
        public=(
            PublicData(
                "ADNI, AIBL, NACC, FHS (registration)", "lookupcsv/*.csv of the code list them", "paper"
            ),
            PublicData("OASIS-1 (open)", "a table of CDR: 0 is normal, above 0 demented", "memory"),
        ),
        flaws=(
            Flaw(
                "the script of the public code and its description differ (batches of 6 or 10, dropout 0.6 "
                "or 0.5); the description is the later one",
                EARLIER,
            ),
            Flaw(
                "MMSE takes part in the diagnosis that it is to predict: the fused answer is close to it by "
                "construction, so that the answer from the volume alone is told beside it"
            ),
        ),
        values=values,
        lighter={
            "smaller": Chosen(3, "voxels of 3 mm: fine structure is lost", "choice"),
            "patch": Chosen(27, "27 voxels of 3 mm: a larger part of the brain than 47 of 1 mm", "choice"),
            "widths": Chosen((8, 16, 32, 64), "fewer channels, less can be told apart", "choice"),
            "whole_epochs": Chosen(20, "fewer passes of the rival too", "choice"),
            "rounds": Chosen(150, "a twentieth of the rounds, with a larger rate", "choice"),
            "learning_rate": Chosen(1e-3, "larger, as there are fewer rounds", "choice"),
            "folds": Chosen(3, "three members in place of five", "choice"),
        },
        system=BrainRisk(),
    )
)
