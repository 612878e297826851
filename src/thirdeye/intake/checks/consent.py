"""Whether every patient has consented to this use (GDPR Art. 7; Declaration of Helsinki, 2024)."""

from __future__ import annotations

from collections.abc import Iterator

from thirdeye.intake.checks.check import NotApplicable, register_check
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding, Fix
from thirdeye.intake.words import counted

_SOURCE = "GDPR Art. 7(3); WMA Declaration of Helsinki (2024)"
_SAID = {
    "missing": "have no consent on record",
    "withdrawn": "have withdrawn their consent",
    "scope": "have consented to another purpose",
}


@register_check("consent", title="Consent of the patients", about="veracity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """How many images were left out, and why; never whose they are."""
    collection = exhibits.collection
    if not collection.consent_checked:
        raise NotApplicable("no consent table was given (--consent TABLE)")
    for kind, rows in collection.excluded.groupby("consent", sort=True):
        images = tuple(rows["image"])
        yield Finding(
            check=f"consent.{kind}",
            severity="warning",
            message=f"{counted(rows['patient'].nunique(), 'patient')} with {counted(len(rows), 'image')} "
            f"{_SAID[str(kind)]}; their images were not opened and take no part.",
            cases=images,
            evidence={"patients": int(rows["patient"].nunique()), "images": len(rows)},
            remedy="Where they took part before: thirdeye consent trace",
            source=_SOURCE,
            fixes=tuple(Fix(image, "leave_out", str(rows["excluded_because"].iloc[0])) for image in images),
        )
