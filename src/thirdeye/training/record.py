"""What training writes down while it runs: curves for people and TensorBoard, stages for the report."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from thirdeye.evaluation.metric import Metric

EVENTS_FILE = "events.out.tfevents.curves"
CURVE_COLUMNS = (
    "member", "epoch", "seconds", "train_loss", "validation_loss", "validation_metric", "learning_rate",
)  # fmt: skip


@dataclass(frozen=True)
class Stage:
    """One step of the training and what it reached on validation data.

    Args:
        name: "frozen_features", "fine_tuning", "ensemble", "test_time_augmentation".
        description: one sentence for a person.
        figure: what the validation cases say of it.
        kept: whether it became part of the model.
        reason: why or why not.
        seconds: what it took.
        elapsed_s: from the start of the training to its figure.
        members: per member: fold, seed and its own figure.
    """

    name: str
    description: str
    figure: Metric
    kept: bool
    reason: str
    seconds: float
    elapsed_s: float
    members: tuple[dict[str, Any], ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {
            "name": self.name,
            "description": self.description,
            "validation": {self.figure.name: self.figure.as_json()},
            "kept": self.kept,
            "reason": self.reason,
            "seconds": round(self.seconds, 2),
            "elapsed_s": round(self.elapsed_s, 2),
            "members": list(self.members),
        }


class CurveWriter:
    """Appends each epoch to ``curves.csv`` and to TensorBoard's event files.

    Args:
        folder: the study's ``runs``.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "curves.csv"

    def rewrite(self, histories: dict[int, list[dict[str, float]]]) -> None:
        """Write everything that is known, member by member."""
        self.folder.mkdir(parents=True, exist_ok=True)
        temporary = self.path.with_suffix(".part")
        with temporary.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, CURVE_COLUMNS, extrasaction="ignore")
            writer.writeheader()
            for member, history in histories.items():
                writer.writerows({"member": member, **_rounded(record)} for record in history)
        temporary.replace(self.path)

    def tensorboard(self, member: int, history: list[dict[str, float]]) -> None:
        """Write one finished member's curves where TensorBoard looks for them."""
        from tensorboard.compat.proto.event_pb2 import Event
        from tensorboard.compat.proto.summary_pb2 import Summary
        from tensorboard.summary.writer.event_file_writer import EventFileWriter

        folder = self.folder / "tensorboard" / f"member_{member}"
        for old in folder.glob("events.*"):
            old.unlink()
        writer = EventFileWriter(str(folder))
        for record in history:
            values = [
                Summary.Value(tag=name, simple_value=record[name])
                for name in ("train_loss", "validation_loss", "validation_metric", "learning_rate")
                if name in record
            ]
            writer.add_event(Event(step=int(record["epoch"]), summary=Summary(value=values)))
        writer.close()
        for written in folder.glob("events.*"):  # named after time, machine and process until here
            written.rename(folder / EVENTS_FILE)


def _rounded(record: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 6) for name, value in record.items()}
