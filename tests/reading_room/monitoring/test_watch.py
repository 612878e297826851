"""Monitoring of simulated rooms, against plain counting and independent formulas."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from thirdeye.inference.stream import new_stream
from thirdeye.reading_room.monitoring.columns import comparable
from thirdeye.reading_room.monitoring.rows import Watched, watched
from thirdeye.reading_room.monitoring.simulated import Simulated, simulate
from thirdeye.reading_room.monitoring.watch import watch
from thirdeye.reading_room.store.tables import CASE, DECISION, OUTCOME, PLANTED, READING


@pytest.fixture
def rows(house):
    """Reads what was simulated with some changes."""

    def go(**changes) -> list[Watched]:
        readers = [house.people["reader"], house.people["other"]]
        simulate(house.room, house.study, readers, replace(Simulated(cases=400), **changes))
        with house.room.database.reading() as connection:
            return watched(connection, house.study)

    return go


def see(rows: list[Watched], **more):
    return watch(rows, new_stream("a model", {}), **more)


def test_rows_are_what_the_store_holds(house, rows) -> None:
    found = rows()
    with house.room.database.reading() as connection:
        counts = [
            len(connection.execute(table.select()).all())
            for table in (CASE, READING, DECISION, OUTCOME, PLANTED)
        ]
    assert counts[0] == counts[1] == len(found) == 400
    assert sum(one.pair is not None for one in found) == counts[2]
    assert sum(one.truth is not None for one in found) == counts[3] + counts[4]
    assert sum(one.planted for one in found) == counts[4] > 0
    assert [one.at for one in found] == sorted(one.at for one in found)


@pytest.mark.stores
def test_performance_is_that_of_plain_counting(rows) -> None:
    found = rows()
    kept = [
        one for one in found
        if one.pair is not None and one.truth is not None and not one.planted and one.machine is not None
    ]  # fmt: skip
    seen = see(found)
    assert seen.counts.compared == len(kept)
    truth = np.array([one.truth for one in kept])
    for side in ("doctor", "machine", "pair"):
        scores = np.array([getattr(one, side) for one in kept])
        assert seen.performance.metric(side, "auc").value == pytest.approx(roc_auc_score(truth, scores))
        for name, among in (("sensitivity", truth), ("specificity", ~truth)):
            metric = seen.performance.metric(side, name)
            assert metric.value == pytest.approx(np.mean((scores >= 0.5)[among] == truth[among]))
            assert metric.ci_low < metric.value < metric.ci_high
            assert metric.n_clusters == len(
                {one.patient for one, yes in zip(kept, among, strict=True) if yes}
            )


def test_a_patient_with_many_cases_widens_the_interval(rows) -> None:
    found = rows()
    thrice = [replace(one, case=f"{one.case}-{again}") for one in found for again in range(4)]
    one = see(found).performance.metric("doctor", "specificity")
    many = see(thrice).performance.metric("doctor", "specificity")
    assert many.n == 4 * one.n
    assert many.n_clusters == one.n_clusters
    assert many.ci_high - many.ci_low == pytest.approx(one.ci_high - one.ci_low, rel=0.02)


def test_switches_are_those_of_plain_counting(rows) -> None:
    found = rows(trust=0.7)
    cases = comparable(found)
    right, now = cases.doctor_calls == cases.truth, cases.pair_calls == cases.truth
    told = see(found).reliance.switching
    assert told.correct_to_incorrect == int((right & ~now).sum()) > 0
    assert told.incorrect_to_correct == int((~right & now).sum()) > told.correct_to_incorrect


@pytest.mark.stores
def test_planted_and_unaided_cases_count_nowhere_else(rows) -> None:
    found = rows(planted=0.2, unaided=0.2)
    seen = see(found)
    without = see([one for one in found if not one.planted and one.part != "unaided"])
    assert seen.performance == without.performance
    assert seen.reliance == without.reliance
    assert seen.periods == without.periods
    assert seen.planted.read == sum(one.planted for one in found)
    hits = [(one.pair >= 0.5) == one.truth for one in found if one.planted]
    assert seen.planted.detected.value == pytest.approx(np.mean(hits))
    assert seen.counts.unaided == sum(one.part == "unaided" for one in found) > 40


def test_a_follower_is_misled_by_planted_cases(rows) -> None:
    assert see(rows(planted=0.2, trust=1.0)).planted.misled.value > 0.9


def test_a_stubborn_doctor_never_is(rows) -> None:
    seen = see(rows(planted=0.2, trust=0.0))
    assert seen.planted.misled.value == 0
    assert seen.reliance.choices == {"keep": seen.counts.decided}


def test_a_shift_of_calibration_rings_and_none_does_not(rows, house) -> None:
    assert see(rows(cases=900, shift=1.5)).drifts.calibration["machine"].alarms


def test_no_shift_does_not_ring(rows) -> None:
    drifts = see(rows(cases=900)).drifts
    assert not drifts.calibration["machine"].alarms
    assert not drifts.stream.rang


def test_fading_doctors_are_seen(rows) -> None:
    seen = see(rows(cases=2000, unaided=0.5, planted=0, fading=1.0, doctor=2.5))
    change = seen.unaided.change.difference
    assert change.ci_high < 0


def test_the_export_is_json_and_names_nobody(rows, house) -> None:
    text = json.dumps(see(rows()).as_json(), allow_nan=False)
    assert "simulated-" not in text
    assert "Dr " not in text


def test_without_outcomes_nothing_is_claimed(rows) -> None:
    seen = see(rows(outcomes=0.0, planted=0.0))
    assert seen.performance.metric("doctor", "auc").value is None
    assert seen.reliance.switching is None
    assert seen.reliance.disagreement.value is not None


def test_an_empty_room(house) -> None:
    seen = see([])
    assert seen.counts.readings == 0
    json.dumps(seen.as_json(), allow_nan=False)
