"""Class names of the MedMNIST archives, which hold integers only.

Source: Yang et al., MedMNIST v2, Scientific Data 10:41 (2023); `medmnist.INFO` of the package medmnist 3.0.2.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

_ORGANS = (
    "bladder;femur-left;femur-right;heart;kidney-left;kidney-right;liver;lung-left;lung-right;pancreas;spleen"
)


@dataclass(frozen=True)
class MedMNISTSet:
    """One set of the family.

    Args:
        name: as its file is called ("breastmnist").
        classes: names by integer label.
        task: as the set's authors define it.
        modality: what the images are.
    """

    name: str
    classes: tuple[str, ...]
    task: Literal["binary", "multiclass", "multilabel", "ordinal"]
    modality: str


def _set(
    name: str, task: Literal["binary", "multiclass", "multilabel", "ordinal"], modality: str, classes: str
) -> MedMNISTSet:
    return MedMNISTSet(name, tuple(classes.split(";")), task, modality)


_SETS = (
    _set(
        "pathmnist",
        "multiclass",
        "colon histology",
        "adipose;background;debris;lymphocytes;mucus;smooth muscle;normal colon mucosa;"
        "cancer-associated stroma;colorectal adenocarcinoma epithelium",
    ),
    _set(
        "chestmnist",
        "multilabel",
        "chest X-ray",
        "atelectasis;cardiomegaly;effusion;infiltration;mass;nodule;pneumonia;pneumothorax;consolidation;"
        "edema;emphysema;fibrosis;pleural;hernia",
    ),
    _set(
        "dermamnist",
        "multiclass",
        "dermatoscopy",
        "actinic keratoses and intraepithelial carcinoma;basal cell carcinoma;benign keratosis-like lesions;"
        "dermatofibroma;melanoma;melanocytic nevi;vascular lesions",
    ),
    _set(
        "octmnist",
        "multiclass",
        "retinal OCT",
        "choroidal neovascularization;diabetic macular edema;drusen;normal",
    ),
    _set("pneumoniamnist", "binary", "chest X-ray", "normal;pneumonia"),
    _set("retinamnist", "ordinal", "fundus photograph", "grade 0;grade 1;grade 2;grade 3;grade 4"),
    _set("breastmnist", "binary", "breast ultrasound", "malignant;normal or benign"),
    _set(
        "bloodmnist",
        "multiclass",
        "blood cell microscopy",
        "basophil;eosinophil;erythroblast;immature granulocytes;lymphocyte;monocyte;neutrophil;platelet",
    ),
    _set(
        "tissuemnist",
        "multiclass",
        "kidney cortex microscopy",
        "collecting duct, connecting tubule;distal convoluted tubule;glomerular endothelial cells;"
        "interstitial endothelial cells;leukocytes;podocytes;proximal tubule segments;thick ascending limb",
    ),
    _set("organamnist", "multiclass", "abdominal CT, axial", _ORGANS),
    _set("organcmnist", "multiclass", "abdominal CT, coronal", _ORGANS),
    _set("organsmnist", "multiclass", "abdominal CT, sagittal", _ORGANS),
)


def known_set(stem: str) -> MedMNISTSet | None:
    """The set that a file name means: ``breastmnist``, ``BreastMNIST_224``, ``breastmnist_64``."""
    match = re.match(r"[a-z]+mnist", stem.casefold())
    return next((known for known in _SETS if match and known.name == match.group()), None)
