"""One picture under two patients."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from thirdeye.intake.checks.check import duplicate_groups, register_check
from thirdeye.intake.checks.near import SOURCE, groups_of, images_of, pairs_that, table_of, told
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding
from thirdeye.intake.not_applicable import NotApplicable
from thirdeye.intake.twins.pairs import NearPair
from thirdeye.intake.words import counted


@register_check("patient.copies", title="One picture under two patients", about="veracity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Warning: the patient column may be wrong, and with it every split by patient."""
    patient = exhibits.rows["patient"].to_dict()
    if not exhibits.collection.patient_known or exhibits.collection.group == "image":
        raise NotApplicable("no patients are known")

    def differ(first: str, second: str) -> bool:
        return patient[first] != patient[second] and bool(patient[first] and patient[second])

    pairs = [
        NearPair(first, second, 1.0, "identical")
        for group in duplicate_groups(exhibits.facts)
        for first, second in combinations(group, 2)
        if differ(first, second)
    ]
    pairs += pairs_that(exhibits, differ)
    if not pairs:
        return
    yield Finding(
        check="patient.copies",
        severity="warning",
        message=f"{counted(len(pairs), 'pair')} of identical or nearly identical pictures under two "
        f"patients, for example {told(pairs[0])}.",
        cases=images_of(pairs),
        groups=groups_of(pairs),
        evidence=table_of(pairs),
        remedy="If it is one patient under two names, correct the patient column: a split by patient cannot "
        "separate them. Such pictures are kept on one side of every split that is drawn here",
        source=SOURCE,
    )
