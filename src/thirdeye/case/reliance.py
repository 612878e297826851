"""What a doctor weighs an opinion by: how often the reader was right, how sure it is, what looked alike."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Frequency:
    """How often validation cases that were read like this one truly had a class.

    Args:
        class_name: the class.
        n: validation cases whose probability of the class lay in the same range.
        k: how many of them had it.
        low, high: 95 % interval of the share, 0 to 1.
        from_probability, to_probability: the range.
        patients: whom the cases come from; None where that is not known. A patient with several cases is one
            unit of the interval.
        cluster: what `patients` counts: "patient", or what else images belong to ("lesion", "group").
    """

    class_name: str
    n: int
    k: int
    low: float
    high: float
    from_probability: float
    to_probability: float
    patients: int | None = None
    cluster: str = "patient"

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        form = asdict(self)
        return {"class": form.pop("class_name"), **form}


@dataclass(frozen=True)
class PredictionSet:
    """Classes among which the truth lies as often as promised.

    Args:
        classes: none, one or several.
        coverage: share of cases, 0 to 1, whose true class such sets hold.
        scope: for whom that holds: "all cases", "each class", or a group ("sex: female").
    """

    classes: tuple[str, ...]
    coverage: float
    scope: str

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {**asdict(self), "classes": list(self.classes)}


@dataclass(frozen=True)
class Certainty:
    """How sure a reader is of its own answer.

    Args:
        method: how it was measured ("members", "views", "probability").
        value: 0 (not at all) to 1.
        rank: share of validation cases that were less certain, 0 to 1.
        defer: whether the rule that was fixed on validation data leaves this case to the doctor alone.
        reason: a sentence, where it does.
    """

    method: str
    value: float
    rank: float
    defer: bool
    reason: str | None = None

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        return asdict(self)


@dataclass(frozen=True)
class Familiarity:
    """How much an image is like those that the reader knows.

    Args:
        distance: relative to the edge of the envelope; above 1 is outside.
        rank: share of held-out development images that lie at least as far out, 0 to 1, this one counted
            among them; None where they were not kept.
        n: how many were held out.
    """

    distance: float
    rank: float | None
    n: int

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        return asdict(self)


@dataclass(frozen=True)
class SimilarCase:
    """A past case that looks alike.

    Args:
        case: its name in the dataset or archive.
        image: its file, relative to the data.
        label: what it was; "" where nobody knows.
        similarity: 0 to 1 (cosine of the features).
        duplicate: whether it may be the very same image.
        rank: its place among all past cases, 1 the nearest; 0 where nobody counted.
        archive: name of the archive it comes from; None: a case that the reader was developed on.
    """

    case: str
    image: str
    label: str
    similarity: float
    duplicate: bool = False
    rank: int = 0
    archive: str | None = None

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        return asdict(self)


AND_VARIABLES = " and variables"  # ends `Measured.per`


@dataclass(frozen=True)
class Measured:
    """One measure of a reader on cases that it had not learnt from, to stand beside what it says.

    Args:
        about: the structure, class or landmark; "" for all together.
        measure: its name in the evidence ("dice", "lesion_sensitivity", "mre_mm").
        value: the estimate.
        low, high: limits of the interval; None where there is none.
        n: cases, findings or points that it rests on.
        part: "validation" or "test".
        unit: "mm", "px", "deg", "%" or "1".
        point: operating point at which it holds; "": it does not depend on one.
        per: what was decided at once: "" (an image), "case" or "lesion" (all its images), or one of these
            with clinical variables ("image and variables").
    """

    about: str
    measure: str
    value: float
    low: float | None
    high: float | None
    n: int
    part: str = "validation"
    unit: str = "1"
    point: str = ""
    per: str = ""

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        return asdict(self)
