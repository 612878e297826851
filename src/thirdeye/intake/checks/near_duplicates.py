"""Pictures that occur again turned, mirrored, cropped, rescaled, brightened or saved once more."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from thirdeye.intake.checks.check import register_check
from thirdeye.intake.checks.near import SOURCE, images_of, table_of, told
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding, Fix
from thirdeye.intake.fixes import keep_one
from thirdeye.intake.not_applicable import NotApplicable
from thirdeye.intake.words import counted


@register_check("dup.near", title="Nearly identical pictures", about="veracity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Groups in which every picture was found to be like the first; `dup.exact` tells of identical ones."""
    if len(exhibits.rows) < 2:
        raise NotApplicable("fewer than two images can be read")
    pairs = exhibits.near_pairs
    if not pairs:
        return
    found = exhibits.near_groups
    images = images_of(pairs)
    aside = (
        f" {counted(found.dropped, 'pair')} would have tied too many images together and form no group."
        if found.dropped
        else ""
    )
    yield Finding(
        check="dup.near",
        severity="warning",
        message=f"{counted(len(images), 'image')} in {counted(len(pairs), 'pair')} show nearly the same "
        f"picture, for example {told(pairs[0])}.{aside}",
        cases=images,
        groups=found.groups,
        evidence={"groups": len(found.groups), "dropped": found.dropped, **table_of(pairs)},
        remedy="Look at the pairs. Each group is kept on one side of every split that is drawn here; copies "
        "count more than once in the figures",
        source=SOURCE,
        fixes=_fixes(exhibits),
    )


def _fixes(exhibits: Exhibits) -> tuple[Fix, ...]:
    """One of each group stays where all have one label; where labels differ a person must look.

    Several pictures of one known patient are ordinary second exposures, and all of them stay.
    """
    rows = exhibits.collection.rows.groupby("image", sort=False)
    labels, patients = rows["label"].agg(frozenset), rows["patient"].first()
    agreed = [
        group
        for group in exhibits.near_groups.groups
        if len({labels[image] for image in group}) == 1 and not _of_one_patient(patients[list(group)])
    ]
    return keep_one(agreed, exhibits.rows["split"], "shows nearly the same as")


def _of_one_patient(patients: pd.Series) -> bool:
    return bool(patients.iloc[0] != "" and (patients == patients.iloc[0]).all())
