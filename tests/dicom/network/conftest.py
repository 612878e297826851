"""Instances to send, a listener to send them to, and a real archive (Orthanc) on loopback."""

from __future__ import annotations

import base64
import contextlib
import json
import random
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from thirdeye.dicom.network.inbox import Inbox
from thirdeye.dicom.network.listener import Listener, Listening

CR = "1.2.840.10008.5.1.4.1.1.1"
MARKER = "ZZMARKERZZ"  # in every identity; it may be nowhere else


def image(**attributes: Any) -> Dataset:
    """A small radiograph of a patient whose name and number are planted markers."""
    made = Dataset()
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made.SOPClassUID, made.SOPInstanceUID = CR, generate_uid()
    made.StudyInstanceUID, made.SeriesInstanceUID = generate_uid(), generate_uid()
    made.PatientName, made.PatientID, made.AccessionNumber = f"{MARKER}^NAME", f"{MARKER}7", f"{MARKER}A"
    made.PatientBirthDate, made.PatientSex, made.StudyDate, made.StudyTime = "19500102", "F", "20260102", ""
    made.StudyID, made.ReferringPhysicianName, made.Manufacturer = "", f"{MARKER}^DR", ""
    made.Modality, made.Laterality, made.SeriesNumber, made.InstanceNumber = "CR", "", 1, 1
    made.PatientOrientation, made.BodyPartExamined = ["L", "F"], "CHEST"
    made.Rows, made.Columns, made.SamplesPerPixel, made.PhotometricInterpretation = 16, 16, 1, "MONOCHROME2"
    made.BitsAllocated, made.BitsStored, made.HighBit, made.PixelRepresentation = 16, 12, 11, 0
    made.PixelData = np.arange(256, dtype="<u2").tobytes()
    for keyword, value in attributes.items():
        setattr(made, keyword, value)
    made.file_meta.MediaStorageSOPClassUID = made.SOPClassUID
    made.file_meta.MediaStorageSOPInstanceUID = made.SOPInstanceUID
    return made


@pytest.fixture
def make_image() -> Callable[..., Dataset]:
    return image


@pytest.fixture
def write_image(tmp_path: Path) -> Callable[..., Path]:
    """Write `image` as a file."""

    def write(name: str = "image.dcm", **attributes: Any) -> Path:
        path = tmp_path / name
        image(**attributes).save_as(path, enforce_file_format=True)
        return path

    return write


@pytest.fixture
def listening(tmp_path: Path) -> Iterator[Callable[..., Listener]]:
    """Starts listeners into ``tmp_path/inbox`` on free ports; they are closed in the end."""
    opened: list[Listener] = []

    def start(inbox: Inbox | None = None, **options: Any) -> Listener:
        how = Listening(**{"port": 0, "timeout_s": 5.0, **options})
        opened.append(Listener(inbox or Inbox(tmp_path / "inbox"), how))
        return opened[-1]

    yield start
    for listener in opened:
        listener.close()


@pytest.fixture
def inbox_files(tmp_path: Path) -> Callable[[], list[Path]]:
    """Every file of the inbox but the journal, drafts included."""

    def files() -> list[Path]:
        found = (tmp_path / "inbox").rglob("*")
        return sorted(path for path in found if path.is_file() and path.name != "received.jsonl")

    return files


@dataclass
class Archive:
    """An Orthanc of our own, on loopback, that takes nobody from outside.

    Args:
        place: its folder.
        dicom: port of DICOM.
        http: port of DICOMweb.
        listener: port that it sends to when it is asked for C-MOVE to THIRDEYE.
    """

    place: Path
    dicom: int
    http: int
    listener: int
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        log = (self.place / "log").open("ab")
        self.process = subprocess.Popen([ORTHANC, str(self.place / "orthanc.json")], stdout=log, stderr=log)
        log.close()
        until = time.monotonic() + 20
        while time.monotonic() < until:
            try:
                self.ask("/system")
                return
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.03)
        pytest.fail(f"Orthanc did not start: {(self.place / 'log').read_text()[-800:]}")

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(20)
            self.process = None

    def ask(self, path: str, method: str = "GET") -> Any:
        request = urllib.request.Request(f"http://127.0.0.1:{self.http}{path}", method=method)
        request.add_header("Authorization", "Basic " + base64.b64encode(b"third:eye").decode())
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read() or b"null")

    def send(self, study: str) -> None:
        """Send a study to our listener, as a person at the archive does."""
        url = f"http://127.0.0.1:{self.http}/modalities/third/store"
        request = urllib.request.Request(url, data=study.encode(), method="POST")
        request.add_header("Authorization", "Basic " + base64.b64encode(b"third:eye").decode())
        with urllib.request.urlopen(request, timeout=30) as answer:
            answer.read()

    def file(self, sop_uid: str) -> bytes:
        """What the archive holds of an instance."""
        (key,) = [one for one in self.ask("/instances") if self._uid(one) == sop_uid]
        request = urllib.request.Request(f"http://127.0.0.1:{self.http}/instances/{key}/file")
        request.add_header("Authorization", "Basic " + base64.b64encode(b"third:eye").decode())
        with urllib.request.urlopen(request, timeout=10) as answer:
            return bytes(answer.read())

    def count(self) -> int:
        return len(self.ask("/instances"))

    def clear(self) -> None:
        for patient in self.ask("/patients"):
            self.ask(f"/patients/{patient}", "DELETE")

    def _uid(self, key: str) -> str:
        return str(self.ask(f"/instances/{key}")["MainDicomTags"]["SOPInstanceUID"])


ORTHANC = shutil.which("Orthanc") or "/usr/sbin/Orthanc"
PLUGIN = Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so")


def free_ports(count: int) -> list[int]:
    """Ports that nobody has, below those that the system gives to callers, which could take them again."""
    found: list[int] = []
    while len(found) < count:
        port = random.SystemRandom().randrange(20_000, 32_000)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            found += [] if port in found else [port]
    return found


@pytest.fixture(scope="session")
def running_archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    if not Path(ORTHANC).exists() or not PLUGIN.exists():
        pytest.skip("needs an archive: apt-get install orthanc orthanc-dicomweb")
    place = tmp_path_factory.mktemp("archive")
    dicom, http, listener = free_ports(3)
    settings = {
        "Name": "test", "StorageDirectory": str(place / "store"), "IndexDirectory": str(place / "store"),
        "RemoteAccessAllowed": False, "AuthenticationEnabled": True, "RegisteredUsers": {"third": "eye"},
        "HttpPort": http, "DicomPort": dicom, "DicomAet": "ORTHANC", "DicomCheckCalledAet": True,
        "DicomAlwaysAllowStore": False, "DicomAlwaysAllowEcho": False, "DicomCheckModalityHost": True,
        "Plugins": [str(PLUGIN)], "DicomWeb": {"Enable": True, "Root": "/dicom-web/"},
        "DicomModalities": {"third": ["THIRDEYE", "127.0.0.1", listener]}, "StableAge": 1,
        "HttpServerEnabled": True, "SslEnabled": False, "OverwriteInstances": False,
    }  # fmt: skip
    (place / "orthanc.json").write_text(json.dumps(settings))
    archive = Archive(place, dicom, http, listener)
    archive.start()
    yield archive
    archive.stop()


@pytest.fixture
def archive(running_archive: Archive) -> Archive:
    """The archive, empty and running."""
    if running_archive.process is None:
        running_archive.start()
    running_archive.clear()
    return running_archive
