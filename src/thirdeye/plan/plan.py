"""The plan: every decision about how to train, with its reason, written before training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from thirdeye.plan.decisions import Decisions


@dataclass(frozen=True, kw_only=True)
class Plan(Decisions):
    """Everything that training and reading need to know; the same plan and seed give the same result.

    Args:
        task: "binary", "multiclass", "multilabel" or "ordinal".
        classes: class names in output order.
        positive: the diseased class (binary), else None.
        validation: where the predictions that choose and calibrate come from: "cross_fitted" (k folds of
            the development cases, each predicted by the member that did not see it) or "official" (the
            validation part of the data).
        folds: number of members and, when cross-fitted, of folds.
        image_size_px: side of the square that the network sees.
        resize: "squash" (fill the square) or "pad" (keep the aspect ratio, black borders).
        intensity: "full_range" (the file's bits), or "percentile" (0.5 to 99.5 per image) for deep grey.
        architecture: name of a registered architecture.
        weights: "embedded" (ImageNet, comes with the extra `train`), "hub", or "none".
        augmentation: names of registered augmentations with their strength, in order.
        epochs: fine-tuning epochs per member.
        batch_size: images per step.
        learning_rate: peak rate of the head; the backbone runs at `backbone_rate` times this.
        backbone_rate: factor between 0 and 1.
        weight_decay: AdamW's.
        label_smoothing: 0 to 1.
        mixup: alpha of the Beta distribution; 0 turns it off.
        class_weighting: "none", "sampler" (rare classes drawn more often) or "loss".
        precision: "fp32" or "bf16".
        averaging: weight averaging over steps, decay of the moving average; 0 turns it off.
        test_time_augmentation: names of the flips averaged when reading, kept only if better.
        calibration: candidates among which validation data choose.
        optimiser: "adamw", "sgd" (momentum 0.9), "sgd:FROM:TO:EPOCHS" (momentum that moves evenly within so
            many epochs) or "rmsprop" (decay 0.9, momentum 0.9, epsilon 0.1).
        schedule: how the rate moves: "cosine" (a short rise, then half a cosine), "constant", or
            "steps:EPOCHS:FACTOR" (times FACTOR every EPOCHS epochs), or "plateau:EPOCHS:FACTOR" (times FACTOR
            whenever the validation loss has not fallen for EPOCHS epochs), or "linear:EPOCHS:SHARE" (evenly
            to SHARE within EPOCHS epochs).
        fusion: ways to decide a case by its images, the simplest first ("mean", "noisy_or", "weights",
            "attention", "early"); validation data choose; () where each case is one image.
        variables: clinical variables that may stand beside the image.
        taxonomy: (child, parent, name of the parent's level or "") each, the classes being its leaves.
        preparation: names of the registered steps of preparation, with their strength, in order; the same
            before learning and before reading (see `thirdeye.transform.preparation`).
        quality: steps of the same kind that make pictures poorer ("blurred", "grainy", "dark"), with their
            strength: the test images are read once more after each.
        head: last layer of every member: "softmax" (as it was trained) or "svm" (a linear support vector
            machine on the features before it, fitted on the same cases when training is over).
        joining: how `variables` stand beside the image: "logistic" (a linear model over the networks' answer
            and the variables), or the networks' features and the variables in one table, to a linear support
            vector machine ("svm") or to boosted trees ("boosting").
        learns: what the outputs are, where there is a taxonomy: "leaves", "parts:N" (nodes of the taxonomy
            with fewer than N development images, larger ones divided) or "level:NAME" (kinds of a level).
        networks: further architectures, trained as `architecture` is; "NAME@WEIGHTS" starts from other
            weights than it.
        copies: networks of each architecture on each split, which differ by their seed alone.
        joined: how architectures decide together: "mean" (of their logits), "weighted" (their say swept on
            validation data), "best" (the one with the highest validation AUC alone), or "best:POINT" (the one
            that is best at a point as in `points`).
        stopping: when a member stops before its last epoch: "loss:SHARE" (no lower validation loss for that
            share of the epochs), "loss_epochs:N" (for N epochs), "auc:GAIN:EPOCHS" (validation AUC has not
            risen by GAIN for EPOCHS epochs; the epoch with the highest AUC is kept), or "none".
        points: further operating points fixed on validation data, beside Youden's and those at 95 %
            sensitivity and specificity: "sensitivity:0.97", "specificity:0.98", "f1".
        tie_break: column of the table with the call of a person, who decides where several networks disagree;
            the evidence says what that changes. "" for nobody.
        unlearnt: (column, value): rows that are left out of training and choosing, and stay in the test part;
            the evidence tells both, with and without them. () for none.
        first_layer: how the first convolution of a network without pre-trained weights starts: "random", or
            "sparse_autoencoder" (filters that patches of each member's learning images share; no labels).
        feature_sets: sets of features that are put before the same linear machine and compared in pairs, the
            first with all others: "variables", "handcrafted", "hog", "divergence", "pretrained", "network",
            "network:ARCHITECTURE" (learnt for this alone), or several joined by "+"; () for none.
    """

    task: Literal["binary", "multiclass", "multilabel", "ordinal"]
    classes: tuple[str, ...]
    positive: str | None
    validation: Literal["cross_fitted", "official"]
    folds: int
    image_size_px: int
    resize: Literal["squash", "pad"]
    intensity: Literal["full_range", "percentile"]
    architecture: str
    weights: Literal["embedded", "hub", "none"]
    augmentation: tuple[tuple[str, float], ...]
    epochs: int
    batch_size: int
    learning_rate: float
    backbone_rate: float
    weight_decay: float
    label_smoothing: float
    mixup: float
    class_weighting: Literal["none", "sampler", "loss"]
    precision: Literal["fp32", "bf16"]
    averaging: float
    test_time_augmentation: tuple[str, ...]
    calibration: tuple[str, ...]
    optimiser: str = "adamw"
    schedule: str = "cosine"
    fusion: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    taxonomy: tuple[tuple[str, str, str], ...] = ()
    preparation: tuple[tuple[str, float], ...] = ()
    quality: tuple[tuple[str, float], ...] = ()
    head: Literal["softmax", "svm"] = "softmax"
    joining: Literal["logistic", "svm", "boosting"] = "logistic"
    learns: str = "leaves"
    networks: tuple[str, ...] = ()
    copies: int = 1
    joined: str = "mean"
    stopping: str = "loss:0.4"
    points: tuple[str, ...] = ()
    tie_break: str = ""
    unlearnt: tuple[str, ...] = ()
    first_layer: Literal["random", "sparse_autoencoder"] = "random"
    feature_sets: tuple[str, ...] = ()
