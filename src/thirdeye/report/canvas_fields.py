"""The fields of the extraction canvas for systematic reviews of learning studies (2019), in our own words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Fill = Literal["auto", "partial", "ask"]


@dataclass(frozen=True)
class Field:
    """One field of the canvas.

    Args:
        name: stable dotted name ("dataset.volume.number").
        title: heading on paper.
        asked: what a reviewer wants to read here.
        fill: "auto" (a run knows it), "partial" (a run knows part), "ask" (only a person knows it).
    """

    name: str
    title: str
    asked: str
    fill: Fill


FIELDS: tuple[Field, ...] = (
    Field(
        "aim",
        "Aim",
        "What the study set out to do: detect, classify, outline or measure what, and for whom",
        "ask",
    ),
    Field("architecture.origin", "Pre-training", "Whether the network was pre-trained, and on what", "auto"),
    Field("architecture.parameters", "Parameters", "How many parameters the network has", "auto"),
    Field("architecture.layers", "Layers", "Which network, how many layers of which kind", "auto"),
    Field("architecture.software", "Software", "Frameworks with their versions", "auto"),
    Field("dataset.variety", "Variety", "Modalities, classes and sources of the images", "auto"),
    Field(
        "dataset.veracity", "Veracity", "Where the data come from, who certified the labels, and how", "ask"
    ),
    Field("dataset.volume.number", "Number", "How many images of how many patients", "auto"),
    Field("dataset.volume.size", "Size", "Dimensions of the images, and bytes", "auto"),
    Field(
        "dataset.volume.augmentation",
        "Augmentation",
        "How images were varied for training, and how strongly",
        "auto",
    ),
    Field(
        "dataset.volume.set_distribution",
        "Distribution",
        "Cases for training, validation and test, and what keeps the parts apart",
        "auto",
    ),
    Field("dataset.speed", "Speed", "Hardware, and the time for training and for reading", "auto"),
    Field("training", "Training", "Epochs, optimiser and schedule", "auto"),
    Field("validation", "Validation", "The scheme of validation and what it gave", "auto"),
    Field("test", "Test", "Internal or external test, and what it gave", "auto"),
    Field(
        "comparison.specialists",
        "Against specialists",
        "Readers compared with: how many, how experienced, with what result",
        "partial",
    ),
    Field(
        "comparison.techniques",
        "Against other techniques",
        "Other methods on the same cases, with the result",
        "partial",
    ),
    Field("metrics.accuracy", "Accuracy", "Accuracy with its 95% interval", "auto"),
    Field("metrics.sensitivity", "Sensitivity", "Sensitivity with its 95% interval", "auto"),
    Field("metrics.specificity", "Specificity", "Specificity with its 95% interval", "auto"),
    Field(
        "metrics.ppv",
        "Positive predictive value",
        "With its interval and the prevalence it holds for",
        "auto",
    ),
    Field(
        "metrics.npv",
        "Negative predictive value",
        "With its interval and the prevalence it holds for",
        "auto",
    ),
    Field("metrics.auc", "AUC", "Area under the ROC curve with its 95% interval", "auto"),
    Field(
        "visualisation",
        "Visualisation",
        "How the reasons of the network were shown, at which layer, and whether the maps passed a sanity "
        "check",
        "auto",
    ),
    Field("conclusion", "Conclusion", "What the authors conclude", "ask"),
)
