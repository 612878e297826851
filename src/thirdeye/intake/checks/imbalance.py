"""Classes of very different size."""

from __future__ import annotations

from collections.abc import Iterator

from thirdeye.intake.checks.check import register_check
from thirdeye.intake.class_counts import count_images
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding

_STRONG = 10.0
_MILD = 3.0


@register_check("class.imbalance", title="Balance of the classes", about="variety")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Ratio of the largest to the smallest class (multi-label: of absent to present, worst class)."""
    collection = exhibits.collection
    counts = {name: n for name, n in count_images(collection.rows, collection.classes).items() if n}
    if len(counts) < 2 and collection.task != "multilabel":
        return
    small = min(counts, key=lambda name: counts[name])
    large = max(counts, key=lambda name: counts[name])
    largest = len(collection.rows) - counts[small] if collection.task == "multilabel" else counts[large]
    ratio = largest / counts[small]
    if ratio < _MILD:
        return
    against = "images without it" if collection.task == "multilabel" else f"'{large}'"
    yield Finding(
        check="class.imbalance",
        severity="warning" if ratio >= _STRONG else "info",
        message=f"'{small}' is rare: {counts[small]:,} images against {largest:,} of {against} "
        f"(1 to {ratio:.0f}).",
        evidence={"counts": counts, "ratio": round(ratio, 2)},
        remedy="Training will weigh for it; read sensitivity and average precision, not accuracy",
        source="With unequal classes accuracy rewards saying the larger one",
    )
