"""A published study as data; every value says how it is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Source = Literal["review", "lecture", "paper", "computed", "memory"]
Value = str | int | float | bool

SOURCES: dict[str, str] = {
    "review": "stated in the review",
    "lecture": "stated in the lecture",
    "paper": "stated in the paper, its abstract, its code or another public source",
    "computed": "computed here",
    "memory": "from memory: look it up before you cite it",
}
REVIEW = (
    "Fourcade A, Khonsari RH. Deep learning in medical image analysis: a third eye for doctors. "
    "J Stomatol Oral Maxillofac Surg 2019;120:279-288. doi:10.1016/j.jormas.2019.06.002"
)
LECTURE = "Reynaud E. Deep learning in the medical domain. Lecture, Master 1"

REGIONS: dict[str, str] = {
    "United States": "North America",
    "Canada": "North America",
    "Colombia": "South America",
    "Netherlands": "Europe",
    "Switzerland": "Europe",
    "China": "Asia",
    "India": "Asia",
    "Iran": "Asia",
    "Japan": "Asia",
    "Pakistan": "Asia",
    "Saudi Arabia": "Asia",
    "South Korea": "Asia",
}


@dataclass(frozen=True)
class Fact:
    """One value and how it is known.

    Args:
        value: what is held to be true.
        source: one of `SOURCES`.
        note: what a reader must add.
        review: what the review says instead; None where it agrees, or says nothing.
    """

    value: Value
    source: Source
    note: str = ""
    review: Value | None = None

    @property
    def in_review(self) -> Value | None:
        """What the review says; None where it is silent, as far as is known here."""
        if self.review is not None:
            return self.review
        return self.value if self.source == "review" else None


@dataclass(frozen=True)
class Result:
    """One published number.

    Args:
        measure: "auc", "accuracy", "sensitivity", "specificity", "ppv", "npv", "f1", "top10_accuracy" or
            "sdr_2mm" (share of landmarks within 2 mm): what it is, whatever it is called in the review.
        value: 0 to 1.
        source: how the value is known.
        of: what was asked.
        on: which data.
        by: "network", "doctor", "doctor with network", "traditional", "trivial rule" or "replication".
        point: name of the operating point that joins a sensitivity and a specificity.
        printed: how the review prints it, where it uses other words.
        bound: "above" where only a lower bound is published.
        headline: whether the review quotes it for the study.
        low, high, interval_source: the published 95% interval, and how it is known.
        n: denominator of a proportion.
        independent: independent units behind `n`, where they are fewer.
        positive, negative: cases with and without the condition, for an AUC.
        counts_source: how n, positive and negative are known.
    """

    measure: str
    value: float
    source: Source
    of: str
    on: str = "test"
    by: str = "network"
    point: str = ""
    printed: str = ""
    bound: str = ""
    headline: bool = False
    low: float | None = None
    high: float | None = None
    interval_source: Source | None = None
    n: int | None = None
    independent: int | None = None
    positive: int | None = None
    negative: int | None = None
    counts_source: Source | None = None


@dataclass(frozen=True)
class PublishedStudy:
    """One of the 25 studies.

    Args:
        id: the id that recipes use for it.
        author: first author.
        reference: its number in the review.
        year: of publication.
        specialty: classified here.
        tasks: kinds of decision, in the words of ``--task``.
        networks: families of networks, in the words of ``--network``; "own" for the authors' own.
        link: where it can be read; empty where none was verified.
        facts: title, journal, origin, question, modality, network, ...; only what is known.
        sizes: total, train, test, patients, ...; counted in `unit`.
        unit: what is counted.
        practice: traditional, doctors, intervals, heat_maps, heat_maps_examined, external_test,
            patient_wise: whether the study has it; only what is known.
        results: every number.
        leaks: ways in which the test may have been known to the network.
        weaknesses: what else a reader should know.
    """

    id: str
    author: str
    reference: int
    year: int
    specialty: str
    tasks: tuple[str, ...]
    networks: tuple[str, ...]
    link: str
    facts: Mapping[str, Fact]
    sizes: Mapping[str, Fact]
    unit: str
    practice: Mapping[str, Fact]
    results: tuple[Result, ...]
    leaks: tuple[Fact, ...]
    weaknesses: tuple[Fact, ...]

    @property
    def name(self) -> str:
        """First author and year, as it is cited."""
        return f"{self.author} {self.year}"

    @property
    def origin(self) -> str:
        """Country of the first author."""
        return str(self.facts["origin"].value)

    @property
    def region(self) -> str:
        """Part of the world of the first author."""
        return REGIONS[self.origin]

    @property
    def headlines(self) -> tuple[Result, ...]:
        """What the review quotes for the study."""
        return tuple(result for result in self.results if result.headline)

    @property
    def auc(self) -> Result | None:
        """The headline AUC of the network, the lowest where there are several; None without one."""
        found = [result for result in self.headlines if result.measure == "auc"]
        return min(found, key=lambda result: result.value) if found else None


@dataclass(frozen=True)
class Contradiction:
    """Where the review contradicts itself or a paper.

    Args:
        id: a short stable name.
        topic: "sizes", "comparison", "training", "labels", "measures", "headlines", "networks",
            "references", "data" or "history".
        studies: ids; empty where the whole review is meant.
        says: what the review says.
        found: what its other places, or the papers, say.
        meaning: what follows.
        source: how `found` is known.
        note: a part of `found` that is known otherwise.
    """

    id: str
    topic: str
    studies: tuple[str, ...]
    says: str
    found: str
    meaning: str
    source: Source
    note: str = ""
