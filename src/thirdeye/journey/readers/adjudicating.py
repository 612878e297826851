"""`readers adjudicate`: discordant cases as a list that shows nobody's answer, and what adjudicators said."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from thirdeye.case.study import Study
from thirdeye.errors import DataRefused, StudyMismatch, UsageError
from thirdeye.evaluation.readers.decisions import Decisions
from thirdeye.evaluation.readers.disagreement import Disagreement
from thirdeye.intake.table_file import read_table
from thirdeye.intake.words import counted, listed
from thirdeye.journey.readers.importing import READINGS_FILE, read_readings
from thirdeye.journey.readers.network_scores import read_network_scores
from thirdeye.journey.readers.working_together import work_together

QUEUE, SHEET = "adjudication/queue.csv", "adjudication/sheet.csv"
AGREEMENT, RESULT = "adjudication/agreement.json", "adjudication/adjudicated.csv"


@dataclass(frozen=True)
class Queued:
    """Cases that wait for adjudication.

    Args:
        folder: of the study.
        discordant, controls: how many cases of either kind are on the sheet.
        files: what was written, relative to the folder.
    """

    folder: Path
    discordant: int
    controls: int
    files: tuple[str, ...]


@dataclass(frozen=True)
class Adjudicated:
    """What adjudicators said.

    Args:
        folder: of the study.
        decided, open: cases with a majority, and without.
        with_machine, with_readers: of the discordant ones decided, how often the adjudicators sided with the
            machine, and with the majority of the readers; None where there is none.
        sentences: the same in words.
    """

    folder: Path
    decided: int
    open: int
    with_machine: int | None
    with_readers: int
    sentences: tuple[str, ...]


def queue_cases(
    study: str | Path, *, threshold: float | None = None, network_scores: str | Path | None = None,
    network_threshold: float | None = None, controls: int = 0, seed: int = 0,
) -> Queued:  # fmt: skip
    """Write the queue, the adjudicators' sheet, and the agreement before adjudication.

    The sheet holds cases in random order and nothing else: no truth, no answer of anybody. Concordant cases
    mixed in (`controls`) keep adjudicators from knowing that every case was disputed.

    Args:
        study: folder with ``readings.csv``.
        threshold: rating from which a reader calls a case positive.
        network_scores, network_threshold: see `thirdeye.journey.readers.analysing.analyse_readings`.
        controls: concordant cases to mix in, 0 or more.
        seed: of the order and of the choice of controls.

    Raises:
        StudyMismatch: there is a queue already; it is not changed once adjudicators work on it.
        UsageError: no decisions can be told, or fewer than 0 controls.
        DataRefused: everybody agrees on everything.
    """
    place = Study(Path(study))
    if place.has(QUEUE):
        raise StudyMismatch(
            f"the study '{place.folder.name}' holds an adjudication queue already; it is "
            "not changed once it is made"
        )
    if controls < 0:
        raise UsageError(f"controls: 0 or more, got {controls}")
    decisions, found = _decisions(place, threshold, network_scores, network_threshold)
    if not found.cases:
        raise DataRefused("everybody agrees on every case: there is nothing to adjudicate")
    rng = np.random.default_rng(seed)
    apart = [one.case for one in found.cases]
    rest = sorted(set(decisions.cases) - set(apart))
    mixed = [rest[at] for at in rng.permutation(len(rest))[:controls]]
    order = [(*apart, *mixed)[at] for at in rng.permutation(len(apart) + len(mixed))]
    place.write_text(QUEUE, _queue_text(found))
    sheet = [[number, case, "", "", ""] for number, case in enumerate(order, start=1)]
    place.write_text(SHEET, _text(["order", "case", "decision", "confidence", "remark"], sheet))
    place.write_json(AGREEMENT, {"version": 1, "seed": seed, "controls": mixed, **found.as_json()})
    return Queued(place.folder, len(apart), len(mixed), (QUEUE, SHEET, AGREEMENT))


def import_adjudications(study: str | Path, tables: Sequence[str | Path]) -> Adjudicated:
    """Bring filled sheets back: the majority of the adjudicators decides, a tie leaves a case open.

    Args:
        study: folder with an adjudication queue.
        tables: filled sheets, one for each adjudicator.

    Raises:
        StudyMismatch: there is no queue.
        DataRefused: a sheet names a case that was not queued, or decides otherwise than with 0 and 1.
    """
    place = Study(Path(study))
    if not place.has(QUEUE):
        raise StudyMismatch(f"the study '{place.folder.name}' has no adjudication queue; write it first")
    queued = pd.read_csv(place.path(QUEUE), dtype=str, keep_default_na=False)
    sheet = pd.read_csv(place.path(SHEET), dtype=str, keep_default_na=False)  # a case may be called "NA"
    listed_cases = set(sheet["case"])
    votes: dict[str, list[int]] = {}
    for table in tables:
        for case, decision in _sheet(Path(table), listed_cases).items():
            votes.setdefault(case, []).append(decision)
    decided = {case: _majority(given) for case, given in votes.items()}
    rows = [
        [case, "" if value is None else value, len(votes[case])] for case, value in sorted(decided.items())
    ]
    place.write_text(RESULT, _text(["case", "truth", "adjudicators"], rows))
    return _summary(place, queued, decided, len(listed_cases))


def _decisions(
    place: Study, threshold: float | None, scores: str | Path | None, network_threshold: float | None
) -> tuple[Decisions, Disagreement]:
    if not place.has(READINGS_FILE):
        raise UsageError(f"there are no readings in '{place.folder.name}'; import them first")
    frame, _ = read_readings(place.path(READINGS_FILE))
    network = None if scores is None else read_network_scores(Path(scores), threshold=network_threshold)
    found = work_together(frame, threshold=threshold, scores=network, level=0.95)
    if found is None:
        raise UsageError(
            "no decisions can be told: give --threshold, the rating from which a case counts as positive, "
            "and two readers or a machine"
        )
    return found.decisions, found.disagreement


def _queue_text(found: Disagreement) -> str:
    rows = [
        [one.case, one.positive, one.read, "" if one.machine is None else int(one.machine),
         int(one.readers_differ), int(one.machine_differs)]
        for one in found.cases
    ]  # fmt: skip
    return _text(
        ["case", "readers_positive", "readers", "machine", "readers_differ", "machine_differs"], rows
    )


def _text(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def _sheet(path: Path, cases: set[str]) -> dict[str, int]:
    """Decisions of one adjudicator; blank ones are left out."""
    table = read_table(path)
    if not {"case", "decision"} <= set(table.columns):
        raise DataRefused(
            f"{path.name} needs the columns case and decision; it has {listed(tuple(table.columns), 8)}"
        )
    filled = table[table["decision"] != ""]
    foreign = sorted(set(filled["case"]) - cases)
    if foreign:
        raise DataRefused(f"{path.name} decides cases that are not on the sheet: {listed(foreign, 4)}")
    if filled["case"].duplicated().any():
        raise DataRefused(
            f"{path.name} decides case '{filled['case'][filled['case'].duplicated()].iloc[0]}' twice"
        )
    odd = filled[~filled["decision"].isin(["0", "1"])]
    if len(odd):
        raise DataRefused(
            f"{path.name}: decision '{odd['decision'].iloc[0]}' of '{odd['case'].iloc[0]}'; expected 0 or 1"
        )
    return {case: int(value) for case, value in zip(filled["case"], filled["decision"], strict=True)}


def _majority(given: list[int]) -> int | None:
    counts = Counter(given)
    return None if counts[0] == counts[1] else int(counts[1] > counts[0])


def _summary(place: Study, queued: pd.DataFrame, decided: dict[str, int | None], asked: int) -> Adjudicated:
    known = {case: value for case, value in decided.items() if value is not None}
    rows = queued[queued["case"].isin(known)]
    truth = rows["case"].map(known).astype(int)
    majority = rows["readers_positive"].astype(int) * 2 - rows["readers"].astype(int)
    readers = int((((majority > 0) == (truth == 1)) & (majority != 0)).sum())
    has_machine = bool((rows["machine"] != "").all()) and len(rows) > 0
    machine = int((rows["machine"] == truth.astype(str)).sum()) if has_machine else None
    told = [
        f"{counted(len(known), 'case')} decided of {asked}; {len(decided) - len(known)} tied.",
        f"Of {len(rows)} discordant ones the adjudicators agree with the readers' majority on {readers}"
        + (f" and with the machine on {machine}." if machine is not None else "."),
    ]
    return Adjudicated(place.folder, len(known), asked - len(known), machine, readers, tuple(told))
