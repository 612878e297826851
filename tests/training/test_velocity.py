"""The measured speed is a speed: positive."""

from __future__ import annotations

from itertools import chain, repeat

import pytest

import thirdeye.training.velocity as velocity


def test_a_slow_first_step_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first step allocates; the speed is that of the following ones, scaled to 224 px."""
    seconds = chain([9.0], repeat(0.5))
    monkeypatch.setattr(velocity, "_step", lambda *_: next(seconds))
    expected = velocity.PROBE_BATCH / 0.5 * (velocity.PROBE_SIDE / 224) ** 2
    assert velocity.images_per_s() == pytest.approx(expected)


def test_a_real_step_learns_and_takes_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(velocity, "PROBE_SIDE", 32)
    monkeypatch.setattr(velocity, "PROBE_BATCH", 4)
    assert velocity.images_per_s() > 0
