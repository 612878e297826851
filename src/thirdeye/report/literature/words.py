"""Published numbers in words: with the digits that were published, and no more."""

from __future__ import annotations

MEASURES = {
    "auc": "AUC",
    "accuracy": "accuracy",
    "sensitivity": "sensitivity",
    "specificity": "specificity",
    "ppv": "positive predictive value",
    "npv": "negative predictive value",
    "f1": "F1",
    "top10_accuracy": "top-10 accuracy",
    "sdr_2mm": "landmarks within 2 mm",
}
_FRACTIONS = ("auc", "f1")


def number_text(measure: str, value: float) -> str:
    """``0.94`` for an AUC, ``81.8%`` for a proportion."""
    if measure in _FRACTIONS:
        return f"{value:.4f}".rstrip("0").ljust(4, "0")
    return f"{round(100 * value, 2):g}%"
