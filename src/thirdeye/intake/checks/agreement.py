"""How well those who labelled the data agree: the ceiling of what can be learnt from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from thirdeye.evaluation.metric import Metric
from thirdeye.intake.agreement_labels import LabelAgreement, agreement_by_class, label_agreement
from thirdeye.intake.agreement_masks import MaskAgreement, mask_agreement
from thirdeye.intake.annotation_view import table
from thirdeye.intake.checks.check import NotApplicable, register_check
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding, Severity
from thirdeye.intake.words import counted, listed, shown_name

_POOR_KAPPA, _POOR_DICE = 0.4, 0.7  # below: the labels say more about who gave them than about the case
_SOURCE = "Agreement between annotators; a reader cannot be shown to be better than its reference standard"
_CEILING = "That is the ceiling: no reader can be shown to agree better with one of them."
_PAIR_COLUMNS = ["annotator", "other", "cases of both", "agree"]
_NAMES = {
    "kappa": "Cohen's kappa", "quadratic_kappa": "Cohen's quadratic kappa", "fleiss_kappa": "Fleiss' kappa",
    "gwet_ac1": "Gwet's AC1", "gwet_ac2_quadratic": "Gwet's AC2",
    "krippendorff_alpha_nominal": "Krippendorff's alpha", "krippendorff_alpha_ordinal": "Krippendorff's "
    "alpha",
    "krippendorff_alpha_interval": "Krippendorff's alpha", "icc_2_1": "ICC(2,1)", "icc_3_1": "ICC(3,1)",
    "dice": "Dice", "nsd_2px": "outlines within 2 pixels",
}  # fmt: skip


@register_check("labels.agreement", title="Agreement between annotators", about="veracity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Information; a warning where they hardly agree."""
    collection = exhibits.collection
    ordered = collection.task == "ordinal"
    labels = label_agreement(
        collection.readings, classes=collection.classes, ordered=ordered, seed=exhibits.seed
    )
    masks = mask_agreement(collection, seed=exhibits.seed)
    if labels is None and masks is None:
        raise NotApplicable("no case was labelled by two annotators")
    if labels is not None and collection.task == "multilabel":
        each = agreement_by_class(collection.readings, collection.classes, seed=exhibits.seed)
        yield _of_classes(labels, each, exhibits)
    elif labels is not None:
        yield _of_labels(labels, exhibits)
    if masks is not None:
        yield _of_masks(masks)


def told(metric: Metric) -> str:
    """ "Dice 0.788 (0.776 to 0.800)" """
    name = _NAMES.get(metric.name, metric.name)
    if metric.value is None:
        return f"{name} undefined ({metric.reason})"
    if metric.ci_low is None or metric.ci_high is None:
        return f"{name} {metric.value:.3f} (no interval)"
    return f"{name} {metric.value:.3f} ({metric.ci_low:.3f} to {metric.ci_high:.3f})"


def _severity(metric: Metric, poor: float) -> Severity:
    return "warning" if metric.value is not None and metric.value < poor else "info"


def _disputed(found: LabelAgreement, exhibits: Exhibits) -> list[str]:
    images = exhibits.collection.rows.groupby("case", sort=False)["image"].first()
    return [str(images.get(case, case)) for case in found.disputed]


def _of_classes(found: LabelAgreement, each: Mapping[str, LabelAgreement], exhibits: Exhibits) -> Finding:
    """Several classes at once: agreement on each of them."""
    disputed = _disputed(found, exhibits)
    firsts = {name: one.metrics[0] for name, one in each.items()}
    said = [f"{name} {100 * each[name].agreed:.0f} %, {told(metric)}" for name, metric in firsts.items()]
    metrics = [m.with_(class_name=name) for name, one in each.items() for m in one.metrics]
    poor = any(_severity(metric, _POOR_KAPPA) == "warning" for metric in firsts.values())
    return Finding(
        check="labels.agreement",
        severity="warning" if poor else "info",
        message=f"{counted(len(found.annotators), 'annotator')} labelled {counted(len(found.cases), 'case')} "
        f"in common and agree on all classes in {100 * found.agreed:.0f} % of pairs of labels, one by one: "
        f"{'; '.join(said)}. {_CEILING}",
        cases=tuple(disputed),
        evidence={
            "metrics": [metric.as_json() for metric in metrics],
            "words": said,
            "observed_agreement": round(found.agreed, 4),
            "table": {"columns": _PAIR_COLUMNS, "rows": [list(pair) for pair in found.pairs]},
        },
        remedy=_settle(disputed),
        source=_SOURCE,
    )


def _settle(disputed: Sequence[str]) -> str:
    if not disputed:
        return "Nothing needs doing"
    return f"Settle the {counted(len(disputed), 'disputed case')} by consensus or histology before training"


def _of_labels(found: LabelAgreement, exhibits: Exhibits) -> Finding:
    first = found.metrics[0]
    disputed = _disputed(found, exhibits)
    rows = [list(pair) for pair in found.pairs]
    return Finding(
        check="labels.agreement",
        severity=_severity(first, _POOR_KAPPA),
        message=f"{counted(len(found.annotators), 'annotator')} labelled {counted(len(found.cases), 'case')} "
        f"in common and agree on {100 * found.agreed:.0f} % of pairs of labels: {told(first)}. That is the "
        f"ceiling: "
        "no reader can be shown to agree better with one of them.",
        cases=tuple(disputed),
        evidence={
            "metrics": [metric.as_json() for metric in found.metrics],
            "words": [told(metric) for metric in found.metrics],
            "observed_agreement": round(found.agreed, 4),
            "table": {"columns": _PAIR_COLUMNS, "rows": rows},
        },
        remedy=_settle(disputed),
        source=_SOURCE,
    )


def _of_masks(found: MaskAgreement) -> Finding:
    first = found.metrics[0] if found.metrics else None
    worst = found.table.sort_values("dice")
    sampled = f" (of {len(found.table) + found.left_out:,}, drawn at random)" if found.left_out else ""
    measured = ", ".join(told(metric) for metric in found.metrics) or "nothing could be compared"
    rest = ""
    if first is not None:
        lowest = worst.iloc[0]
        rest = f" {_CEILING} Least alike: '{shown_name(lowest['image'])}' ({lowest['dice']:.2f})."
    return Finding(
        check="labels.agreement",
        severity=_severity(first, _POOR_DICE) if first else "warning",
        message=f"Annotators {listed(found.annotators)} drew the same structure in "
        f"{counted(len(found.table), 'image')}{sampled}: {measured}.{rest}",
        cases=tuple(worst["image"][worst["dice"] < _POOR_DICE]),
        evidence={
            "metrics": [metric.as_json() for metric in found.metrics],
            "words": [told(metric) for metric in found.metrics],
            "table": table(worst, ["image", "pairs", "dice", "nsd"]),
            "about": {**{row.image: f"Dice {row.dice:.3f}" for row in worst.itertuples()}, **found.lost},
        },
        remedy="Compare a reader's Dice with this figure, not with 1",
        source=_SOURCE,
    )
