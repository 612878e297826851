"""Sending and fetching, against a real archive."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pydicom
import pytest
from pydicom.uid import generate_uid

from thirdeye.dicom.network.entity import Unreachable, echo
from thirdeye.dicom.network.inbox import Inbox
from thirdeye.dicom.network.move import get_study, move_study
from thirdeye.dicom.network.peer import Peer
from thirdeye.dicom.network.query import Wanted, find_studies
from thirdeye.dicom.network.store import send_files
from thirdeye.errors import StageFailed, UsageError

CR = "1.2.840.10008.5.1.4.1.1.1"


@pytest.fixture
def peer(archive: Any) -> Peer:
    return Peer("127.0.0.1", archive.dicom, "ORTHANC", timeout_s=10)


def states(found: Any) -> list[str]:
    return [one.state for one in found]


def test_what_is_sent_comes_back_by_move_and_by_get(
    archive: Any, peer: Peer, write_image: Any, listening: Any, inbox_files: Any, tmp_path: Path
) -> None:
    path = write_image()
    source = pydicom.dcmread(path)
    echo(peer)
    assert states(send_files(peer, [path])) == ["sent"]
    assert states(send_files(peer, [path])) == ["sent"]  # the same twice is one
    assert archive.count() == 1
    (study,) = find_studies(peer, Wanted(patient=str(source.PatientID)))
    assert (study.study_uid, study.images) == (source.StudyInstanceUID, 1)
    listening(port=archive.listener)
    assert move_study(peer, study.study_uid, "THIRDEYE").completed == 1
    (kept,) = inbox_files()
    assert pydicom.dcmread(kept) == source
    other = Inbox(tmp_path / "got")
    assert get_study(peer, study.study_uid, other, (CR,)).completed == 1
    (kept,) = (tmp_path / "got").rglob("*.dcm")
    assert pydicom.dcmread(kept) == source


def test_a_search_finds_what_fits_and_nothing_else(archive: Any, peer: Peer, write_image: Any) -> None:
    one, other = (
        write_image("a.dcm"),
        write_image("b.dcm", PatientID="B", AccessionNumber="AB", StudyDate="20260203"),
    )
    assert states(send_files(peer, [one, other])) == ["sent", "sent"]
    uid = str(pydicom.dcmread(other).StudyInstanceUID)
    for wanted in (
        Wanted(patient="B"), Wanted(accession="AB"), Wanted(study=uid), Wanted(date="20260203"),
        Wanted(date="20260202-20260204", modality="CR"),
    ):  # fmt: skip
        assert [found.study_uid for found in find_studies(peer, wanted)] == [uid]
    assert find_studies(peer, Wanted(patient="NOBODY")) == []
    with pytest.raises(StageFailed, match="narrower"):
        find_studies(peer, Wanted(date="20260101-"), most=1)


@pytest.mark.parametrize(
    "asked",
    [{}, {"patient": "A*"}, {"patient": "?"}, {"study": "../1"}, {"date": "today"}, {"accession": "a\\b"}],
)
def test_a_search_that_would_find_others_is_refused(asked: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        Wanted(**asked)


def test_the_wanted_patient_is_never_shown() -> None:
    assert "SECRET" not in repr(Wanted(patient="SECRET", accession="SECRET"))


def test_a_bad_file_does_not_hold_up_the_others(
    archive: Any, peer: Peer, write_image: Any, tmp_path: Path
) -> None:
    good = write_image("a.dcm"), write_image("c.dcm")
    bad = tmp_path / "b.dcm"
    bad.write_bytes(good[0].read_bytes()[:150] + b"\xff" * 90)
    text = tmp_path / "t.dcm"
    text.write_text("hello")
    assert states(send_files(peer, [good[0], bad, text, good[1]])).count("sent") == 2
    assert archive.count() == 2


def test_an_archive_that_goes_silent_is_left_and_called_again(
    listening: Any, write_image: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = Inbox(tmp_path / "inbox")
    keep, seen, awake = inbox.keep, [], threading.Event()

    def silent_once(*content: Any, **more: Any) -> Any:
        seen.append(1)
        if len(seen) == 1:
            awake.wait(30)
        return keep(*content, **more)

    monkeypatch.setattr(inbox, "keep", silent_once)
    peer = Peer("127.0.0.1", listening(inbox).port, "THIRDEYE", timeout_s=2)
    found = list(send_files(peer, [write_image("a.dcm"), write_image("b.dcm")]))
    awake.set()
    assert states(found) == ["failed", "sent"]
    assert "no answer in time" in found[0].reason


def test_a_refusal_is_final_and_a_full_disk_is_not(
    listening: Any, write_image: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listener = listening()
    peer = Peer("127.0.0.1", listener.port, "THIRDEYE", timeout_s=5)
    refused = write_image("a.dcm", PatientID="../../x")
    assert states(send_files(peer, [refused])) == ["refused"]

    def full(path: Path, content: bytes) -> None:
        raise OSError(28, "full")

    monkeypatch.setattr("thirdeye.dicom.network.inbox.write_whole", full)
    assert states(send_files(peer, [write_image("b.dcm")])) == ["failed"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # pynetdicom leaves it open
def test_an_archive_that_is_down_is_said_without_a_name(write_image: Any) -> None:
    peer = Peer("127.0.0.1", 1, timeout_s=2)
    (found,) = send_files(peer, [write_image()])
    assert found.state == "failed"
    assert "does not answer" in found.reason
    with pytest.raises(Unreachable):
        echo(peer)
    gc.collect()


def test_a_title_that_the_archive_does_not_know_is_said(archive: Any, write_image: Any) -> None:
    (found,) = send_files(Peer("127.0.0.1", archive.dicom, "WRONG", timeout_s=5), [write_image()])
    assert found.state == "failed"
    assert "declined" in found.reason


def test_a_destination_that_the_archive_does_not_know_is_said(
    archive: Any, peer: Peer, write_image: Any
) -> None:
    path = write_image()
    list(send_files(peer, [path]))
    with pytest.raises(StageFailed, match=r"does not know|could not send"):
        move_study(peer, str(pydicom.dcmread(path).StudyInstanceUID), "NOWHERE")


@pytest.mark.slow
def test_many_kinds_go_over_several_associations(
    listening: Any, write_image: Any, inbox_files: Callable[[], list[Path]]
) -> None:
    from pynetdicom import AllStoragePresentationContexts

    kinds = [context.abstract_syntax for context in AllStoragePresentationContexts][:130]
    files = [
        write_image(f"{at}.dcm", SOPClassUID=kind, SOPInstanceUID=generate_uid())
        for at, kind in enumerate(kinds)
    ]
    peer = Peer("127.0.0.1", listening().port, "THIRDEYE", timeout_s=10)
    assert states(send_files(peer, files)) == ["sent"] * 130
    assert len(inbox_files()) == 130
