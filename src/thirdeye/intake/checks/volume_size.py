"""How much there is."""

from __future__ import annotations

from collections.abc import Iterator

from thirdeye.intake.checks.check import register_check
from thirdeye.intake.class_counts import count_classes, count_images
from thirdeye.intake.collection import CLASSIFICATION
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding
from thirdeye.intake.words import counted

NAME = "volume.size"
_UNITS = ("bytes", "kB", "MB", "GB", "TB")


@register_check(NAME, title="Images, cases, patients, bytes", about="volume")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Always told, with a table of the classes."""
    collection, rows = exhibits.collection, exhibits.collection.rows
    kinds = exhibits.facts.loc[exhibits.facts["error"] == "", "kind"].value_counts()
    what = ", ".join(counted(int(n), str(kind)) for kind, n in kinds.items()) or "nothing that can be read"
    cases, patients = rows["case"].nunique(), rows.loc[rows["patient"] != "", "patient"].nunique()
    of = f" of {counted(cases, 'case')}" if cases != len(rows["image"].unique()) else ""
    whom = f" of {counted(patients, 'patient')}" if patients else ""
    size = exhibits.velocity.bytes_total
    told = f", {bytes_in_words(size)}" if size else ""
    table = None
    if collection.classes and collection.task in CLASSIFICATION:
        images, people = count_images(rows, collection.classes), count_classes(rows, collection.classes)
        table = {
            "columns": ["class", "images", "patients" if patients else "cases"],
            "rows": [[name, images[name], people[name]] for name in collection.classes],
        }
    yield Finding(
        check=NAME,
        severity="info",
        message=f"{what}{of}{whom}{told}.",
        evidence={
            "images": len(exhibits.facts), "cases": int(cases), "patients": int(patients), "bytes": size,
            **({"table": table} if table else {}),
        },
        source="Counted",
    )  # fmt: skip


def bytes_in_words(size: float) -> str:
    """``"1.9 GB"``, in steps of 1,000."""
    for unit in _UNITS[:-1]:
        if size < 1000:
            return f"{size:.0f} {unit}" if size >= 10 or unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} {_UNITS[-1]}"
