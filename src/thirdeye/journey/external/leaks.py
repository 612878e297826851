"""External images that the study knows already: the same picture, nearly the same, the same person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from thirdeye.intake.twins.pairs import near_pairs
from thirdeye.intake.words import counted, listed
from thirdeye.journey.external.cases import ExternalCases
from thirdeye.journey.external.sketch import FACTS, Sketch

OWN, OTHER = "study:", "external:"
WHERE = {"train": "development data", "validation": "development data", "test": "test part"}
_SHOWN = 100


@dataclass(frozen=True)
class Leaks:
    """What external data share with the study.

    Args:
        reasons: image to why it is left out.
        checked: False where the study's images were not there to compare with.
        identical, near: images whose picture the study has, and nearly has.
        pairs: up to 100 near-duplicates: external image, the study's, similarity, how they differ.
        known_patients: further images of patients of whom the study has a picture.
        shared_ids: patient ids that are on both sides.
        ids_agree: True where a shared picture bears the same patient id on both sides, so that the ids are
            of one numbering; False where none does.
        notes: sentences for a person.
    """

    reasons: Mapping[str, str]
    checked: bool
    identical: int = 0
    near: int = 0
    pairs: tuple[tuple[str, str, float, str], ...] = ()
    known_patients: int = 0
    shared_ids: int = 0
    ids_agree: bool = False
    notes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The block "leaks" of a set."""
        columns = ("image", "like", "similarity", "how")
        return {
            "checked": self.checked,
            "identical": self.identical,
            "near_duplicates": self.near,
            "images_of_known_patients": self.known_patients,
            "shared_patient_ids": self.shared_ids,
            "patient_ids_are_of_one_numbering": self.ids_agree,
            "pairs": [dict(zip(columns, pair, strict=True)) for pair in self.pairs],
            "notes": list(self.notes),
        }


def find_leaks(
    cases: ExternalCases, own: Sketch | None, rows: pd.DataFrame, *, same_patients: bool, seed: int
) -> Leaks:
    """Compare external data with the images that a study was developed and tested on.

    A patient id on both sides proves nothing by itself: two hospitals may both have a patient 17. It counts
    where the user says so, or where a picture that both sides share bears the same id on both.

    Args:
        cases: the external data.
        own: of the study's images; None where they are not there, so that only ids can be compared.
        rows: of the study's dataset that take part.
        same_patients: the user says that equal patient ids are the same person.
        seed: of the near-duplicate search.
    """
    part = dict(zip(rows["image"], rows["split"], strict=True))
    identical = {} if own is None else _identical(cases, own)
    near = {} if own is None else _near(cases, own, set(identical), seed)
    same = {image: like for image, like in identical.items() if like in part}
    alike = {image: pair for image, pair in near.items() if pair[0] in part}
    reasons = {
        image: f"the same picture is in the study's {WHERE[part[like]]}" for image, like in same.items()
    }
    reasons |= {
        image: f"nearly the same picture is in the study's {WHERE[part[like]]}"
        for image, (like, _, _) in alike.items()
    }
    ids = _Ids(cases, rows)
    agree = ids.agree({**same, **{image: pair[0] for image, pair in alike.items()}})
    persons = ids.further_images(reasons, shared_count=same_patients or agree)
    notes = _notes(same, alike, persons, ids, agree=agree, said=same_patients, checked=own is not None)
    return Leaks(
        {**persons, **reasons}, own is not None, len(same), len(alike),
        tuple((image, *pair) for image, pair in list(alike.items())[:_SHOWN]),
        len(persons), len(ids.shared), agree, tuple(notes),
    )  # fmt: skip


def _identical(cases: ExternalCases, own: Sketch) -> dict[str, str]:
    """External image to the study's image with the same pixels."""
    readable = own.facts["sha256"][own.facts["sha256"] != ""]
    known = {digest: str(image) for image, digest in readable.items()}
    found = cases.sketch.facts["sha256"]
    return {str(image): known[digest] for image, digest in found.items() if digest in known}


def _near(
    cases: ExternalCases, own: Sketch, identical: set[str], seed: int
) -> dict[str, tuple[str, float, str]]:
    """External image to the study's image that it is nearly the same as, how alike, and how they differ."""
    other = cases.sketch.facts
    fresh = ~other.index.isin(list(identical))
    facts = pd.concat(
        [
            own.facts[list(FACTS)].rename(index=lambda name: OWN + str(name)),
            other.loc[fresh, list(FACTS)].rename(index=lambda name: OTHER + str(name)),
        ]
    )
    thumbnails = np.concatenate([own.thumbnails, cases.sketch.thumbnails[fresh]])
    copies = facts["sha256"][facts["sha256"] != ""].groupby(facts["sha256"]).groups
    found: dict[str, tuple[str, float, str]] = {}
    for pair in near_pairs(facts, thumbnails, seed=seed):
        for one, two in product(*(_all_of(name, facts, copies) for name in (pair.first, pair.second))):
            first, second = sorted((one, two))  # "external:" comes before "study:"
            if first.startswith(OTHER) and second.startswith(OWN):
                like = (second.removeprefix(OWN), pair.similarity, pair.how)
                found.setdefault(first.removeprefix(OTHER), like)
    return found


def _all_of(name: str, facts: pd.DataFrame, copies: Mapping[Any, Any]) -> Sequence[str]:
    """The image and those with identical pixels."""
    return [str(one) for one in copies.get(facts.at[name, "sha256"], [name])]


class _Ids:
    """Patients on both sides.

    Args:
        cases: the external data.
        rows: of the study.
    """

    def __init__(self, cases: ExternalCases, rows: pd.DataFrame) -> None:
        self._external = dict(zip(cases.rows["image"], cases.rows["patient"], strict=True))
        self._own = dict(zip(rows["image"], rows["patient"], strict=True))
        self._known = cases.patients_known
        both = set(self._external.values()) & set(self._own.values())
        self.shared = both if cases.patients_known else set()

    def agree(self, leaked: Mapping[str, str]) -> bool:
        """Whether a shared picture is of the same patient id on both sides."""
        return self._known and any(
            self._external.get(image) == self._own.get(like) for image, like in leaked.items()
        )

    def further_images(self, leaked: Mapping[str, str], *, shared_count: bool) -> dict[str, str]:
        """Images of patients of whom the study has a picture, or by id knows, and the reason."""
        if not self._known:
            return {}
        seen = {self._external[image] for image in leaked if image in self._external}
        reasons = {
            image: "another image of its patient is in the study"
            for image, patient in self._external.items()
            if patient in seen and image not in leaked
        }
        if shared_count:
            for image, patient in self._external.items():
                if patient in self.shared and image not in leaked:
                    reasons.setdefault(image, "its patient is in the study")
        return reasons


def _notes(
    same: Mapping[str, Any],
    alike: Mapping[str, Any],
    persons: Mapping[str, str],
    ids: _Ids,
    *,
    agree: bool,
    said: bool,
    checked: bool,
) -> list[str]:
    notes = []
    if not checked:
        notes.append(
            "The study's own images are not here, so nobody has looked whether external images are among "
            "them; say where they are with --data."
        )
    if same:
        notes.append(f"{counted(len(same), 'external image')} are in the study, pixel by pixel: left out.")
    if alike:
        notes.append(
            f"{counted(len(alike), 'external image')} are nearly the same as one of the study's: left out."
        )
    if persons:
        notes.append(f"{counted(len(persons), 'further image')} of patients whom the study knows: left out.")
    if ids.shared and not (agree or said):
        notes.append(
            f"{counted(len(ids.shared), 'patient id')} ({listed(sorted(ids.shared), 3)}) are on both sides. "
            "Two hospitals may number alike, so these cases stay; if an id means the same person on both "
            "sides, say --same-patients."
        )
    return notes
