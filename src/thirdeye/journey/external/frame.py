"""What every external validation does around its measuring: verify, clear of leaks, count the look, keep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from thirdeye.case.study import Study
from thirdeye.intake.words import counted
from thirdeye.journey.evaluated import EVALUATION_FILE, EXTERNAL, reader_hash, validation_key
from thirdeye.journey.external.asked import External, refuse_place, refuse_taken, set_name
from thirdeye.journey.external.cases import ExternalCases, refuse_nothing_left
from thirdeye.journey.external.files import excluded_csv
from thirdeye.journey.external.leaks import Leaks, find_leaks
from thirdeye.journey.external.own import Own, own_side
from thirdeye.journey.ledger import Ledger, key_of
from thirdeye.journey.looks import Looks
from thirdeye.journey.results import Validated
from thirdeye.journey.training import training_key
from thirdeye.journey.validated.keeping import keep_validated
from thirdeye.training.event import Event, Listener


def verified(folder: Path, on: Path) -> tuple[Study, Ledger]:
    """The study, which is as its ledger says and lies apart from the data.

    Raises:
        UsageError: the data are not there, or one of the two lies inside the other.
        StudyMismatch: a stage is missing, or its files were changed.
    """
    study = Study(folder)
    refuse_place(folder, on)
    ledger = Ledger(study)
    ledger.verify("plan")
    ledger.verify("train", training_key(study))
    ledger.verify("validate", validation_key(study))
    return study, ledger


def name_of(on: Path, asked: External) -> str:
    """Name of the set ("external:NAME"): what the user says, else that of the data.

    Raises:
        UsageError: it cannot be the name of a folder.
    """
    return EXTERNAL + set_name(on.resolve().name if asked.name is None else asked.name)


@dataclass(frozen=True)
class Cleared:
    """External cases without what the study knows already.

    Args:
        own: the study's side.
        leaks: what was left out because the study has it.
        cases: what is left.
        sha256: of all cases that were found.
    """

    own: Own
    leaks: Leaks
    cases: ExternalCases
    sha256: str


@dataclass(frozen=True)
class Frame:
    """One external validation.

    Args:
        study, ledger: as `verified` gave them.
        name: of the set ("external:NAME").
        on: the external data.
        asked: what the user said about them.
        model_sha256: of the network, or of what describes several.
        started: `time.monotonic()` of the beginning.
        reason: of a further look.
        tell: hears how it goes.
    """

    study: Study
    ledger: Ledger
    name: str
    on: Path
    asked: External
    model_sha256: str
    started: float
    reason: str | None
    tell: Listener

    @property
    def place(self) -> str:
        """Folder of the set's files in the study."""
        return f"external/{self.name.removeprefix(EXTERNAL)}"

    def clear(self, cases: ExternalCases, data: Path | None, *, seed: int) -> Cleared:
        """Leave out what the study knows, once it is sure that these cases may be looked at.

        Args:
            cases: as opened.
            data: where the study's own images lie; None: where they lay.
            seed: of the plan.

        Raises:
            UsageError: a further look without a reason, or a name that other data have.
            DataRefused: nothing is left.
        """
        refuse_nothing_left(cases)
        sha256 = cases.sha256()
        Looks(self.study, self.ledger).refuse_without_reason(self.name, sha256, self.reason)
        refuse_taken(self.study, self.name, sha256)
        self.tell(Event("stage", "Leaks"))
        own = own_side(self.study, data, self.tell)
        same = self.asked.same_patients
        leaks = find_leaks(cases, own.sketch, own.rows, same_patients=same, seed=seed)
        for sentence in leaks.notes:
            self.tell(Event("note", sentence))
        cases = cases.without(leaks.reasons, *leaks.notes)
        refuse_nothing_left(cases)
        self.tell(Event("stage", f"Validation on {counted(len(cases.kept), 'external image')}"))
        return Cleared(own, leaks, cases, sha256)

    @contextmanager
    def stage(self) -> Iterator[list[str]]:
        """The stage of the ledger; takes the files that are written."""
        with self.ledger.stage(self.name, "", started=self.started) as outputs:
            yield outputs

    def counted_look(self, sha256: str) -> dict[str, Any]:
        """Enter this look at the cases, just before its figures can be seen; the block "looks" of the set."""
        looks = Looks(self.study, self.ledger)
        number = looks.count(self.name, sha256, model_sha256=self.model_sha256, reason=self.reason)
        return {"count": number, "reasons": [one.reason for one in looks.at(sha256) if one.reason]}

    def source(self, cleared: Cleared) -> dict[str, Any]:
        """Where the set comes from, and with which reader it was measured."""
        cases = cleared.cases
        return {
            "name": self.name.removeprefix(EXTERNAL),
            "data": self.on.resolve().name,
            "layout": cases.collection.layout,
            "part": self.asked.part,
            "data_sha256": cleared.sha256,
            "reader_sha256": reader_hash(self.study),
            "model_sha256": self.model_sha256,
            "n": len(cases.kept),
            "n_found": len(cases.rows),
            "patients_known": cases.patients_known,
            "classes": dict(cases.match.known),
            "missing_classes": list(cases.match.missing),
            "extra_classes": list(cases.match.extra),
        }

    def write_tables(self, predictions: str, cleared: Cleared) -> list[str]:
        """Write the tables of what was read and of what was left out; their paths."""
        tables = {
            f"{self.place}/predictions.csv": predictions,
            f"{self.place}/excluded.csv": excluded_csv(cleared.cases.excluded),
        }
        for path, text in tables.items():
            self.study.write_text(path, text)
        return list(tables)

    def keep(self, evidence: dict[str, Any]) -> Validated:
        """Enter the set into ``evaluation.json`` and the ledger, and what was validated into its records.

        Args:
            evidence: content of ``evaluation.json`` with the set in it.
        """
        self.ledger.content["stages"][self.name]["key"] = key_of(evidence["sets"][self.name])
        self.ledger.rewrite_json("validate", EVALUATION_FILE, evidence)
        keep_validated(self.study)
        return Validated(self.study.folder, evidence, self.name)

    def evidence_with(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        """Content of ``evaluation.json`` with this set in it."""
        evidence: dict[str, Any] = self.study.read_json(EVALUATION_FILE)
        evidence["sets"][self.name] = entry
        return evidence
