"""``model/validated.json``: what the evidence says of a reader, small enough to be read with every case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from thirdeye.case.opinion import Opinion
from thirdeye.case.reliance import Measured
from thirdeye.case.study import Study
from thirdeye.errors import StudyMismatch
from thirdeye.inference.advice import Seen
from thirdeye.inference.identity import Identified, identity

VALIDATED_FILE = "model/validated.json"
VALIDATED_VERSION = 1
_AT_A_POINT = ("lesion_sensitivity", "lesion_ppv", "false_positives_per_image")
_AT = "fp_per_image_1"  # where earlier versions did not say it
MOST = 1000  # entries of either kind


@dataclass(frozen=True)
class Validated:
    """What is known of a reader, to stand beside each of its opinions.

    Args:
        measured: how good it is.
        unvalidated: what it has not been validated on, in sentences.
    """

    measured: tuple[Measured, ...] = ()
    unvalidated: tuple[str, ...] = ()

    def at(self, point: str | None) -> Validated:
        """What holds at one operating point, and what depends on none."""
        return replace(self, measured=tuple(one for one in self.measured if one.point in ("", point)))

    def per(self, decided: str) -> Validated:
        """What holds of answers of one kind; of an earlier version, which knew images only, all of it.

        Args:
            decided: as `Measured.per`.
        """
        found = tuple(one for one in self.measured if one.per == decided)
        return replace(self, measured=found or tuple(one for one in self.measured if not one.per))

    def over(self, opinion: Opinion) -> Opinion:
        """The opinion with what is known of its reader."""
        return replace(opinion, measured=self.measured, unvalidated=self.unvalidated)

    def advise(self, opinion: Opinion, seen: Seen) -> Opinion:
        """As `over`, of a single image; also of an abstention, as it is about the reader."""
        return self.per("").over(opinion)

    def as_json(self, *, model_sha256: str) -> dict[str, Any]:
        """Content of the file.

        Args:
            model_sha256: of the network that it is about.
        """
        return {
            "version": VALIDATED_VERSION,
            "model_sha256": model_sha256,
            "measured": [one.as_json() for one in self.measured],
            "unvalidated": list(self.unvalidated),
        }


NOTHING_KNOWN = Validated()


def read_validated(study: Study, manifest: Identified) -> Validated:
    """What the study says of its reader; nothing where it was not validated, or with another reader.

    Args:
        study: whose it is.
        manifest: of its reader.

    Raises:
        StudyMismatch: the file is damaged.
    """
    if not study.has(VALIDATED_FILE):
        return NOTHING_KNOWN
    form = study.read_json(VALIDATED_FILE)
    try:
        if form["version"] > VALIDATED_VERSION or form["model_sha256"] != identity(manifest)["sha256"]:
            return NOTHING_KNOWN
        return Validated(
            tuple(_measured(one) for one in form["measured"][:MOST]),
            tuple(str(one) for one in form["unvalidated"][:MOST]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise StudyMismatch(
            f"{VALIDATED_FILE} is damaged ({type(error).__name__}): delete it, then run thirdeye report"
        ) from error


def _measured(form: Mapping[str, Any]) -> Measured:
    measure = str(form["measure"])
    low, high = (None if form[name] is None else float(form[name]) for name in ("low", "high"))
    return Measured(
        about=str(form["about"]), measure=measure, value=float(form["value"]), low=low,
        high=high, n=int(form["n"]), part=str(form["part"]), unit=str(form["unit"]),
        point=str(form.get("point", _AT if measure in _AT_A_POINT else "")), per=str(form.get("per", "")),
    )  # fmt: skip
