from __future__ import annotations

import numpy as np

from thirdeye.inference.similar.patients import digests_of

BLANK = np.zeros((32, 32, 3), np.uint8)


def _expected(archive, features: np.ndarray) -> np.ndarray:
    """By hand: each row through the members of its group."""
    found = []
    for row in range(20):
        group = (0,) if row < 12 else (0, 1)
        one, other = archive.measure.vectors(np.stack([features, archive.features[row]]), group)
        found.append(one @ other)
    return np.array(found)


def test_the_nearest_come_first_with_their_place(archive) -> None:
    query = np.random.default_rng(3).normal(size=12).astype(np.float32)
    values = _expected(archive, query)
    order = np.argsort(-values)
    found = archive.finder().find(query, BLANK, answer="ill")
    assert [one.case for one in found[:5]] == [f"case {row}" for row in order[:5]]
    assert [one.rank for one in found[:5]] == [1, 2, 3, 4, 5]
    assert abs(found[0].similarity - values[order[0]]) < 2e-3
    for one in found[5:]:
        assert order[one.rank - 1] == int(one.case.split()[1])


def test_both_sides_are_heard(archive) -> None:
    for seed in range(10):
        query = np.random.default_rng(seed).normal(size=12).astype(np.float32)
        labels = [one.label for one in archive.finder().find(query, BLANK, answer="ill")]
        assert labels.count("ill") >= 2
        assert labels.count("well") >= 2
        assert len(archive.finder().find(query, BLANK, answer=None)) == 5


def test_the_own_patient_is_left_out(archive) -> None:
    query = archive.features[4]
    assert archive.finder(None).find(query, BLANK, answer="ill")[0].case == "case 4"
    found = archive.finder(None).find(query, BLANK, answer="ill", own=digests_of("p2"))
    assert not {"case 4", "case 5"} & {one.case for one in found}
    assert found[0].rank == 1


def test_a_dicom_identifier_finds_the_patient_that_was_kept_by_its_pseudonym() -> None:
    from thirdeye.dicom.identity import pseudonym
    from thirdeye.inference.similar.patients import digest

    assert digest(pseudonym("4711")) in digests_of("4711")
    assert digests_of(pseudonym("4711")) & digests_of("4711")
    assert digests_of(None) == digests_of("") == frozenset()


def test_the_same_picture_is_flagged_and_its_patient_counts_as_the_own(archive) -> None:
    found = archive.finder().find(archive.features[4], archive.images[4], answer="ill")
    assert [one.case for one in found if one.duplicate] == ["case 4"]
    assert "case 5" not in {one.case for one in found}
    assert not any(
        one.duplicate
        for one in archive.finder(None).find(archive.features[4], archive.images[4], answer="ill")
    )


def test_of_the_own_patient_a_copy_is_no_news(archive) -> None:
    own = digests_of("p2")
    found = archive.finder().find(archive.features[4], archive.images[4], answer="ill", own=own)
    assert not any(one.duplicate for one in found)
    assert "case 4" not in {one.case for one in found}
