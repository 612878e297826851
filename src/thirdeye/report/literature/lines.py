"""What the page of the published evidence is made of, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["network", "doctor with network", "doctor", "own"]


@dataclass(frozen=True)
class Line:
    """One study as a line of the table; every text is ready to be printed."""

    id: str
    name: str
    specialty: str
    origin: str
    question: str
    network: str
    data: str
    headline: str


@dataclass(frozen=True)
class Count:
    """A statement of the review beside what its own tables give.

    Args:
        title: what is counted.
        says: what the review says; empty where its sentence is not known here.
        found: what the data give.
        verdict: "agrees", "differs" or "recounted" (nothing to compare with).
        why: the contradiction in one sentence; empty where there is none.
        studies: ids that it rests on.
    """

    title: str
    says: str
    found: str
    verdict: Literal["agrees", "differs", "recounted"]
    why: str = ""
    studies: tuple[str, ...] = ()


@dataclass(frozen=True)
class Clash:
    """One contradiction, ready to be printed."""

    topic: str
    studies: str
    says: str
    found: str
    meaning: str
    source: str


@dataclass(frozen=True)
class Recomputed:
    """An interval that was computed here from published counts.

    Args:
        study: its name.
        id: its id.
        what: the question and the data.
        measure: "auc", "sensitivity", ...
        value, low, high: 0 to 1.
        n: the cases it rests on, in words.
        method: "wilson" or "hanley_mcneil".
        published: whether the paper gives an interval of its own.
        remark: what a reader must add.
    """

    study: str
    id: str
    what: str
    measure: str
    value: float
    low: float
    high: float
    n: str
    method: Literal["wilson", "hanley_mcneil"]
    published: bool
    remark: str = ""


@dataclass(frozen=True)
class Share:
    """How many of the studies do something.

    Args:
        practice: its short name.
        title: the practice as a question.
        yes, no, unknown: numbers of studies.
        own: the study of one's own; None where it is unknown, or where there is none.
        own_note: what lies behind it.
    """

    practice: str
    title: str
    yes: int
    no: int
    unknown: int
    own: bool | None = None
    own_note: str = ""


@dataclass(frozen=True)
class Dot:
    """A headline AUC over the size of its test.

    Args:
        name: the study.
        cases: images or patients in the test (or in all, where no test is stated).
        auc: 0 to 1.
        low, high: the interval, None where there is none.
        group: specialty, which gives the colour.
        own: whether it is the study of one's own.
        bound: whether the value is only a lower bound.
        related: False where the study asks another question than one's own; drawn pale.
    """

    name: str
    cases: int
    auc: float
    low: float | None
    high: float | None
    group: str
    own: bool = False
    bound: bool = False
    related: bool = True


@dataclass(frozen=True)
class Pair:
    """A sensitivity and a specificity at one operating point.

    Args:
        name: of the study, and of the point where it has several.
        sensitivity, specificity: 0 to 1.
        kind: who reads.
        known: False where one of the two is from memory; drawn hollow.
        related: False where the study asks another question than one's own; drawn pale.
    """

    name: str
    sensitivity: float
    specificity: float
    kind: Kind
    known: bool = True
    related: bool = True


@dataclass(frozen=True)
class Duel:
    """A network beside doctors on the same cases: the values of each, 0 to 1."""

    name: str
    measure: str
    networks: tuple[tuple[str, float], ...]
    doctors: tuple[float, ...]


@dataclass(frozen=True)
class Own:
    """A study of one's own.

    Args:
        name: its folder.
        question: what it asks.
        n: cases of its test.
        patients: patients of its test; None where unknown.
        auc: value, low, high; None where it has none.
        related: what the published ones share that are drawn strongly ("the same task: binary").
        task: kind of decision.
    """

    name: str
    question: str
    n: int
    patients: int | None
    auc: tuple[float, float | None, float | None] | None
    related: str
    task: str


@dataclass(frozen=True)
class Literature:
    """Everything that the page shows."""

    lines: tuple[Line, ...]
    years: dict[int, dict[str, int]]
    networks: dict[str, int]
    dots: tuple[Dot, ...]
    pairs: tuple[Pair, ...]
    duels: tuple[Duel, ...]
    counts: tuple[Count, ...]
    clashes: tuple[Clash, ...]
    recomputed: tuple[Recomputed, ...]
    shares: tuple[Share, ...]
    sources: dict[str, int]
    own: Own | None = None
    chosen: str = ""
