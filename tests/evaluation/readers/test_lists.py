from __future__ import annotations

from collections import Counter

import pytest

from thirdeye.errors import UsageError
from thirdeye.evaluation.readers.lists import reading_lists

CASES = [f"c{number}" for number in range(21)]
TRUTH = [int(number % 3 == 0) for number in range(21)]


def test_a_crossover_shows_every_case_once_each_way() -> None:
    slots = reading_lists(CASES, ["a", "b"], design="crossover", truth=TRUTH, seed=4)
    seen = Counter((slot.reader, slot.case, slot.arm) for slot in slots)
    assert len(seen) == 2 * 21 * 2
    assert set(seen.values()) == {1}
    for session in (1, 2):
        own = [slot for slot in slots if (slot.reader, slot.session) == ("a", session)]
        assert sorted(slot.case for slot in own) == sorted(CASES)
        assert [slot.order for slot in own] == list(range(1, 22))
        diseased = Counter(slot.arm for slot in own if TRUTH[CASES.index(slot.case)])
        assert abs(diseased["alone"] - diseased["aided"]) <= 1


def test_half_of_the_cases_are_aided_first() -> None:
    slots = reading_lists(CASES, ["a"], design="crossover", truth=TRUTH)
    aided_first = sum(slot.arm == "aided" for slot in slots if slot.session == 1)
    assert aided_first in (10, 11)


def test_every_reader_has_an_order_of_its_own_and_the_seed_decides() -> None:
    slots = reading_lists(CASES, ["a", "b"], design="reader_first", seed=1)
    orders = [[slot.case for slot in slots if slot.reader == reader] for reader in "ab"]
    assert orders[0] != orders[1]
    assert slots == reading_lists(CASES, ["a", "b"], design="reader_first", seed=1)
    assert slots != reading_lists(CASES, ["a", "b"], design="reader_first", seed=2)
    assert {slot.arm for slot in slots} == {"alone"}
    assert {slot.arm for slot in reading_lists(CASES, ["a"], design="concurrent")} == {"aided"}


def test_refusals() -> None:
    with pytest.raises(UsageError, match="choose reader_first"):
        reading_lists(CASES, ["a"], design="random")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="each reader is named once, got 'a' twice"):
        reading_lists(CASES, ["a", "a"], design="concurrent")
    with pytest.raises(UsageError, match="each case is named once, got none"):
        reading_lists([], ["a"], design="concurrent")
    with pytest.raises(UsageError, match="1 truths for 21 cases"):
        reading_lists(CASES, ["a"], design="crossover", truth=[1])


@pytest.mark.parametrize("design", ["reader_first", "concurrent", "second_reader", "independent_crossover"])
def test_no_reader_meets_a_case_twice_in_a_session(design: str) -> None:
    cases = [f"c{number}" for number in range(21)]
    truth = [number % 3 == 0 for number in range(21)]
    slots = reading_lists(cases, ["1", "2", "3"], design=design, truth=truth, seed=4)
    seen = [(slot.reader, slot.session, slot.case) for slot in slots]
    assert len(seen) == len(set(seen))
    for reader in ("1", "2", "3"):
        for session in {slot.session for slot in slots}:
            own = [slot for slot in slots if (slot.reader, slot.session) == (reader, session)]
            assert sorted(slot.case for slot in own) == sorted(cases)
            assert [slot.order for slot in own] == list(range(1, 22))
    assert slots == reading_lists(cases, ["1", "2", "3"], design=design, truth=truth, seed=4)
    assert slots != reading_lists(cases, ["1", "2", "3"], design=design, truth=truth, seed=5)
