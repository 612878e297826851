"""Cases of several images that carry different labels."""

from __future__ import annotations

from collections.abc import Iterator

from thirdeye.intake.checks.check import NotApplicable, register_check, share
from thirdeye.intake.collection import CLASSIFICATION
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding
from thirdeye.intake.words import listed, shown_name


@register_check("case.labels", title="One label per case", about="veracity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Warning: a case is what one decision is about, so that its images share the label."""
    collection = exhibits.collection
    rows = collection.rows.drop_duplicates("image")
    several = rows[rows["case"].duplicated(keep=False)]
    if several.empty:
        raise NotApplicable("no case has several images")
    if collection.task not in CLASSIFICATION:
        raise NotApplicable("the images are not sorted into classes")
    labels = several.groupby("case", sort=False)["label"].agg(lambda held: sorted(set(held)))
    wrong = labels[labels.map(len) > 1]
    if wrong.empty:
        return
    groups = [tuple(several["image"][several["case"] == case]) for case in wrong.index]
    yield Finding(
        check="case.labels",
        severity="warning",
        message=f"{share(len(wrong), len(labels))} cases of several images carry different labels, for "
        f"example '{shown_name(str(wrong.index[0]))}': {listed(wrong.iloc[0])}.",
        cases=tuple(image for group in groups for image in group),
        groups=tuple(groups),
        evidence={"labels": {str(case): list(held) for case, held in wrong.items()}},
        remedy="Correct the labels; or, if each image is a decision of its own (one side, one lesion), take "
        "the column with the case out of the table",
        source="A case is what one decision is about (DESIGN, section 1)",
    )
