"""`retrain plan` and `retrain accept`: the plan of a change, and the new model's test on frozen cases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from thirdeye.case.opinion import RESEARCH_USE
from thirdeye.case.study import Study, sha256_file
from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.acceptance import Margins, acceptance, margins_from
from thirdeye.inference.manifest import manifest_form
from thirdeye.intake.table_file import read_table
from thirdeye.journey.rooms.opened import opened
from thirdeye.journey.rooms.retraining_cases import CASES_FILE

PLAN_VERSION = 1
ACCEPTANCE_FILE = "acceptance.json"


def plan_a_change(
    room: str | Path, study: str | Path, frozen: str | Path, *, what: str, why: str,
    margins: Margins | None = None, database: str | None = None,
) -> tuple[int, dict[str, Any]]:  # fmt: skip
    """Put on record what is to change, why, and what the new model has to reach on which frozen cases.

    Args:
        room: folder of the reading room.
        study: folder of the study whose model is to be replaced.
        frozen: folder that `retraining_cases(frozen=True)` wrote; its table is part of the plan.
        what, why: sentences.
        margins: of acceptance; None: the defaults.
        database: of the room, where it is not in the folder.

    Returns:
        The number of the change in the room, and the plan.

    Raises:
        UsageError: no room, no sentences, or no frozen cases.
    """
    from thirdeye.reading_room.audit.chain import digest
    from thirdeye.reading_room.opinions.studies import enter_studies
    from thirdeye.reading_room.retraining.changes import plan_change

    if not what.strip() or not why.strip():
        raise UsageError("a plan of change says what changes (--what) and why (--why)")
    plan = {
        "version": PLAN_VERSION, "notice": RESEARCH_USE, "what": what.strip(), "why": why.strip(),
        "old_model_sha256": digest(manifest_form(Study(Path(study)))),
        "frozen_sha256": sha256_file(_table(Path(frozen))), "margins": (margins or Margins()).as_json(),
    }  # fmt: skip
    with opened(Path(room), studies=(Path(study),), database=database) as place:
        (number,) = enter_studies(place)
        with place.acting(None) as act:
            return plan_change(act, number, plan), plan


def accept(
    room: str | Path, change: int, new: str | Path, old: str | Path, frozen: str | Path, *,
    database: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Test a new model on the frozen cases of a plan; the result is written into its study and on record.

    Args:
        room: folder of the reading room.
        change: number of the plan.
        new, old: folders of the studies.
        frozen: folder of the frozen cases, as it was when the plan was made.
        database: of the room, where it is not in the folder.

    Returns:
        The result, with ``passed``.

    Raises:
        UsageError: no such plan, or another old model or frozen set than planned.
        DataRefused: the cases do not carry the test.
    """
    from thirdeye.reading_room.audit.chain import digest
    from thirdeye.reading_room.retraining.changes import keep_acceptance, planned

    forms = [manifest_form(Study(Path(one))) for one in (new, old)]
    with opened(Path(room), database=database) as place:
        with place.database.reading() as connection:
            plan = planned(connection, change).plan
        if digest(forms[1]) != plan["old_model_sha256"]:
            raise UsageError("the old study is not the one that the plan is about")
        if digest(forms[0]) == plan["old_model_sha256"]:
            raise UsageError("the new study holds the old model; train it first")
        if sha256_file(_table(Path(frozen))) != plan["frozen_sha256"]:
            raise UsageError(
                "the frozen cases are not those of the plan; they may not change after it was made"
            )
        result = {**tested(Path(new), Path(old), Path(frozen), margins_from(plan["margins"])),
                  "change": change, "plan": plan, "new_model_sha256": digest(forms[0])}  # fmt: skip
        with place.acting(None) as act:
            keep_acceptance(act, change, model=digest(forms[0]), result=result, passed=bool(result["passed"]))
    Study(Path(new)).write_json(ACCEPTANCE_FILE, result)
    return result


def tested(new: Path, old: Path, frozen: Path, margins: Margins) -> dict[str, Any]:
    """Both readers on the frozen cases, compared.

    A case is read by its first image, as in the reading room. Cases on which either abstains are left out and
    counted for each.

    Raises:
        DataRefused: too little is left, or the patients of the frozen cases were learnt from.
    """
    table = read_table(_table(frozen)).drop_duplicates("case_number")
    files = [frozen / name for name in table["image"]]
    _refuse_learnt(new, set(table["patient"]))
    sides = [_read(study, files) for study in (new, old)]
    positive = str(manifest_form(Study(old)).get("positive"))
    known = np.array([all(side[at] is not None for side in sides) for at in range(len(files))], bool)
    truth = (table["label"] == positive).to_numpy(bool)
    if known.sum() < 2 or truth[known].all() or not truth[known].any():
        raise DataRefused(f"{int(known.sum())} frozen cases were read by both models, of one kind or too few")
    kept = [[one for one, both in zip(side, known, strict=True) if one and both] for side in sides]
    found = acceptance(
        truth[known], [one[0] for one in kept[0]], [one[0] for one in kept[1]],
        new_calls=[one[1] for one in kept[0]], old_calls=[one[1] for one in kept[1]],
        patients=list(table["patient"][known]), margins=margins,
    )  # fmt: skip
    silent = {
        name: sum(one is None for one in side) for name, side in zip(("new", "old"), sides, strict=True)
    }
    return {**found.as_json(), "abstained": silent, "frozen_cases": len(files)}


def _read(study: Path, files: Iterable[Path]) -> list[tuple[float, bool] | None]:
    """Probability and call of each file; None where the reader gave none."""
    from thirdeye.inference.readers import open_reader
    from thirdeye.inference.second_opinion import Failure
    from thirdeye.reading_room.monitoring.rows import called

    reader = open_reader(study)
    found: list[tuple[float, bool] | None] = []
    for one in reader.read_many(list(files)):
        form: Mapping[str, Any] = {} if isinstance(one, Failure) else one.opinion.as_json()
        value = (form.get("probabilities") or {}).get(form.get("positive"))
        if value is None or form.get("abstained"):
            found.append(None)
        else:
            found.append((float(value), called(form, float(value))))
    return found


def _refuse_learnt(study: Path, patients: set[str]) -> None:
    """A frozen patient whom the new model learnt from would flatter it."""
    place = Study(study)
    if not place.has("dataset.csv"):
        return
    rows = read_table(place.path("dataset.csv"))
    learnt = set(rows["patient"][rows["split"].isin(("train", "validation"))]) if "patient" in rows else set()
    if both := len(patients & learnt):
        raise DataRefused(
            f"the new model learnt from {both} of the frozen patients; it cannot be tested on them"
        )


def _table(folder: Path) -> Path:
    path = folder / CASES_FILE
    if not path.is_file():
        raise UsageError(
            f"'{folder.name}' holds no frozen cases; write them with thirdeye retrain cases --frozen"
        )
    return path
