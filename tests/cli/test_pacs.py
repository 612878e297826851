"""``thirdeye pacs`` and ``thirdeye read --dicom`` as a person uses them."""

from __future__ import annotations

import gc
import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from click.testing import CliRunner
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from thirdeye.cli.main import program
from thirdeye.dicom.network.inbox import Inbox
from thirdeye.dicom.network.listener import Listener, Listening

MARKER = "ZZMARKERZZ"


def write(path: Path, **more: Any) -> Path:
    made = Dataset()
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made.SOPClassUID, made.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.1", generate_uid()
    made.StudyInstanceUID, made.SeriesInstanceUID = generate_uid(), generate_uid()
    made.PatientName, made.PatientID, made.Modality = f"{MARKER}^X", f"{MARKER}1", "CR"
    made.Rows, made.Columns, made.SamplesPerPixel, made.PhotometricInterpretation = 40, 40, 1, "MONOCHROME2"
    made.BitsAllocated, made.BitsStored, made.HighBit, made.PixelRepresentation = 16, 8, 7, 0
    pixels = np.random.default_rng(0).normal(90, 25, (40, 40)).clip(0, 255)
    made.PixelData = pixels.astype("<u2").tobytes()
    for keyword, value in more.items():
        setattr(made, keyword, value)
    made.save_as(path, enforce_file_format=True)
    return path


def run(*arguments: object) -> Any:
    return CliRunner().invoke(program, [str(one) for one in arguments])


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # pynetdicom leaves it open
def test_send_queues_while_the_archive_is_down_and_sends_when_it_is_up(tmp_path: Path) -> None:
    source, outbox = write(tmp_path / "a.dcm"), tmp_path / "outbox"
    with Listener(Inbox(tmp_path / "first"), Listening(port=0)) as listener:
        port = listener.port
    node = f"THIRDEYE@127.0.0.1:{port}"
    done = run("pacs", "send", source, "--to", node, "--outbox", outbox, "--timeout", "2")
    assert done.exit_code == 1
    assert "not sent yet" in str(done.exception)
    assert "queued" in done.output
    del done
    gc.collect()
    with Listener(Inbox(tmp_path / "inbox"), Listening(port=port)):
        done = run("pacs", "outbox", "--outbox", outbox, "--send", "--now", "--json")
        assert [item["state"] for item in json.loads(done.output)] == ["sent"]
        assert run("pacs", "echo", node).output.strip() == f"{node} answers"
    (kept,) = (tmp_path / "inbox").rglob("*.dcm")
    assert pydicom.dcmread(kept) == pydicom.dcmread(source)
    said = done.output + " ".join(path.name for path in outbox.iterdir())
    assert MARKER not in said


def test_send_refuses_what_is_no_dicom(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("hello")
    done = run("pacs", "send", tmp_path / "a.txt", "--to", "A@127.0.0.1:1", "--outbox", tmp_path / "o")
    assert "is no DICOM file" in str(done.exception)


@pytest.mark.parametrize("node", ["", "A@", "A@h:0", "A@h:99999", "TITLE THAT IS TOO LONG@h:1", "ftp://x/"])
def test_a_node_that_is_none_is_refused(tmp_path: Path, node: str) -> None:
    done = run("pacs", "send", write(tmp_path / "a.dcm"), "--to", node, "--outbox", tmp_path / "o")
    assert done.exit_code != 0
    assert type(done.exception).__name__ == "UsageError"


def test_a_pull_of_everything_is_refused(tmp_path: Path) -> None:
    done = run("pacs", "pull", "--from", "A@127.0.0.1:1", "--into", tmp_path / "in")
    assert "name what to fetch" in str(done.exception)


def test_listen_takes_what_comes_until_it_is_ended(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from thirdeye.cli.main import main; main()", "pacs", "listen"]
    listener = subprocess.Popen(
        [*command, str(tmp_path / "in"), "--port", "0"],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert listener.stderr is not None
        port = listener.stderr.readline().split(" port ")[1].split(";")[0]
        node = f"THIRDEYE@127.0.0.1:{port}"
        source = write(tmp_path / "a.dcm")
        done = run("pacs", "send", source, "--to", node, "--outbox", tmp_path / "o")
        assert done.exit_code == 0, done.output
        time.sleep(0.2)
    finally:
        listener.send_signal(signal.SIGINT)
        out, err = listener.communicate(timeout=240)
    assert listener.returncode == 130
    assert "CR from THIRDEYE" in out
    assert MARKER not in out + err
    assert len(list((tmp_path / "in").rglob("*.dcm"))) == 1


def test_read_writes_dicom(finished: Path, tmp_path: Path) -> None:
    source, png = write(tmp_path / "a.dcm"), finished / "data" / "images" / "case 00.png"
    done = run("read", finished / "study", source, png, "--dicom", tmp_path / "out", "--json")
    assert done.exit_code == 0, done.output
    first, second = map(json.loads, done.output.splitlines())
    assert first["dicom"] == ["0001_binary.report.dcm", "0001_binary.picture.dcm", "0001_binary.document.dcm"]
    assert second["dicom"] == []
    study = pydicom.dcmread(source).StudyInstanceUID
    assert {pydicom.dcmread(path).StudyInstanceUID for path in (tmp_path / "out").iterdir()} == {study}
    words = run("read", finished / "study", source, png, "--dicom", tmp_path / "out").output
    assert "DICOM in" in words
    assert "no DICOM written: case 00.png is no DICOM image" in words
