"""The whole envelope: appearance and features with one edge, older files, hints."""

from __future__ import annotations

import io

import numpy as np
import pytest

from thirdeye.case.opinion import Opinion
from thirdeye.errors import StudyMismatch, UsageError
from thirdeye.inference.appearance import LENGTH, appearance, appearance_of
from thirdeye.inference.envelope import fit_feature_envelope, fit_untaught_envelope
from thirdeye.inference.gaussian import fit_gaussian
from thirdeye.inference.look_envelope import fit_look_envelope
from thirdeye.inference.surrounding_fit import _folds, draw_look, draw_surroundings, draw_surroundings_of
from thirdeye.inference.surroundings import Surroundings

RANDOM = np.random.default_rng(3)


def picture(kind: str = "own") -> np.ndarray:
    """A dark picture with a bright blob in its upper part; "other": stripes of colour."""
    rows, columns = np.indices((48, 48))
    if kind == "other":
        stripes = 128 + 90 * np.sin(columns / RANDOM.uniform(1, 3))
        return np.stack([stripes, stripes[::-1], 255 - stripes], axis=-1).astype(np.uint8)
    at = RANDOM.normal((12, 24), 2)
    blob = 40 + 150 * np.exp(-((rows - at[0]) ** 2 + (columns - at[1]) ** 2) / RANDOM.uniform(80, 120))
    grey = np.clip(blob + RANDOM.normal(0, 6, blob.shape), 0, 255).astype(np.uint8)
    return np.repeat(grey[..., None], 3, axis=2)


OWN = np.stack([picture() for _ in range(240)])
FEATURES = RANDOM.normal(size=(240, 12)).astype(np.float32)
HELD_OUT = np.arange(240)[:, None] % 2 == np.arange(2)


@pytest.fixture(scope="module")
def drawn() -> Surroundings:
    return draw_surroundings(FEATURES, OWN, HELD_OUT)


def test_few_of_its_own_kind_are_outside_and_all_others(drawn: Surroundings) -> None:
    fresh = RANDOM.normal(size=(300, 12)).astype(np.float32)
    own = drawn.distance(fresh, [picture() for _ in range(300)])
    assert (own > 1).mean() <= 0.05
    others = drawn.distance(fresh[:20], [picture("other") for _ in range(20)])
    assert others.min() > 1
    assert drawn.distance(fresh[:20] + 9, OWN[:20]).min() > 1  # features alone are enough


def test_an_image_is_as_far_out_as_both_parts_say_together(drawn: Surroundings) -> None:
    assert drawn.features is not None
    assert drawn.look is not None
    looks = np.stack([appearance(one) for one in OWN[:5]])
    both = np.stack([drawn.features.distance(FEATURES[:5]), drawn.look.distance(looks)])
    assert drawn.distance(FEATURES[:5], OWN[:5]) == pytest.approx(both.mean(axis=0) / drawn.edge)


def test_appearance_alone_has_an_edge_of_its_own(drawn: Surroundings) -> None:
    assert drawn.look is not None
    fresh = np.stack([appearance(picture()) for _ in range(300)])
    assert drawn.distance_of(None, fresh) == pytest.approx(drawn.look.distance(fresh) / drawn.edge_of_look)
    assert (drawn.distance_of(None, fresh) > 1).mean() <= 0.05
    again = Surroundings.from_bytes(drawn.to_bytes())
    assert np.array_equal(again.distance_of(None, fresh), drawn.distance_of(None, fresh))


def test_features_that_learnt_from_no_image_are_all_held_out() -> None:
    held_out = HELD_OUT[:100, :1] & (np.arange(100)[:, None] < 60)  # 30 images
    few = draw_surroundings(FEATURES[:100], OWN[:100], held_out)
    every = draw_surroundings(FEATURES[:100], OWN[:100], held_out, untaught=True)
    assert (len(few.known), len(every.known)) == (30, 100)
    assert every.features is not None
    envelope, held = fit_untaught_envelope(FEATURES[:100], np.arange(100) % 5)
    gaussian = fit_gaussian(FEATURES[:100][np.arange(100) % 5 != 2].astype(np.float64))
    apart = gaussian.distance(FEATURES[:100][np.arange(100) % 5 == 2])
    assert held[np.arange(100) % 5 == 2] * envelope.edge[0] == pytest.approx(apart, rel=1e-4)
    fresh = RANDOM.normal(size=(300, 12)).astype(np.float32)
    assert (every.distance(fresh, [picture() for _ in range(300)]) > 1).mean() <= 0.06


def test_no_odd_image_decides_how_much_a_part_weighs() -> None:
    odd = OWN.copy()
    odd[::60] = [picture("other") for _ in range(4)]
    for images in (OWN, odd):
        around = draw_surroundings(FEATURES, images, HELD_OUT)
        assert around.features is not None
        assert around.look is not None
        looks = around.look.distance(np.stack([appearance(one) for one in images]))
        assert np.median(looks) == pytest.approx(np.median(around.features.distance(FEATURES)), rel=0.25)


def test_images_of_a_patient_are_held_out_together() -> None:
    looks = np.stack([appearance(one) for one in OWN[:80]])
    twice = np.concatenate([looks, looks])  # each patient has the same picture twice
    apart, together = (_folds([str(row % n) for row in range(160)]) for n in (160, 80))
    assert np.array_equal(together[:80], together[80:])
    assert len(set(together)) == 20
    edges = [fit_look_envelope(twice, folds, quantile=0.5)[0].edge[0] for folds in (apart, together)]
    assert edges[0] < 0.9 * edges[1]  # a Gaussian that knows the twin finds a picture near
    drawn = draw_surroundings_of(FEATURES[:160], twice, HELD_OUT[:160], [str(row % 80) for row in range(160)])
    assert drawn.look is not None
    assert drawn.look.edge[0] == edges[1]


def test_the_edge_of_appearance_keeps_its_promise_on_new_images() -> None:
    draw, false = np.random.default_rng(0), []
    shape = draw.normal(size=(60, 60)) / 8
    for _ in range(12):
        values = np.exp(0.3 * draw.normal(size=(900, 60)) @ shape).astype(np.float32)  # heavy tails
        around = draw_look(values[:200], [str(row) for row in range(200)])
        assert around is not None
        false.append((around.distance_of(None, values[200:]) > 1).mean())
    assert 0.01 < np.mean(false) < 0.035


def test_the_edge_is_set_by_held_out_images_alone() -> None:
    looks = np.stack([appearance(one) for one in OWN])
    folds = np.arange(240) % 3
    envelope, held = fit_look_envelope(looks, folds)
    refitted, _ = fit_look_envelope(looks[folds != 1], folds[folds != 1])
    ratio = held[folds == 1] / refitted.distance(looks[folds == 1])
    assert ratio.std() / ratio.mean() < 1e-4  # the same Gaussian, another unit
    assert held.max() <= 1.1
    assert (envelope.distance(looks) < 1).mean() > 0.97


def test_a_negative_and_a_turned_picture_are_told(drawn: Surroundings) -> None:
    opinion = Opinion("x", "binary", {}, abstained="unlike")
    for change, said in ((lambda p: 255 - p, "negative"), (lambda p: np.rot90(p, 2), "upside down")):
        wrong = np.ascontiguousarray(change(OWN[0]))
        distance = float(drawn.distance(FEATURES[:1], [wrong])[0])
        assert distance > 1
        (hint,) = drawn.about(opinion, distance, wrong).warnings
        assert said in hint
    assert drawn.about(opinion, 2.0, picture("other")).warnings == ()


def test_familiarity_is_a_rank_among_held_out_images(drawn: Surroundings) -> None:
    n = len(drawn.known)
    middle = drawn.familiarity(float(np.median(drawn.known)))
    assert middle.n == n == 240
    assert middle.rank == pytest.approx(0.5, abs=0.01)
    assert drawn.familiarity(99.0).rank == pytest.approx(1 / (n + 1))
    assert drawn.familiarity(0.0).rank == 1.0


def test_files_of_earlier_versions_hold_features_alone(drawn: Surroundings) -> None:
    early = fit_feature_envelope(FEATURES, HELD_OUT)
    read = Surroundings.from_bytes(early.to_bytes())
    assert read.look is None
    assert read.familiarity(0.5).rank is None
    assert np.array_equal(read.distance(FEATURES, OWN), early.distance(FEATURES))
    assert read.about(Opinion("x", "binary", {}), 2.0, OWN[0]).warnings == ()


def test_file_round_trip(drawn: Surroundings) -> None:
    for one in (drawn, draw_look(np.stack([appearance(p) for p in OWN]), [str(k) for k in range(240)])):
        assert one is not None
        again = Surroundings.from_bytes(one.to_bytes())
        assert np.array_equal(again.distance(FEATURES[:9], OWN[:9]), one.distance(FEATURES[:9], OWN[:9]))
        assert np.array_equal(again.known, one.known)


@pytest.mark.parametrize("name", ["look_centre", "look_edge", "edge_of_all", "edge_of_look", "mean"])
def test_damaged_files_are_refused(drawn: Surroundings, name: str) -> None:
    with np.load(io.BytesIO(drawn.to_bytes())) as stored:
        parts = {key: stored[key] for key in stored.files}
    for bad in (np.full_like(parts[name], np.nan), np.array([print], dtype=object)):
        stream = io.BytesIO()
        np.savez(stream, **(parts | {name: bad}))
        with pytest.raises(StudyMismatch, match=r"envelope\.npz"):
            Surroundings.from_bytes(stream.getvalue())
    with pytest.raises(StudyMismatch, match="appearance"):
        drawn.look.distance(np.zeros((2, 3), np.float32))  # type: ignore[union-attr]


def test_an_appearance_of_other_numbers_is_left_out(drawn: Surroundings) -> None:
    with np.load(io.BytesIO(drawn.to_bytes())) as stored:
        parts = {key: stored[key] for key in stored.files}
    for name in ("look_centre", "look_scale"):
        parts[name] = parts[name][:-1]
    parts["look_components"] = parts["look_components"][:, :-1]
    stream = io.BytesIO()
    np.savez(stream, **parts)
    other = Surroundings.from_bytes(stream.getvalue())
    assert other.look is None
    assert len(appearance(OWN[0])) == LENGTH
    assert other.distance(FEATURES[:5], OWN[:5]) == pytest.approx(
        drawn.features.distance(FEATURES[:5]) / drawn.edge  # type: ignore[union-attr]
    )


def test_too_few_images_draw_nothing() -> None:
    looks = np.stack([appearance(one) for one in OWN[:39]])
    assert draw_look(looks, [str(k) for k in range(39)]) is None
    assert draw_look(np.tile(looks, (2, 1)), ["one"] * 39 + ["two"] * 39) is None
    with pytest.raises(UsageError, match="held out"):
        fit_look_envelope(looks, np.full(39, -1))


def test_volumes_have_an_appearance_of_three_planes(hippocampus_like) -> None:
    found = appearance_of(hippocampus_like)
    assert found.shape == (3 * len(appearance(OWN[0])),)
    assert np.isfinite(found).all()


@pytest.fixture
def hippocampus_like():
    from thirdeye.case.geometry import Geometry
    from thirdeye.case.volume import Volume

    return Volume(RANDOM.normal(size=(12, 9, 7)).astype(np.float32), Geometry(np.eye(4)), "v")
