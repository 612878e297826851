"""A gauge: one thing that is measured of every picture while it is in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from thirdeye.case.image import Image
from thirdeye.registry import Registry

# Column of the facts to its value (float, int, str or bool), for one readable picture: the image itself, the
# central slice of a volume, the spectrogram of a signal (see `thirdeye.intake.picture`). Always the same
# columns; NaN or "" where there is no value. It runs in a worker for every image, so it has a budget of about
# 2 ms for 256 x 256 pixels; it must not fail on any image, however small.
Gauge = Callable[[Image], Mapping[str, float | int | str | bool]]

GAUGES: Registry[Gauge] = Registry("gauge")
