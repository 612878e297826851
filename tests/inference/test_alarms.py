"""The threshold of a reader of boxes: set once, or for one reading."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from thirdeye.case.opinion import Opinion
from thirdeye.errors import UsageError
from thirdeye.inference.alarms import show_at, showing_at
from thirdeye.inference.endpoint.desk import Desk
from thirdeye.inference.endpoint.refusal import Refusal


def in_a_loop(coroutine: Any) -> Any:
    """What it gives; in a thread of its own, since a browser of other tests may run a loop in this one."""
    with ThreadPoolExecutor(1) as aside:
        return aside.submit(asyncio.run, coroutine).result()


class Boxes:
    """Says in its opinion at which point it stands."""

    manifest = SimpleNamespace(task="detection")

    def __init__(self) -> None:
        self.point = "fp_per_image_1"

    def at_point(self, name: str) -> None:
        self.point = name

    def read_many(self, paths: list[Path]):
        for _ in paths:
            opinion = Opinion("x", "detection", {}, predicted=self.point, model={"name": "x", "sha256": "0"})
            yield SimpleNamespace(opinion=opinion)


def test_the_threshold_is_set_and_put_back() -> None:
    reader = Boxes()
    with showing_at(reader, "1/4"):
        assert reader.point == "fp_per_image_1_4"
    assert reader.point == "fp_per_image_1"
    with showing_at(reader, None):
        assert reader.point == "fp_per_image_1"
    show_at(reader, "4")
    assert reader.point == "fp_per_image_4"


@pytest.mark.parametrize(
    ("reader", "rate", "said"),
    [
        (Boxes(), "2", "choose 1/4, 1, 4"),
        (SimpleNamespace(manifest=SimpleNamespace(task="binary")), "1", "task is binary"),
        (SimpleNamespace(), "1", "several readers"),
    ],
)
def test_what_does_not_fit_is_refused(reader: object, rate: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        show_at(reader, rate)


def test_a_request_has_a_threshold_of_its_own(tmp_path: Path) -> None:
    async def ask() -> list[str]:
        desk = Desk(Boxes(), waiting=2, answer_s=5)
        said = [(await desk.read(tmp_path, alarms=one))["predicted"] for one in ("4", None)]
        with pytest.raises(Refusal, match="choose") as refused:
            await desk.read(tmp_path, alarms="lots")
        assert refused.value.status == 400
        desk.close()
        return said

    assert in_a_loop(ask()) == ["fp_per_image_4", "fp_per_image_1"]
