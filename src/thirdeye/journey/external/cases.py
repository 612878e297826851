"""External data, opened and looked at: which cases can be evaluated, and why the others can not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from thirdeye.errors import DataRefused
from thirdeye.intake.collection import Collection
from thirdeye.intake.open import open_collection
from thirdeye.intake.words import counted, listed
from thirdeye.journey.external.classes import ClassMatch, match_classes
from thirdeye.journey.external.left_out import left_out
from thirdeye.journey.external.sketch import Sketch, look_at
from thirdeye.journey.ledger import key_of
from thirdeye.journey.options import DataOptions
from thirdeye.plan.plan import Plan
from thirdeye.training.event import Event, Listener

SEPARATOR = "|"
_HERE = ("task", "positive", "prevalence")  # options with a meaning of their own in an external validation


@dataclass(frozen=True)
class ExternalCases:
    """External data with everything that is known of them before they are read.

    Args:
        collection: as opened.
        match: its classes and the reader's.
        rows: one row an image, ``label`` in the reader's words.
        sketch: of every image.
        excluded: image to the reason why it is left out.
        notes: sentences for a person.
    """

    collection: Collection
    match: ClassMatch
    rows: pd.DataFrame
    sketch: Sketch
    excluded: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def without(self, reasons: Mapping[str, str], *notes: str) -> ExternalCases:
        """The same with further images left out; the first reason for an image stays."""
        return replace(self, excluded={**reasons, **self.excluded}, notes=(*self.notes, *notes))

    @property
    def kept(self) -> pd.DataFrame:
        """Rows that are evaluated."""
        return self.rows[~self.rows["image"].isin(list(self.excluded))].reset_index(drop=True)

    @property
    def patients_known(self) -> bool:
        """Whether rows of one patient are known to be of one patient."""
        return self.collection.group != "image"

    def counts_of(self) -> dict[str, str]:
        """Image that is left out to its reason as it is counted."""
        return {image: _kind(reason) for image, reason in self.excluded.items()}

    def counts(self) -> dict[str, int]:
        """Reason to number of images left out."""
        reasons = pd.Series(list(self.excluded.values()), dtype=object).map(_kind)
        return {str(reason): int(n) for reason, n in reasons.value_counts().items()}

    def sha256(self) -> str:
        """Which cases these are: pixels and labels of every image that can be read, whatever its name."""
        facts = self.sketch.facts
        hashes = facts["sha256"].reindex(self.rows["image"]).fillna("")
        pairs = zip(hashes, self.rows["label"], strict=True)
        return key_of(sorted([digest, label] for digest, label in pairs if digest))


def _kind(reason: str) -> str:
    """Reasons are counted without what is special to one file."""
    return "unreadable" if reason.startswith("unreadable: ") else reason


def open_external(
    on: Path,
    plan: Plan,
    *,
    mapping: Mapping[str, Sequence[str]],
    part: str | None,
    options: DataOptions,
    tell: Listener,
) -> ExternalCases:
    """Open the data as `check` does, match the classes, and look at every image once.

    Args:
        on: folder, table or archive.
        plan: of the study: task, classes, positive class.
        mapping: see `match_classes`.
        part: only the part of the data called so ("test"); None: all.
        options: what the user said about the data.
        tell: hears how it goes.

    Raises:
        UsageError: the data do not exist, or an option does not fit.
        DataRefused: they hold no labelled image, or other classes.
    """
    collection = _opened(on, plan, options)
    for sentence in collection.understood:
        tell(Event("note", sentence))
    collection = of_part(collection, part)
    found = _classes(collection)
    said = options.get("positive")
    both = (plan.positive, said) if plan.positive is not None and said is not None else None
    match = match_classes(found, plan.classes, mapping=mapping, positive=both)
    for sentence in match.sentences():
        tell(Event("note", sentence))
    sketch = look_at(collection, tell, "external images looked at")
    named = _in_our_words(collection, match, plan)
    reasons = left_out(collection, named, sketch, plan.task)
    return ExternalCases(collection, match, _one_row_each(named), sketch, reasons, tuple(match.sentences()))


def _opened(on: Path, plan: Plan, options: DataOptions) -> Collection:
    """Classes that exclude each other are opened as names, so that one or many of them are welcome."""
    task = "multilabel" if plan.task == "multilabel" else "multiclass"
    given = {name: value for name, value in options.items() if name not in _HERE}
    return open_collection(on, **{**given, "task": task})  # type: ignore[arg-type]


def of_part(collection: Collection, part: str | None) -> Collection:
    """The rows of one part of external data; all of them where none is asked for.

    Raises:
        DataRefused: the data have no such part.
    """
    if part is None:
        return collection
    rows = collection.rows[collection.rows["split"] == part]
    if rows.empty:
        parts = sorted(set(collection.rows["split"]) - {""})
        raise DataRefused(
            f"the data have no part '{part}'; they name {listed(parts) if parts else 'no parts at all'}"
        )
    return replace(collection, rows=rows.reset_index(drop=True))


def _classes(collection: Collection) -> list[str]:
    """The classes that some image has."""
    held = {name for label in collection.rows["label"] for name in _held(label, collection.task)}
    found = [name for name in collection.classes if name in held]
    if not found:
        raise DataRefused(
            "the external data have no labels: without the truth nothing can be measured; add a table with "
            "the columns image, label and patient, or only read them with: thirdeye read"
        )
    return found


def _held(label: str, task: str) -> list[str]:
    return [name for name in (label.split(SEPARATOR) if task == "multilabel" else [label]) if name]


def _in_our_words(collection: Collection, match: ClassMatch, plan: Plan) -> pd.DataFrame:
    """Every row with the reader's name of its class; "" where it has none."""
    known = match.known
    if plan.task == "multilabel":
        held = [_held(label, "multilabel") for label in collection.rows["label"]]
        labels = [SEPARATOR.join(dict.fromkeys(known[n] for n in one if n in known)) for one in held]
    else:
        labels = [known.get(label, "") for label in collection.rows["label"]]
    return collection.rows.assign(label=labels)


def _one_row_each(rows: pd.DataFrame) -> pd.DataFrame:
    first = rows.drop_duplicates("image").reset_index(drop=True)
    patient = first["patient"].where(first["patient"] != "", first["image"])
    return first.assign(patient=patient, split="external", fold=-1)


def refuse_nothing_left(cases: ExternalCases) -> None:
    """Refuse where every image was left out.

    Raises:
        DataRefused: with the reasons and their numbers.
    """
    if len(cases.kept):
        return
    why = "; ".join(f"{counted(n, 'image')}: {reason}" for reason, n in cases.counts().items())
    raise DataRefused(f"no external case is left to evaluate ({why})")
