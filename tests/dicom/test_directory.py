from __future__ import annotations

from pathlib import Path

import pytest
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MediaStorageDirectoryStorage, generate_uid

from thirdeye.dicom.directory import files_of_directory
from thirdeye.dicom.quiet import quiet_decoders
from thirdeye.errors import UnreadableFile


def write(path: Path, file_ids: list[list[str]]) -> Path:
    """A DICOMDIR with one IMAGE record for each file."""
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = MediaStorageDirectoryStorage
    dataset.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    dataset.DirectoryRecordSequence = []
    with quiet_decoders():  # pydicom warns about names that the standard forbids
        for parts in file_ids:
            record = Dataset()
            record.DirectoryRecordType = "IMAGE"
            record.ReferencedFileID = parts
            dataset.DirectoryRecordSequence.append(record)
        dataset.save_as(path, enforce_file_format=True)
    return path


def test_real_directories() -> None:
    for end in ("", "-implicit", "-bigEnd", "-reordered", "-nopatient"):
        name = f"DICOMDIR{end}"
        found = files_of_directory(Path(str(get_testdata_file(name, download=False))))
        assert len(found.files) == 31 or name == "DICOMDIR-nopatient"
        assert not found.missing


def test_files_outside_the_folder_are_never_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.dcm").write_bytes(b"x")
    folder = tmp_path / "disc"
    (folder / "sub").mkdir(parents=True)
    (folder / "sub" / "a.dcm").write_bytes(b"x")
    (folder / "link").symlink_to(tmp_path)
    path = write(
        folder / "DICOMDIR",
        [
            ["..", "secret.dcm"],
            ["sub", "..", "..", "secret.dcm"],
            ["../secret.dcm"],
            ["/etc", "passwd"],
            ["C:\\x"],
            ["link", "secret.dcm"],
            ["SUB", "A.DCM"],
            ["sub", "gone"],
        ],
    )
    found = files_of_directory(path)
    assert found.files == ("sub/a.dcm",)
    assert found.missing == ("sub/gone",)
    assert found.outside == 6


def test_what_is_no_directory(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="no directory records"):
        files_of_directory(Path(str(get_testdata_file("CT_small.dcm", download=False))))
    (tmp_path / "DICOMDIR").write_bytes(b"\0" * 128 + b"DICM" + b"rubbish")
    with pytest.raises(UnreadableFile):
        files_of_directory(tmp_path / "DICOMDIR")
