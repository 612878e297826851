"""One counted look at the test part: the evidence of a system, in the form of every evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from thirdeye.case.study import Study
from thirdeye.evaluation.document import evaluation_document
from thirdeye.inference.calibration import Calibration, apply
from thirdeye.journey.baseline import Baseline
from thirdeye.journey.evaluated import EVALUATION_FILE, PREDICTIONS_FILE, test_part_hash
from thirdeye.journey.evidence import Points, set_evidence
from thirdeye.journey.ledger import Ledger
from thirdeye.journey.looks import Looks
from thirdeye.journey.material import VALIDATION_FILE, Material
from thirdeye.journey.scoring import Scored, predictions_csv
from thirdeye.journey.shaped.learning import MODEL_FILE, HeldOut, held_out, members_of, said_together
from thirdeye.journey.shaped.opening import Prepared
from thirdeye.journey.shaped.rivals import fit_traditional
from thirdeye.recipes.system import ANSWER, Cases, Further, Logits, Member
from thirdeye.training.event import Event, Listener

TRADITIONAL_SHARE = 0.1  # of the time budget
PICTURES = "explanation"


@dataclass(frozen=True)
class Judge:
    """What turns logits into the evidence of one set.

    Args:
        ready: cases, parts, plan.
        calibration: of the system's answer.
        baseline: the traditional technique, and the system's own parts among its rivals.
        points: operating points of the system.
    """

    ready: Prepared
    calibration: Calibration
    baseline: Baseline
    points: Points

    def scored(self, cases: Cases, logits: Mapping[str, Logits], rows: Any, traditional: Logits) -> Scored:
        """The cases with what each source says of them."""
        empty = np.zeros((len(cases.rows), 1, 1, 3), dtype=np.uint8)
        material = Material(rows, empty, cases.labels, rows["patient"].to_numpy(dtype=str))
        others = {
            rival.source: apply(rival.calibration, logits[rival.source])
            for rival in self.baseline.rivals
            if rival.source in logits
        }
        every = np.arange(len(cases.rows))
        network = apply(self.calibration, logits[ANSWER])
        return Scored(material, every, network, traditional, others=others)

    def entry(self, scored: Scored, *, subgroups: bool) -> dict[str, Any]:
        """The set's entry in evaluation.json."""
        plan = self.ready.plan
        known = self.ready.cases.group != "image"
        excluded = self.ready.dataset.part("excluded")["excluded_because"].value_counts()
        return set_evidence(
            scored, plan, self.points, self.baseline, patients_known=known,
            excluded={str(why): int(n) for why, n in excluded.items()}, unit=self.ready.system.unit,
            subgroups=() if subgroups else None,
        )  # fmt: skip


def measure(place: Study, ready: Prepared, *, tell: Listener) -> list[str]:
    """Look at the test part, once, and write ``evaluation.json`` and ``predictions.csv``; names of the files.

    Args:
        place: study with a learnt system.
        ready: as it was learnt from.
        tell: hears how it goes.
    """
    form = place.read_json(MODEL_FILE)
    held = _held_out(place, ready)
    tell(Event("note", "the traditional technique, on the same cases and folds"))
    baseline = fit_traditional(ready, held, seconds=TRADITIONAL_SHARE * ready.plan.budget_s)
    calibration = Calibration.from_json({"task": form["task"], **form["calibration"]})
    judge = Judge(ready, calibration, baseline, Points(tuple(form["operating_points"])))
    members = members_of(place, ready.system, form)
    tell(Event("note", "the test part"))
    test = ready.cases.at(ready.positions("test"))
    sets = {
        "test": _test(judge, members, test),
        "validation": _validation(judge, held),
    }
    entries = {name: judge.entry(one, subgroups=name == "test") for name, one in sets.items()}
    told = ready.system.told(members, test, ready.plan.own)
    evidence = _document(place, ready, entries, baseline) | {"system": further_json(ready, told)}
    names = _pictures(place, told)
    looks, cases = Looks(place, Ledger(place)), test_part_hash(ready.dataset)
    # Counted just before the figures can be seen: a run that was killed earlier showed none.
    evidence["test_looks"] = looks.count("test", cases, model_sha256=place.sha256(MODEL_FILE), reason=_AGAIN)
    place.write_json(EVALUATION_FILE, evidence)
    place.write_text(PREDICTIONS_FILE, predictions_csv(ready.plan, sets.items()))
    return [EVALUATION_FILE, PREDICTIONS_FILE, *names]


_AGAIN = "the run went on after an earlier look"


def further_json(ready: Prepared, told: Further) -> dict[str, Any]:
    """The entry "system" of evaluation.json: what it tells beside its answers."""
    return {
        "id": ready.recipe.id,
        "title": ready.recipe.title,
        "lead": list(told.lead),
        "tables": [
            {
                "caption": one.caption, "columns": list(one.columns), "rows": [list(row) for row in one.rows],
                "notes": list(one.notes),
            }
            for one in told.tables
        ],
        "pictures": [
            {"file": f"{PICTURES}/{name}.png", "caption": one.caption} for name, one in told.pictures.items()
        ],
        "numbers": dict(told.numbers),
    }  # fmt: skip


def _held_out(place: Study, ready: Prepared) -> HeldOut:
    with np.load(place.path(VALIDATION_FILE), allow_pickle=False) as saved:
        return held_out(ready, dict(saved))


def _test(judge: Judge, members: tuple[Member, ...], test: Cases) -> Scored:
    rows = judge.ready.dataset.part("test").reset_index(drop=True)
    logits = said_together(members, test)
    traditional = apply(judge.baseline.calibration, judge.baseline.result.predict(test.simple))
    scored = judge.scored(test, logits, rows, traditional)
    asked = {one.source: one.predict(test.simple, rows) for one in judge.baseline.rivals}
    further = {name: table for name, table in asked.items() if table is not None}
    return Scored(
        scored.material, scored.rows, scored.network, traditional, others={**scored.others, **further}
    )


def _validation(judge: Judge, held: HeldOut) -> Scored:
    cases, rows = judge.ready.development, judge.ready.development_rows
    every = np.arange(len(rows))
    scored = judge.scored(cases, held.logits, rows, judge.baseline.held_out(every))
    asked = {one.source: one.held_out(every) for one in judge.baseline.rivals}
    return Scored(scored.material, every, scored.network, scored.traditional, others=asked)


def _document(
    place: Study, ready: Prepared, entries: Mapping[str, Any], baseline: Baseline
) -> dict[str, Any]:
    plan = ready.plan
    document = evaluation_document(
        task=plan.task, positive=plan.positive, unit=ready.system.unit, classes=plan.classes, sets=entries
    )
    document["traditional"] = {
        "description": baseline.description,
        "n_features": baseline.features.shape[1],
        "chosen": [{"name": name, "n_folds": n} for name, n in baseline.result.chosen.most_common()],
        "techniques": [rival.as_json() for rival in baseline.rivals],
        "left_out": [],
        "importance": [],
    }
    return document


def _pictures(place: Study, told: Further) -> list[str]:
    names = []
    for name, one in told.pictures.items():
        names.append(f"{PICTURES}/{name}.png")
        with place.writing(names[-1]) as path:
            path.write_bytes(one.png)
    return names
