"""Files of one arrival that come in several requests at once: each is kept, none after it was handed in."""

from __future__ import annotations

import io
import json
import threading
from pathlib import Path

import pytest

from thirdeye.reading_room.arrivals.staged import Staging
from thirdeye.reading_room.refusal import Refusal


class Slow(io.BytesIO):
    """Content that comes when it is let go on."""

    def __init__(self, content: bytes, go: threading.Event) -> None:
        super().__init__(content)
        self._go, self.begun = go, threading.Event()

    def read(self, size: int | None = -1) -> bytes:
        self.begun.set()
        assert self._go.wait(20)
        return super().read(size)


def test_two_requests_at_once_lay_down_two_files(house) -> None:
    staging, errors = Staging(house.room), []

    def bring(number: int) -> None:
        try:
            for at in range(20):
                staging.add(f"{number}-{at}.png", io.BytesIO(f"{number}-{at}".encode()))
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=bring, args=(number,)) for number in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert errors == []
    name = staging.hand_in(house.study, person=None, source="upload")
    names = json.loads((staging.folder / "names.json").read_text())
    assert len(names) == staging.count == 80
    assert {(staging.files / number).read_text() for number in names} == {
        Path(one).stem for one in names.values()
    }
    assert name == staging.name


def test_a_file_that_is_on_its_way_is_waited_for(house) -> None:
    staging, go = Staging(house.room), threading.Event()
    content = Slow(b"all of it", go)
    bringing = threading.Thread(target=staging.add, args=("1.png", content))
    bringing.start()
    assert content.begun.wait(20)
    handing = threading.Thread(
        target=staging.hand_in, args=(house.study,), kwargs={"person": None, "source": "upload"}
    )
    handing.start()
    go.set()
    bringing.join(20)
    handing.join(20)
    assert (staging.files / "00001.png").read_bytes() == b"all of it"
    assert list(json.loads((staging.folder / "names.json").read_text())) == ["00001.png"]


def test_nothing_is_added_to_what_was_handed_in_or_removed(house) -> None:
    staging = Staging(house.room)
    staging.add("1.png", io.BytesIO(b"1"))
    staging.hand_in(house.study, person=None, source="upload")
    with pytest.raises(Refusal):
        staging.add("2.png", io.BytesIO(b"2"))
    with pytest.raises(Refusal):
        staging.hand_in(house.study, person=None, source="upload")
    assert house.audited().count("arrival.received") == 1
    staging.clear()
    with pytest.raises(Refusal):
        staging.add("3.png", io.BytesIO(b"3"))
    assert not staging.folder.exists()


def test_nothing_is_left_of_a_file_that_cannot_be_copied(house, tmp_path: Path) -> None:
    staging = Staging(house.room)
    with pytest.raises(FileNotFoundError):
        staging.copy([("1.png", tmp_path / "gone.png")])
    assert staging.count == 0
    assert list(staging.files.iterdir()) == []
