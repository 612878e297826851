"""What waits for the archive."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from thirdeye.dicom.network.outbox import FIRST_WAIT, LONGEST_WAIT, Outbox
from thirdeye.dicom.network.peer import peer_from
from thirdeye.dicom.network.store import Sent, send_files
from thirdeye.errors import StageFailed


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def outbox(tmp_path: Path, clock: Clock) -> Outbox:
    return Outbox(tmp_path / "outbox", now=clock)


def always(state: str, reason: str = "") -> Any:
    def send(destination: str, files: Sequence[Path]) -> Iterator[Sent]:
        assert all(file.exists() for file in files)
        yield from (Sent(file, state, reason) for file in files)

    return send


CONTENT = bytes(128) + b"DICM and more"


def test_what_is_queued_is_sent_once(outbox: Outbox) -> None:
    item = outbox.put(CONTENT, "A@b:1", kind="report", label="case-1")
    assert outbox.put(b"\1" * 128 + CONTENT[128:], "A@b:1") == item  # the same object, whatever its preamble
    assert [one.state for one in outbox.deliver(always("sent"))] == ["sent"]
    assert outbox.put(CONTENT, "A@b:1").state == "sent"
    assert outbox.deliver(always("sent")) == []
    assert outbox.unsent() == []
    assert not list(outbox.folder.glob("*.dcm"))  # nothing of the patient stays


def test_two_destinations_are_two_items(outbox: Outbox) -> None:
    assert outbox.put(CONTENT, "A@b:1").key != outbox.put(CONTENT, "B@b:1").key


def test_a_failure_waits_longer_each_time(outbox: Outbox, clock: Clock) -> None:
    outbox.put(CONTENT, "A@b:1")
    waits = []
    for _ in range(10):
        (item,) = outbox.deliver(always("failed", "down"))
        assert (item.state, item.reason) == ("queued", "down")
        due = datetime.fromisoformat(item.next_try)
        waits.append(due - clock.now)
        assert outbox.deliver(always("sent")) == []  # not yet
        clock.now = due
    assert waits[0] == FIRST_WAIT
    assert waits[1] == 2 * FIRST_WAIT
    assert waits[-1] == LONGEST_WAIT
    assert [one.state for one in outbox.deliver(always("sent"))] == ["sent"]


def test_a_refusal_is_shown_and_can_be_asked_for_again(outbox: Outbox) -> None:
    key = outbox.put(CONTENT, "A@b:1").key
    outbox.deliver(always("refused", "status C000"))
    (item,) = outbox.unsent()
    assert (item.state, item.reason) == ("failed", "status C000")
    assert outbox.deliver(always("sent"), even_if_early=True) == []
    outbox.again(key)
    assert [one.state for one in outbox.deliver(always("sent"))] == ["sent"]
    with pytest.raises(StageFailed, match="no such unsent item"):
        outbox.again(key)
    with pytest.raises(StageFailed, match="no such unsent item"):
        outbox.again("../../x")


def test_a_sender_that_breaks_off_loses_nothing(outbox: Outbox) -> None:
    for number in range(3):
        outbox.put(CONTENT + bytes([number]), "A@b:1")

    def one_only(destination: str, files: Sequence[Path]) -> Iterator[Sent]:
        yield Sent(files[0], "sent")
        raise StageFailed("broke off")

    outbox.deliver(one_only)
    assert sorted(item.state for item in outbox.items()) == ["queued", "queued", "sent"]


def test_it_outlives_a_kill(outbox: Outbox, clock: Clock) -> None:
    outbox.put(CONTENT, "A@b:1")
    with pytest.raises(KeyboardInterrupt):
        outbox.deliver(_killed)
    again = Outbox(outbox.folder, now=clock)
    assert [one.state for one in again.deliver(always("sent"))] == ["sent"]


def _killed(destination: str, files: Sequence[Path]) -> Iterator[Sent]:
    raise KeyboardInterrupt
    yield


def test_two_processes_do_not_send_at_once(outbox: Outbox) -> None:
    outbox.put(CONTENT, "A@b:1")

    def nested(destination: str, files: Sequence[Path]) -> Iterator[Sent]:
        with pytest.raises(StageFailed, match="another process"):
            Outbox(outbox.folder).deliver(always("sent"))
        yield from always("sent")(destination, files)

    assert [one.state for one in outbox.deliver(nested)] == ["sent"]


def test_an_edited_item_is_said(outbox: Outbox) -> None:
    key = outbox.put(CONTENT, "A@b:1").key
    (outbox.folder / f"{key}.json").write_text(json.dumps({"state": 1}))
    with pytest.raises(StageFailed, match="was edited"):
        outbox.items()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # pynetdicom leaves it open
def test_archive_down_then_up(archive: Any, write_image: Any, tmp_path: Path) -> None:
    """Queued and shown unsent while the archive is down; sent once it is back."""

    def send(destination: str, files: Sequence[Path]) -> Iterator[Sent]:
        return send_files(peer_from(destination, timeout_s=5), files)

    outbox = Outbox(tmp_path / "outbox")
    outbox.put(write_image().read_bytes(), f"ORTHANC@127.0.0.1:{archive.dicom}")
    archive.stop()
    outbox.deliver(send)
    (item,) = outbox.unsent()
    assert (item.state, item.tries) == ("queued", 1)
    archive.start()
    assert outbox.deliver(send) == []  # its time has not come
    assert [one.state for one in outbox.deliver(send, even_if_early=True)] == ["sent"]
    assert archive.count() == 1
    gc.collect()
