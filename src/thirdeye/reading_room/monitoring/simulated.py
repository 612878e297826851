"""A room with simulated readings, for tests, pictures and measuring: phantoms of nobody, written as rows.

Doctor and machine see a case through noise, and partly the same noise. The doctor then moves towards the
machine by some weight, so that switches to right and to wrong both occur.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import insert, select

from thirdeye.reading_room.audit.chain import digest
from thirdeye.reading_room.opinions.states import READY
from thirdeye.reading_room.room import Act, Room, instant
from thirdeye.reading_room.store.tables import (
    CASE,
    DECISION,
    OPINION,
    OUTCOME,
    PLANTED,
    READING,
    REVEAL,
    STUDY,
)
from thirdeye.reading_room.workflow.states import CLOSED, DECIDED, FIRST, UNAIDED

NOTICED = 0.2  # difference of probabilities from which a simulated doctor thinks again


@dataclass(frozen=True)
class Simulated:
    """How simulated doctors and a simulated machine behave.

    Args:
        cases: first readings.
        prevalence: of the condition, 0 to 1.
        doctor, machine: how far apart they see healthy and diseased, in standard deviations.
        shared: how much of their noise is the same, 0 to 1.
        trust: weight of the machine where it says something else, 0 (ignored) to 1 (followed).
        outcomes: share of cases whose outcome is known.
        planted: share of cases that were planted.
        unaided: share that was read without the machine.
        fading: how much of `doctor` is lost from the first to the last unaided reading, 0 to 1.
        shift: added to the machine's log odds from the middle on: its calibration drifts.
        days: over which the readings are spread, until `end`.
        end: of the last.
        seed: of everything but names.
    """

    cases: int = 600
    prevalence: float = 0.3
    doctor: float = 1.6
    machine: float = 2.0
    shared: float = 0.3
    trust: float = 0.4
    outcomes: float = 0.8
    planted: float = 0.04
    unaided: float = 0.08
    fading: float = 0.0
    shift: float = 0.0
    days: int = 360
    end: datetime = datetime(2026, 10, 31, tzinfo=UTC)
    seed: int = 0


def simulate(room: Room, study: int, readers: Sequence[int], how: Simulated = Simulated()) -> None:
    """Write simulated readings into a room; the audit says that they are simulated.

    Args:
        room: to be written into.
        study: number of a study with two classes.
        readers: people; each reads about equally many.
        how: see `Simulated`.
    """
    rng = np.random.default_rng(how.seed)
    with room.acting(None) as act:
        classes = act.connection.execute(
            select(STUDY.c.positive, STUDY.c.classes, STUDY.c.model_sha256).where(STUDY.c.id == study)
        ).one()
        rows: dict[Any, list[dict[str, Any]]] = {}
        for number in range(how.cases):
            for table, row in _case(how, number, study, int(rng.choice(readers)), classes, rng):
                rows.setdefault(table, []).append(row)
        _write(act, rows)
        act.record("room.simulated", study=study, cases=how.cases)


def _write(act: Act, rows: dict[Any, list[dict[str, Any]]]) -> None:
    for table in (CASE, OPINION, READING, REVEAL, DECISION, OUTCOME, PLANTED):
        for start in range(0, len(rows.get(table, ())), 500):
            act.connection.execute(insert(table), rows[table][start : start + 500])


def _case(
    how: Simulated, number: int, study: int, reader: int, classes: Any, rng: np.random.Generator
) -> list[tuple[Any, dict[str, Any]]]:
    """The rows of one case."""
    done = number / max(how.cases - 1, 1)
    sick, kind = bool(rng.random() < how.prevalence), float(rng.random())
    planted, alone = kind < how.planted, how.planted <= kind < how.planted + how.unaided
    common, own, other = rng.normal(size=3)
    able = how.doctor * (1 - how.fading * done * alone)
    seen = _seen(sick, able, how.shared * common + (1 - how.shared**2) ** 0.5 * own, how.prevalence)
    said = _seen(sick, how.machine, how.shared * common + (1 - how.shared**2) ** 0.5 * other, how.prevalence)
    said = -abs(said) if planted and sick else abs(said) if planted else said + how.shift * (done > 0.5)
    first, machine = _rounded(seen), _probability(said)
    apart = not alone and abs(first - machine) >= NOTICED
    final = _rounded((1 - how.trust) * seen + how.trust * said) if apart else first
    at = how.end - timedelta(days=how.days * (1 - done), seconds=float(rng.integers(0, 30_000)))
    case, seconds = secrets.token_urlsafe(16), float(rng.lognormal(4.2, 0.5))
    known = bool(planted or rng.random() < how.outcomes)
    truth = classes.positive if sick else next(one for one in classes.classes if one != classes.positive)
    name = f"simulated-{number if rng.random() < 0.85 else max(number - 1, 0)}"  # some come twice
    moments = {word: instant(at + timedelta(seconds=more)) for word, more in (("open", 0), ("lock", seconds),
               ("show", seconds + 1), ("decide", seconds + 20))}  # fmt: skip
    of = {"case_id": case, "person_id": reader}
    form = _form(classes, machine, float(abs(rng.normal(0.6, 0.15))))
    rows: list[tuple[Any, dict[str, Any]]] = [
        (CASE, _received(case, study, name, CLOSED if known else DECIDED, moments["open"])),
        (OPINION, {"case_id": case, "model_sha256": classes.model_sha256, "state": READY, "form": form,
                   "pictures": {}, "sha256": digest(form), "made_at": moments["open"]}),
        (READING, _reading(of, UNAIDED if alone else FIRST, first, seconds, moments)),
    ]  # fmt: skip
    if not alone:
        choice = "keep" if final == first else "change"
        rows.append((REVEAL, {**of, "opinion_sha256": digest(form), "model_sha256": classes.model_sha256,
                              "at": moments["show"]}))  # fmt: skip
        rows.append((DECISION, {**of, "part": FIRST, "choice": choice, "probability": final,
                                "reason": "" if choice == "keep" else "simulated",
                                "second_reader": abs(final - first) >= 0.4,
                                "at": moments["decide"]}))  # fmt: skip
    if planted:
        rows.append((PLANTED, {"case_id": case, "origin_id": case, "person_id": reader, "truth": truth,
                               "at": moments["open"]}))  # fmt: skip
    elif known:
        rows.append((OUTCOME, {**of, "truth": truth, "proof": "histology", "at": moments["decide"]}))
    return rows


def _seen(sick: bool, apart: float, noise: float, prevalence: float) -> float:
    """Log odds of somebody who knows how well they see: their probabilities are calibrated."""
    evidence = (apart if sick else 0.0) + noise
    return apart * evidence - apart**2 / 2 + float(np.log(prevalence / (1 - prevalence)))


def _probability(log_odds: float) -> float:
    return float(1 / (1 + np.exp(-log_odds)))


def _rounded(log_odds: float) -> float:
    """As people say it: whole hundredths, never 0 or 1."""
    return float(np.clip(round(_probability(log_odds), 2), 0.01, 0.99))


def _received(case: str, study: int, patient: str, state: str, at: str) -> dict[str, Any]:
    return {
        "id": case, "study_id": study, "state": state, "patient": patient, "identity": {},
        "facts": {"modality": "US"}, "warnings": [], "source": "upload", "digest": case, "received_at": at,
    }  # fmt: skip


def _reading(
    of: dict[str, Any], part: str, first: float, seconds: float, moments: dict[str, str]
) -> dict[str, Any]:
    form = {**of, "part": part, "probability": first, "marks": [], "note": "", "seconds": seconds,
            "opened_at": moments["open"], "locked_at": moments["lock"]}  # fmt: skip
    return {**form, "sha256": digest(form)}


def _form(classes: Any, machine: float, distance: float) -> dict[str, Any]:
    other = next(one for one in classes.classes if one != classes.positive)
    return {
        "version": 1, "source": "image 1", "task": "binary", "positive": classes.positive,
        "predicted": classes.positive if machine >= 0.5 else other,
        "probabilities": {classes.positive: machine, other: 1 - machine}, "verdicts": [], "abstained": None,
        "familiarity": {"distance": distance},
    }  # fmt: skip
