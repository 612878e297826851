"""A folder of everything people have: what is written, what waits, what is left out, and where."""

from __future__ import annotations

import hashlib
import json
import stat
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest
from PIL import Image, PngImagePlugin
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

from thirdeye.errors import UsageError
from thirdeye.journey.deidentifying import deidentify
from thirdeye.training.event import Event


def write_ct(path: Path, patient: str, number: int, **more: object) -> None:
    meta = FileMetaDataset()
    meta.TransferSyntaxUID, meta.MediaStorageSOPClassUID = ExplicitVRLittleEndian, CTImageStorage
    meta.MediaStorageSOPInstanceUID = f"1.2.3.{number}"
    made = FileDataset("", Dataset(), file_meta=meta, preamble=bytes(128))
    made.SOPClassUID, made.SOPInstanceUID = CTImageStorage, f"1.2.3.{number}"
    made.StudyInstanceUID, made.SeriesInstanceUID = f"1.2.4.{patient[-1]}", f"1.2.5.{patient[-1]}"
    made.PatientID, made.PatientName, made.StudyDate, made.Modality = patient, "Doe^Jane", "20200131", "CT"
    made.Rows = made.Columns = 8
    made.SamplesPerPixel, made.PhotometricInterpretation, made.PixelRepresentation = 1, "MONOCHROME2", 0
    made.BitsAllocated = made.BitsStored = 16
    made.HighBit, made.PixelData = 15, bytes(128)
    for name, value in more.items():
        setattr(made, name, value)
    path.parent.mkdir(parents=True, exist_ok=True)
    made.save_as(path, enforce_file_format=True)


@pytest.fixture
def ward(tmp_path: Path) -> Path:
    """Two patients in DICOM, a screenshot, a picture with a text chunk, a table, a damaged file."""
    folder = tmp_path / "ward"
    write_ct(folder / "Doe_Jane" / "1.dcm", "MRN-771231", 1)
    write_ct(folder / "Doe_Jane" / "2.dcm", "MRN-771231", 2)
    write_ct(folder / "Doe_Jane" / "copy of 2.dcm", "MRN-771231", 2)
    write_ct(folder / "Roe" / "3.dcm", "MRN-771232", 3)
    write_ct(
        folder / "Roe" / "screen.dcm", "MRN-771232", 4, ImageType=["DERIVED", "SECONDARY", "SCREEN SAVE"]
    )
    note = PngImagePlugin.PngInfo()
    note.add_text("Comment", "Jane Doe, MRN-771231")
    Image.fromarray(np.arange(256, dtype=np.uint8).reshape(16, 16)).save(folder / "Jane.png", pnginfo=note)
    (folder / "labels.csv").write_text("image,label,patient\nJane.png,sick,Jane Doe\n")
    (folder / "broken.dcm").write_bytes(bytes(128) + b"DICM" + b"\x02\x00\x10\x00UI\xff\xff1.2")
    return folder


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_everything_has_its_place_and_nothing_identifies(ward: Path, tmp_path: Path) -> None:
    before = hashes(ward)
    done = deidentify(ward, tmp_path / "out", look="suspect")
    assert hashes(ward) == before
    assert done.report["counts"] == {"written": 3, "repeated": 1, "quarantined": 2, "left_out": 2}
    assert done.report["patients"] == 2
    out = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    waiting = [path for path in done.quarantine.rglob("*") if path.is_file()]
    assert len(out) == 3 + 2
    assert len(waiting) == 2
    for path in (*out, *waiting):
        content = path.read_bytes().lower() + str(path.relative_to(tmp_path)).lower().encode()
        for secret in (b"jane", b"doe^", b"roe/", b"mrn-7", b"ward", b"20200131", b"1.2.3.", b"1.2.4."):
            assert secret not in content, (path, secret)


def test_patients_studies_and_series_stay_together(ward: Path, tmp_path: Path) -> None:
    deidentify(ward, tmp_path / "out", look="trust")
    slices = [pydicom.dcmread(path) for path in (tmp_path / "out").rglob("*.dcm")]
    assert len(slices) == 4
    for level in ("PatientID", "StudyInstanceUID", "SeriesInstanceUID"):
        assert len({str(one[level].value) for one in slices}) == 2
    for path in (tmp_path / "out").rglob("*.dcm"):
        one = pydicom.dcmread(path)
        assert path.name == f"{one.SOPInstanceUID}.dcm"
        assert path.parts[-4] == one.PatientID


def test_the_same_key_gives_the_same_copy(ward: Path, tmp_path: Path) -> None:
    first = deidentify(ward, tmp_path / "one", look="suspect", key=tmp_path / "k")
    deidentify(ward, tmp_path / "two", look="suspect", key=tmp_path / "k")
    assert first.key_file == tmp_path / "k"
    assert hashes(tmp_path / "one") == hashes(tmp_path / "two")
    deidentify(ward, tmp_path / "three", look="suspect")
    assert not set(hashes(tmp_path / "three")) & {n for n in hashes(tmp_path / "one") if n.endswith("dcm")}


def test_key_and_links_are_private_and_apart(ward: Path, tmp_path: Path) -> None:
    done = deidentify(ward, tmp_path / "out", look="suspect")
    for path in (done.key_file, done.links):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert (tmp_path / "out") not in path.parents
    links = done.links.read_text().splitlines()
    assert len(links) == 1 + 8
    assert any(line.startswith("Doe_Jane/1.dcm,written,TE-") for line in links)
    assert done.key_file.read_text().split()[-1] not in json.dumps(done.report)


def test_places_that_would_touch_the_original_are_refused(ward: Path, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a").touch()
    for destination, why in (
        (ward / "out", "within each other"),
        (ward, "within each other"),
        (tmp_path, "within each other"),
        (tmp_path / "full", "not an empty folder"),
    ):
        with pytest.raises(UsageError, match=why):
            deidentify(ward, destination)
    with pytest.raises(UsageError, match="the key would lie in 'out'"):
        deidentify(ward, tmp_path / "out", key=tmp_path / "out" / "k")
    with pytest.raises(UsageError, match="the key would lie in 'ward'"):
        deidentify(ward, tmp_path / "out", key=ward / "k")
    assert not (tmp_path / "out").exists()


def test_a_key_that_others_can_read_is_refused_before_anything_is_written(ward: Path, tmp_path: Path) -> None:
    deidentify(ward, tmp_path / "one", look="trust", key=tmp_path / "k")
    (tmp_path / "k").chmod(0o644)
    with pytest.raises(UsageError, match="can be read by others"):
        deidentify(ward, tmp_path / "two", look="trust", key=tmp_path / "k")
    assert not (tmp_path / "two").exists()


def test_a_dry_run_writes_nothing(ward: Path, tmp_path: Path) -> None:
    done = deidentify(ward, tmp_path / "out", dry_run=True)
    assert done.report["kinds"] == {"DICOM": 6, "PNG": 1, "other": 1}
    assert {path.name for path in tmp_path.iterdir()} == {"ward"}


def test_links_out_of_the_source_are_not_followed(ward: Path, tmp_path: Path) -> None:
    write_ct(tmp_path / "elsewhere" / "9.dcm", "MRN-771239", 9)
    (ward / "link.dcm").symlink_to(tmp_path / "elsewhere" / "9.dcm")
    (ward / "more").symlink_to(tmp_path / "elsewhere")
    assert deidentify(ward, tmp_path / "out", look="trust").report["counts"]["written"] == 5


@pytest.mark.slow
def test_every_hostile_file_has_an_outcome(
    repository: Path, tmp_path: Path, make_hostile: Callable[[], Path]
) -> None:
    source = make_hostile()
    done = deidentify(source, tmp_path / "place" / "out", look="suspect")
    assert sum(done.report["counts"].values()) == sum(path.is_file() for path in source.rglob("*"))
    assert {path.name for path in (tmp_path / "place").iterdir()} <= {
        "out", "out-quarantine", "out.key", "out.links.csv",
    }  # fmt: skip
    assert {path.name for path in tmp_path.iterdir()} <= {"place"}
    assert not list(tmp_path.rglob("*.part"))


@pytest.fixture
def make_hostile(repository: Path) -> Callable[[], Path]:
    """The malformed DICOM, pictures and volumes beside the checkout, but the slow gzip bomb."""

    def make() -> Path:
        folder = repository.parent / "shared" / "corpora" / "generated" / "files"
        if not folder.is_dir():
            pytest.skip("needs the malformed files in ../shared/corpora beside the checkout")
        return folder

    return make


def test_an_interrupted_run_is_finished_by_the_same_command(ward: Path, tmp_path: Path) -> None:
    whole = deidentify(ward, tmp_path / "whole", look="suspect", key=tmp_path / "k")

    def hang_up(event: Event) -> None:
        if event.kind == "progress" and (event.done or 0) > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        deidentify(ward, tmp_path / "out", look="suspect", key=tmp_path / "k", tell=hang_up)
    assert not (tmp_path / "out" / "deidentification.json").exists()
    with pytest.raises(UsageError, match="another key or other options"):
        deidentify(ward, tmp_path / "out", look="trust", key=tmp_path / "k")
    done = deidentify(ward, tmp_path / "out", look="suspect", key=tmp_path / "k")
    assert hashes(tmp_path / "out") == hashes(tmp_path / "whole")
    assert hashes(done.quarantine) == hashes(whole.quarantine)
    assert done.report["counts"] == whole.report["counts"]
    with pytest.raises(UsageError, match="not an empty folder"):
        deidentify(ward, tmp_path / "out", look="suspect", key=tmp_path / "k")


def test_quarantine_is_private_and_goes_when_nothing_waits(ward: Path, tmp_path: Path) -> None:
    done = deidentify(ward, tmp_path / "out", look="suspect")
    assert stat.S_IMODE(done.quarantine.stat().st_mode) == 0o700
    assert not deidentify(ward, tmp_path / "more", look="trust").quarantine.exists()
