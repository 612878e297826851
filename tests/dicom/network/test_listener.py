"""The listener, called by pynetdicom, by dcmtk and by callers who mean no good."""

from __future__ import annotations

import json
import shutil
import socket
import struct
import subprocess
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid
from pynetdicom import AE

from thirdeye.dicom.network.inbox import Inbox, Received
from thirdeye.dicom.network.listener import Listener, Listening
from thirdeye.dicom.quiet import quiet_decoders
from thirdeye.errors import StageFailed, UsageError

MARKER = "ZZMARKERZZ"
CR = "1.2.840.10008.5.1.4.1.1.1"
Listen = Callable[..., Listener]
Files = Callable[[], list[Path]]


@contextmanager
def association(listener: Listener, *, caller: str = "CALLER", called: str = "THIRDEYE") -> Any:
    entity = AE(ae_title=caller)
    entity.acse_timeout = entity.dimse_timeout = entity.network_timeout = 10
    entity.add_requested_context(CR, "1.2.840.10008.1.2.1")
    made = entity.associate("127.0.0.1", listener.port, ae_title=called)
    try:
        yield made
    finally:
        if made.is_established:
            made.release()
        if made.dul.socket is not None and made.dul.socket.socket is not None:
            made.dul.socket.socket.close()


def sent(listener: Listener, *datasets: Dataset) -> list[int | None]:
    with association(listener) as made:
        assert made.is_established
        return [getattr(made.send_c_store(one), "Status", None) for one in datasets]


def journal(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "inbox" / "received.jsonl").read_text().splitlines()]


def test_what_is_sent_is_kept_and_handed_on(
    listening: Listen, make_image: Any, inbox_files: Files, tmp_path: Path
) -> None:
    told: list[Received] = []
    listener = listening(Inbox(tmp_path / "inbox", told.append))
    source = make_image()
    assert sent(listener, source) == [0x0000]
    (path,) = inbox_files()
    back = pydicom.dcmread(path)
    assert back == source
    assert [(one.file, one.state, one.alarm, one.sender) for one in told] == [
        (path.relative_to(tmp_path / "inbox").as_posix(), "new", "", "CALLER")
    ]
    assert journal(tmp_path)[0]["file"] == told[0].file


def test_the_same_twice_is_one(
    listening: Listen, make_image: Any, inbox_files: Files, tmp_path: Path
) -> None:
    source = make_image()
    listener = listening()
    assert sent(listener, source, source) == [0x0000, 0x0000]
    assert sent(listener, source) == [0x0000]
    assert len(inbox_files()) == 1
    assert [entry["state"] for entry in journal(tmp_path)] == ["new", "again", "again"]


def test_the_same_uid_with_other_pixels_is_refused(
    listening: Listen, make_image: Any, inbox_files: Files
) -> None:
    source = make_image()
    listener = listening()
    sent(listener, source)
    kept = inbox_files()[0].read_bytes()
    source.PixelData = bytes(512)
    assert sent(listener, source) == [0xC000]
    assert [path.read_bytes() for path in inbox_files()] == [kept]


def test_two_patients_in_one_series_are_kept_apart_with_an_alarm(
    listening: Listen, make_image: Any, inbox_files: Files, tmp_path: Path
) -> None:
    told: list[Received] = []
    uids = {"StudyInstanceUID": generate_uid(), "SeriesInstanceUID": generate_uid()}
    one, other = make_image(**uids), make_image(**uids, PatientID="ANOTHER")
    listener = listening(Inbox(tmp_path / "inbox", told.append))
    assert sent(listener, one, other) == [0x0000, 0x0000]
    assert [bool(entry.alarm) for entry in told] == [False, True]
    assert len({path.parent for path in inbox_files()}) == 2
    listener.close()
    again: list[Received] = []
    later = listening(Inbox(tmp_path / "inbox", again.append))  # the alarm outlives a restart
    sent(later, make_image(**uids))
    assert [bool(entry.alarm) for entry in again] == [True]


@pytest.mark.parametrize("keyword", ["SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID"])
@pytest.mark.parametrize("uid", ["../../x", "1." + "2" * 63, "", "1.2/3", "1..2"])
def test_hostile_uids_are_refused(
    listening: Listen, make_image: Any, inbox_files: Files, tmp_path: Path, keyword: str, uid: str
) -> None:
    source = make_image()
    announced = str(source.SOPInstanceUID)
    source[keyword]._value = uid
    listener = listening()
    with association(listener) as made:
        status = stored_as(made, source, announced)
    assert status == 0xC000
    assert inbox_files() == []
    assert not list(tmp_path.parent.glob("x*"))


@pytest.mark.parametrize("uid", ["../../x", "1." + "2" * 63])
def test_a_hostile_announced_uid_is_refused(
    listening: Listen, make_image: Any, inbox_files: Files, uid: str
) -> None:
    source = make_image()
    source["SOPInstanceUID"]._value = uid
    with association(listening()) as made:
        status = stored_as(made, source, uid)
    assert status in (0xC000, None)  # None: the association was aborted
    assert inbox_files() == []


def stored_as(made: Any, source: Dataset, announced: str) -> int | None:
    """Send a dataset under any announced UID, past the checks of a well-behaved sender."""
    from io import BytesIO

    from pynetdicom.dimse_primitives import C_STORE
    from pynetdicom.dsutils import encode

    request = C_STORE()
    request.MessageID, request.AffectedSOPClassUID, request.Priority = 1, CR, 2
    request._affected_sop_instance_uid = pydicom.uid.UID(announced, validation_mode=0)
    request.DataSet = BytesIO(encode(source, False, True))
    return answered(made, request)


def answered(made: Any, request: Any) -> int | None:
    """The status of an answer; None where there is none."""
    made._reactor_checkpoint.clear()
    while not made._is_paused:
        time.sleep(0.01)
    with quiet_decoders():
        made.dimse.send_msg(request, made.accepted_contexts[0].context_id)
        _, answer = made.dimse.get_msg(block=True)
    made._reactor_checkpoint.set()
    return None if answer is None else int(answer.Status)


def test_a_way_through_folders_as_patient_number_is_refused(
    listening: Listen, make_image: Any, inbox_files: Files
) -> None:
    assert sent(listening(), make_image(PatientID="../../etc/passwd")) == [0xC000]
    assert inbox_files() == []


def test_a_number_with_a_slash_is_fine(listening: Listen, make_image: Any, inbox_files: Files) -> None:
    assert sent(listening(), make_image(PatientID="123/45")) == [0x0000]
    assert len(inbox_files()) == 1


def test_deep_nesting_is_refused_and_the_server_lives(
    listening: Listen, make_image: Any, inbox_files: Files
) -> None:
    listener = listening()
    deep = b"\x08\x00\x40\x11SQ\0\0\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff" * 50_000
    with association(listener) as made:
        assert raw_store(made, deep) == 0xC000
    assert sent(listener, make_image()) == [0x0000]
    assert len(inbox_files()) == 1


def raw_store(made: Any, content: bytes) -> int | None:
    from io import BytesIO

    from pynetdicom.dimse_primitives import C_STORE

    request = C_STORE()
    request.MessageID, request.AffectedSOPClassUID, request.Priority = 1, CR, 2
    request.AffectedSOPInstanceUID = "1.2.3"
    request.DataSet = BytesIO(content)
    return answered(made, request)


@pytest.mark.parametrize("content", [b"", b"\0" * 9, b"\xff" * 4096, b"MZ" + b"x" * 100])
def test_garbage_is_refused(listening: Listen, make_image: Any, inbox_files: Files, content: bytes) -> None:
    listener = listening(timeout_s=1.0)
    with association(listener) as made:
        assert raw_store(made, content) in (0xC000, None)
    assert sent(listener, make_image()) == [0x0000]
    assert len(inbox_files()) == 1


def test_no_identity_in_any_name_or_journal(
    listening: Listen, make_image: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    listener = listening()
    sent(listener, make_image())
    sent(listener, make_image(PatientID=f"../{MARKER}"))
    folder = tmp_path / "inbox"
    names = " ".join(path.relative_to(folder).as_posix() for path in folder.rglob("*"))
    said = names + (folder / "received.jsonl").read_text() + caplog.text
    assert MARKER not in said
    assert "1.2.826" not in names


def test_an_abort_in_the_middle_leaves_nothing_and_the_retry_works(
    listening: Listen, make_image: Any, inbox_files: Files
) -> None:
    listener = listening()
    source = make_image(PixelData=bytes(1_000_000), Rows=1000, Columns=500)
    with association(listener) as made:
        half_sent(made, source)
        made.abort()
    time.sleep(0.3)
    assert inbox_files() == []
    assert sent(listener, source) == [0x0000]
    assert len(inbox_files()) == 1


def half_sent(made: Any, source: Dataset) -> None:
    """The command and the first fragments of a C-STORE."""
    from io import BytesIO

    from pynetdicom.dimse_messages import C_STORE_RQ
    from pynetdicom.dimse_primitives import C_STORE
    from pynetdicom.dsutils import encode

    request = C_STORE()
    request.MessageID, request.AffectedSOPClassUID, request.Priority = 1, CR, 2
    request.AffectedSOPInstanceUID = source.SOPInstanceUID
    request.DataSet = BytesIO(encode(source, False, True))
    message = C_STORE_RQ()
    message.primitive_to_message(request)
    pieces = list(message.encode_msg(made.accepted_contexts[0].context_id, 16_382))
    for piece in pieces[: len(pieces) // 2]:
        made.dul.send_pdu(piece)
    time.sleep(0.3)


def test_what_is_too_large_is_cut_off(listening: Listen, make_image: Any, inbox_files: Files) -> None:
    listener = listening(most_bytes=200_000)
    with association(listener) as made:
        status = made.send_c_store(make_image(PixelData=bytes(1_000_000), Rows=1000, Columns=500))
    assert "Status" not in status
    assert inbox_files() == []
    assert sent(listener, make_image(), make_image(), make_image()) == [0, 0, 0]


def test_many_small_ones_are_not_one_large_one(
    listening: Listen, make_image: Any, inbox_files: Files
) -> None:
    many = [make_image(PixelData=bytes(20_000), Rows=100, Columns=100) for _ in range(8)]
    assert sent(listening(most_bytes=60_000), *many) == [0] * 8
    assert len(inbox_files()) == 8


def test_a_pdu_that_claims_gigabytes_is_cut_off(listening: Listen, make_image: Any) -> None:
    listener = listening()
    with socket.create_connection(("127.0.0.1", listener.port), timeout=5) as caller:
        caller.sendall(struct.pack(">BBL", 1, 0, 0xFFFFFFFF))
        assert hung_up(caller, 3)
    assert sent(listener, make_image()) == [0]


def test_a_silent_and_a_slow_caller_are_cut_off(listening: Listen, make_image: Any) -> None:
    listener = listening(timeout_s=0.5)
    silent = socket.create_connection(("127.0.0.1", listener.port), timeout=5)
    slow = socket.create_connection(("127.0.0.1", listener.port), timeout=5)
    with silent, slow:
        slow.sendall(struct.pack(">BBL", 1, 0, 300))
        for _ in range(6):
            time.sleep(0.15)
            try:
                slow.sendall(b"x")
            except OSError:
                break
        assert hung_up(slow, 60)
        assert hung_up(silent, 60)
    assert sent(listener, make_image()) == [0]


def hung_up(caller: socket.socket, within_s: float) -> bool:
    caller.settimeout(within_s)
    try:
        while content := caller.recv(1024):
            if content[0] == 7:  # A-ABORT
                return True
    except TimeoutError:
        return False
    except OSError:
        return True
    return True


def _sent_at_last(listener: Listener, dataset: Dataset) -> list[int | None]:
    """Sent by a caller who tries again while the places of others are not yet free."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        with association(listener) as made:
            if made.is_established:
                return [getattr(made.send_c_store(dataset), "Status", None)]
        time.sleep(0.1)
    return []


def test_a_flood_of_connections_is_held_off(listening: Listen, make_image: Any, inbox_files: Files) -> None:
    listener = listening(most_associations=2, timeout_s=1.0)
    flood = []
    for _ in range(150):
        try:
            flood.append(socket.create_connection(("127.0.0.1", listener.port), timeout=5))
        except OSError:
            break
        assert len(listener._server.active_associations) <= 4
    for caller in flood:
        caller.close()
    assert _sent_at_last(listener, make_image()) == [0]


def test_more_associations_than_allowed_are_rejected(listening: Listen) -> None:
    listener = listening(most_associations=1)
    with association(listener) as one:
        assert one.is_established
        with association(listener) as other:
            assert other.is_rejected


def test_only_known_callers_who_know_our_title(listening: Listen) -> None:
    listener = listening(callers=("KNOWN",))
    for caller, called, welcome in (
        ("KNOWN", "THIRDEYE", True), ("STRANGER", "THIRDEYE", False), ("KNOWN", "OTHER", False),
    ):  # fmt: skip
        with association(listener, caller=caller, called=called) as made:
            assert made.is_established is welcome


def test_a_port_that_is_taken_is_said(listening: Listen, tmp_path: Path) -> None:
    taken = listening().port
    with pytest.raises(StageFailed, match=f"port {taken}"):
        Listener(Inbox(tmp_path / "other"), Listening(port=taken))


def test_a_title_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="application entity title"):
        Listener(Inbox(tmp_path / "inbox"), Listening(port=0, title="A TITLE THAT IS TOO LONG"))


def test_a_callback_that_fails_changes_nothing_for_the_sender(
    listening: Listen, make_image: Any, inbox_files: Files, tmp_path: Path
) -> None:
    def broken(received: Received) -> None:
        raise RuntimeError(MARKER)

    assert sent(listening(Inbox(tmp_path / "inbox", broken)), make_image()) == [0]
    assert len(inbox_files()) == 1
    assert journal(tmp_path)[-1]["handed_on"] is False


def test_a_full_disk_is_said_to_the_sender(
    listening: Listen, make_image: Any, inbox_files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("thirdeye.dicom.network.inbox.write_whole", full)
    listener = listening()
    source = make_image()
    assert sent(listener, source) == [0xA700]
    monkeypatch.undo()
    assert sent(listener, source) == [0]
    assert len(inbox_files()) == 1


def test_a_preamble_that_is_a_program_is_zeroed(tmp_path: Path, write_image: Any) -> None:
    path = write_image()
    content = b"MZ" + b"\x90" * 126 + path.read_bytes()[128:]
    inbox = Inbox(tmp_path / "inbox")
    received = inbox.keep(content)
    assert (inbox.folder / received.file).read_bytes()[:128] == bytes(128)


@pytest.mark.parametrize("program", ["storescu", "dcmsend"])
def test_dcmtk_sends(listening: Listen, write_image: Any, inbox_files: Files, program: str) -> None:
    if shutil.which(program) is None:
        pytest.skip(f"needs {program}: apt-get install dcmtk")
    path, port = write_image(), str(listening().port)
    command = [program, "-aet", "DCMTK", "-aec", "THIRDEYE", "127.0.0.1", port, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    (kept,) = inbox_files()
    assert pydicom.dcmread(kept) == pydicom.dcmread(path)


def test_dcmtk_echoes(listening: Listen) -> None:
    if shutil.which("echoscu") is None:
        pytest.skip("needs echoscu: apt-get install dcmtk")
    command = ["echoscu", "-aec", "THIRDEYE", "127.0.0.1", str(listening().port)]
    assert subprocess.run(command, capture_output=True, timeout=30, check=False).returncode == 0
