"""The tasks that say where something is, by name."""

from __future__ import annotations

from thirdeye.journey.located.task import LocatedTask

LOCATED = ("segmentation", "detection", "landmarks")


def located_task(name: str) -> LocatedTask:
    """The verbs of a task in `LOCATED`; they are imported when they are asked for.

    Raises:
        ValueError: it is not one of them.
    """
    if name == "segmentation":
        from thirdeye.journey.dense.task import SEGMENTATION

        return SEGMENTATION
    if name == "detection":
        from thirdeye.journey.detection.task import DETECTION

        return DETECTION
    if name == "landmarks":
        from thirdeye.journey.landmarks.task import LANDMARKS

        return LANDMARKS
    raise ValueError(f"expected one of {', '.join(LOCATED)}, got {name!r}")
