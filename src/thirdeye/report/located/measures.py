"""What the measures of masks, boxes and points are called on paper: title, whether a share, meaning."""

from __future__ import annotations

import re

Named = tuple[str, bool, str]

LENGTHS = ("hd95_max_of_directed", "assd_pooled")  # in the length unit of their set

MEASURES: dict[str, Named] = {
    "dice": ("Dice", False, "shared area or volume: 1 is the same outline, 0 is nothing in common"),
    "iou": ("IoU", False, "what both mark over what either marks; 1 is the same outline"),
    "hd95_max_of_directed": ("HD95", False, "largest distance of the borders, without the worst 5%"),
    "assd_pooled": ("Mean border distance", False, "how far the borders are apart on average"),
    "pixel_sensitivity": ("Share found", True, "share of what the expert marked that the network marks too"),
    "pixel_precision": ("Share that is right", True, "share of what the network marks that the expert did"),
    "nsd": ("Border within tolerance", True, "share of both borders within the tolerance"),
    "case_sensitivity": ("Seen where it is there", True, "share of cases with it where something is marked"),
    "case_specificity": ("Left alone where it is not", True, "share of cases without it left unmarked"),
    "case_ppv": ("Marked, and has one", True, "share of cases with a mark that have it (PPV)"),
    "case_npv": ("Unmarked, and has none", True, "share of cases without a mark that do not have it (NPV)"),
    "image_sensitivity": (
        "Images with it, marked",
        True,
        "share of images with it where something is marked",
    ),
    "image_specificity": ("Images without it, left alone", True, "share of images without it left unmarked"),
    "image_ppv": ("Images marked that have it", True, "share of images with a mark that have it"),
    "image_npv": ("Images unmarked that do not", True, "share of images without a mark that do not have it"),
    "piece_sensitivity": ("Pieces found", True, "share of the separate pieces that are touched"),
    "false_pieces_per_case": ("False pieces per case", False, "separate pieces marked that touch nothing"),
    "size_bias": ("Bias of the size", False, "size by the network minus size by the expert, mean"),
    "size_limit_low": ("Lower limit of agreement", False, "95% of the differences in size lie above"),
    "size_limit_high": ("Upper limit of agreement", False, "95% of the differences in size lie below"),
    "pixel_auc": ("AUC of pixels", False, "how often a pixel inside is ranked above one outside"),
    "mre": ("Mean distance", False, "of the points from where the expert put them"),
    "smape": ("SMAPE (%)", False, "differences of all angles of a case over their sum"),
    "icc_2_1": ("ICC(2,1)", False, "agreement of two measurements; 1 is perfect"),
    "froc_score": ("FROC score", False, "sensitivity averaged over 1/8 to 8 false marks per image"),
    "map": ("mAP", False, "average precision, mean over the kinds"),
    "map50": ("mAP at IoU 0.5", False, "average precision at half overlap, mean over the kinds"),
    "ap50": ("AP at IoU 0.5", False, "average precision; a box counts from half overlap"),
    "ap50_95": ("AP at IoU 0.5 to 0.95", False, "average precision; boxes have to fit ever better"),
    "lesion_sensitivity": ("Lesions found", True, "share of the lesions that a mark hits"),
    "lesion_ppv": ("Marks that are right", True, "share of the marks that hit a lesion"),
    "middle_froc_score": ("FROC score, by middles", False, "a mark counts near a lesion's middle"),
    "middle_sensitivity": ("Lesions found, by middles", True, "a mark lies near their middle"),
    "middle_ppv": ("Marks that are right, by middles", True, "share of the marks near a lesion's middle"),
    "middle_f1": ("F1, by middles", False, "harmonic mean of lesions found and marks that are right"),
    "false_positives_per_image": (
        "False alarms per image",
        False,
        "marks that hit no lesion",
    ),
    "type_accuracy": (
        "Types as the expert's",
        True,
        "share of measurements in the type of the reference points",
    ),
    "type_balanced_accuracy": (
        "Types as the expert's, balanced",
        True,
        "mean over the types of the share found of each",
    ),
    "patient_auc": ("AUC of patients", False, "how often one with a lesion is ranked above one without"),
    "image_auc": ("AUC of images", False, "how often one with a lesion is ranked above one without"),
}

_RATES = {"1_8": "1/8", "1_4": "1/4", "1_2": "1/2", "1": "1", "2": "2", "4": "4", "8": "8"}
MEASURES |= {
    f"sensitivity_at_{name}_fp": (f"Lesions found, {rate} false per image", True, "read off the FROC curve")
    for name, rate in _RATES.items()
}

_PATTERNS: tuple[tuple[str, str, bool, str], ...] = (
    (r"nsd_(.+?)(mm|px)", "Border within {}", True, "share of both borders that close to each other"),
    (r"sdr_(.+?)(mm|px)", "Points within {}", True, "share of the points that close to the expert's"),
    (
        r"sdr_(.+?)(pct)",
        "Points within {0} of the side",
        True,
        "share of the points; of the image's longer side",
    ),
    (r"mre_()(mm|px|pct)", "Mean distance ({1})", False, "of the points from where the expert put them"),
    (r"mae_()(deg|mm|px|ratio)", "Mean difference ({1})", False, "of a measurement from its reference"),
    (r"bias_()(deg|mm|px|ratio)", "Bias ({1})", False, "mean of measured minus reference"),
    (r"loa_low_()(deg|mm|px|ratio)", "Lower limit of agreement ({1})", False, "95% of differences lie above"),
    (
        r"loa_high_()(deg|mm|px|ratio)",
        "Upper limit of agreement ({1})",
        False,
        "95% of differences lie below",
    ),
)


def located_measure(name: str) -> Named | None:
    """Title, whether it is a share, and meaning of a measure; None for one that is not of these tasks."""
    if name in MEASURES:
        return MEASURES[name]
    for pattern, title, percent, meaning in _PATTERNS:
        found = re.fullmatch(pattern, name)
        if found:
            unit = {"pct": "%", "deg": "degrees"}.get(found[2], found[2])
            tolerance = f"{found[1].replace('_', '.')} {unit}".replace(" %", "%")
            return title.format(tolerance, unit), percent, meaning
    return None
