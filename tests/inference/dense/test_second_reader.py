"""From a file to label maps, pictures and contours in its own geometry."""

from __future__ import annotations

import gzip
import importlib.util
import json
from collections.abc import Callable
from pathlib import Path

import jsonschema
import nibabel as nib
import numpy as np
import PIL.Image
import pytest

from thirdeye.case.image import Image
from thirdeye.errors import StudyMismatch, UnreadableFile, UsageError
from thirdeye.inference.dense.second_reader import SegmentingReader
from thirdeye.inference.dense.segmented import Segmented
from thirdeye.inference.second_opinion import Failure

_SPEC = importlib.util.spec_from_file_location("dense_conftest", Path(__file__).with_name("conftest.py"))
_MODULE = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_MODULE)
marked, voxels_of = _MODULE.marked, _MODULE.voxels_of
WritePicture = Callable[[str, np.ndarray], Path]
OBLIQUE = np.array([[0, -1.8, 0.3, 12.5], [0.9, 0, 0, -40.25], [0, 0.5, 2.9, 7.125], [0, 0, 0, 1.0]])
TURNED = np.array([[0, -2.0, 0, 12.5], [-0.75, 0, 0, 40.25], [0, 0, 3.0, 7.125], [0, 0, 0, 1.0]])


def read_one(study: Path, path: Path) -> Segmented:
    (found,) = SegmentingReader.load(study, threads=1).read_many([path])
    assert isinstance(found, Segmented), found
    return found


def written(found: Segmented, tmp_path: Path) -> dict[str, Path]:
    folder = tmp_path / "out"
    folder.mkdir(exist_ok=True)
    names = found.write(folder, "case")
    assert sorted(names) == sorted(path.name for path in folder.iterdir())
    return {name.removeprefix("case_"): folder / name for name in names}


def test_a_picture_becomes_labels_regions_and_files(
    picture_study: Path, write_picture: WritePicture, tmp_path: Path, repository: Path
) -> None:
    truth = marked((37, 50))
    found = read_one(picture_study, write_picture("a.png", truth))
    np.testing.assert_array_equal(found.labels, truth)
    sizes = {region.structure: (region.size, region.size_unit) for region in found.opinion.regions}
    assert sizes == {"bright": ((truth == 1).sum(), "px"), "dark": ((truth == 2).sum(), "px")}
    files = written(found, tmp_path)
    assert set(files) == {"labels.png", "marked.png", "contours.json"}
    stored = PIL.Image.open(files["labels.png"])
    assert stored.mode == "P"
    np.testing.assert_array_equal(np.asarray(stored), truth)
    assert len(stored.convert("RGB").getcolors()) == 3
    with PIL.Image.open(files["marked.png"]) as drawn:
        assert drawn.width >= 320
    schema = json.loads((repository / "src/thirdeye/case/schema/opinion.json").read_text())
    jsonschema.validate(json.loads(json.dumps(found.opinion.as_json())), schema)


@pytest.mark.parametrize("affine", [np.diag([1.0, 1, 2, 1]), TURNED], ids=["straight", "turned"])
@pytest.mark.parametrize("forms", [(2, 1), (0, 4), (3, 0), (0, 0)], ids=str)
@pytest.mark.parametrize("kind", [nib.Nifti1Image, nib.Nifti2Image])
def test_the_label_map_lies_on_the_voxels_of_its_file(
    volume_study: Path, tmp_path: Path, affine: np.ndarray, forms: tuple[int, int], kind: type
) -> None:
    truth = marked((20, 18, 9))
    image = kind(voxels_of(truth), affine)
    image.header.set_xyzt_units("mm")
    image.set_sform(affine, code=forms[0])
    image.set_qform(affine, code=forms[1])
    image.header["descrip"] = b"Jane Doe"
    path = tmp_path / "scan.nii.gz"
    image.to_filename(path)
    found = read_one(volume_study, path)
    np.testing.assert_array_equal(found.labels, truth)
    file = written(found, tmp_path)["labels.nii.gz"]
    result, given = nib.load(file), nib.load(path)
    assert type(result) is kind
    assert result.get_data_dtype() == np.uint8
    np.testing.assert_array_equal(np.asarray(result.dataobj), truth)
    np.testing.assert_array_equal(result.affine, given.affine)
    for form in ("get_sform", "get_qform"):
        (theirs, code), (ours, our_code) = (getattr(one, form)(coded=True) for one in (given, result))
        assert code == our_code
        np.testing.assert_array_equal(theirs, ours)
    np.testing.assert_array_equal(result.header.get_zooms(), given.header.get_zooms())
    assert result.header.get_xyzt_units() == given.header.get_xyzt_units()
    assert b"Jane" in gzip.decompress(path.read_bytes())
    assert b"Jane" not in gzip.decompress(file.read_bytes())


def test_an_oblique_volume_keeps_its_angle(volume_study: Path, tmp_path: Path) -> None:
    truth = marked((14, 20, 8))
    path = tmp_path / "oblique.nii"
    nib.Nifti1Image(voxels_of(truth), OBLIQUE).to_filename(path)
    result = nib.load(written(read_one(volume_study, path), tmp_path)["labels.nii.gz"])
    np.testing.assert_array_equal(result.affine, nib.load(path).affine)
    np.testing.assert_array_equal(np.asarray(result.dataobj), truth)


@pytest.mark.parametrize("order", ["<", ">"])
def test_pairs_and_either_byte_order(volume_study: Path, tmp_path: Path, order: str) -> None:
    truth = marked((12, 10, 6))
    header = nib.nifti1.Nifti1PairHeader(endianness=order)
    header.set_data_dtype(np.int16)
    header.set_data_shape(truth.shape)
    header.set_sform(TURNED, 1)
    image = nib.Nifti1Pair(voxels_of(truth), TURNED, header)
    path = tmp_path / "pair.hdr"
    image.to_filename(path)
    result = nib.load(written(read_one(volume_study, path), tmp_path)["labels.nii.gz"])
    np.testing.assert_array_equal(result.affine, nib.load(path).affine)
    np.testing.assert_array_equal(np.asarray(result.dataobj), truth)


@pytest.mark.parametrize("shape", [(16, 12, 7, 1), (16, 12, 1), (16, 12)], ids=str)
def test_axes_of_one_are_as_in_the_file(volume_study: Path, tmp_path: Path, shape: tuple[int, ...]) -> None:
    truth = marked(shape[:3])
    path = tmp_path / "flat.nii.gz"
    nib.Nifti1Image(voxels_of(truth).reshape(shape), np.diag([1.0, 1, 5, 1])).to_filename(path)
    result = nib.load(written(read_one(volume_study, path), tmp_path)["labels.nii.gz"])
    assert result.shape == shape[:3]
    np.testing.assert_array_equal(np.asarray(result.dataobj), truth)


def test_a_damaged_first_form_is_not_copied(volume_study: Path, tmp_path: Path) -> None:
    """The reader went by the second form; so must whoever opens the result."""
    truth = marked((12, 10, 6))
    path = tmp_path / "scan.nii"
    image = nib.Nifti1Image(voxels_of(truth), TURNED)
    image.set_qform(TURNED, 1)
    image.to_filename(path)
    content = bytearray(path.read_bytes())
    content[280:328] = bytes(48)  # srow: all voxels in one point
    path.write_bytes(content)
    found = read_one(volume_study, path)
    assert "doubtful" in found.opinion.warnings[0]
    result = nib.load(written(found, tmp_path)["labels.nii.gz"])
    np.testing.assert_allclose(result.affine, TURNED, atol=1e-4)


def test_a_dicom_series_becomes_a_nifti_in_its_place(volume_study: Path, tmp_path: Path) -> None:
    from thirdeye.intake.pixels import load
    from thirdeye.intake.to_read import to_read

    _write_series(tmp_path / "scan" / "CT", voxels_of(marked((12, 10, 6))))
    (path,) = to_read([tmp_path / "scan"], volumes=True)
    found = read_one(volume_study, path)
    volume = load(tmp_path / "scan", path.relative_to(tmp_path / "scan").as_posix())
    np.testing.assert_array_equal(found.labels == 1, volume.voxels > 130)
    result = nib.load(written(found, tmp_path)["labels.nii.gz"])
    np.testing.assert_allclose(result.affine, volume.geometry.affine, atol=1e-4)
    assert result.shape == volume.voxels.shape


def _write_series(folder: Path, voxels: np.ndarray) -> None:
    """Slices along the third index, in LPS: the first index runs to the left, the second to the back."""
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

    folder.mkdir(parents=True)
    series = generate_uid()
    for number in range(voxels.shape[2]):
        header = Dataset()
        header.file_meta = FileMetaDataset()
        header.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        header.SOPClassUID = header.file_meta.MediaStorageSOPClassUID = CTImageStorage
        header.SOPInstanceUID = header.file_meta.MediaStorageSOPInstanceUID = generate_uid()
        header.Modality, header.PatientID, header.SeriesInstanceUID = "CT", "P1", series
        header.StudyInstanceUID, header.InstanceNumber = "1.2.3", number
        header.ImageOrientationPatient, header.PixelSpacing = [1, 0, 0, 0, 1, 0], [0.5, 0.5]
        header.ImagePositionPatient = [-3, 4, 10 + 2.5 * number]
        header.RescaleSlope, header.RescaleIntercept = 1, 0
        header.SamplesPerPixel, header.PhotometricInterpretation = 1, "MONOCHROME2"
        header.Rows, header.Columns = voxels.shape[1], voxels.shape[0]
        header.BitsAllocated, header.BitsStored, header.HighBit, header.PixelRepresentation = 16, 16, 15, 1
        header.PixelData = np.ascontiguousarray(voxels[:, :, number].T).astype("<i2").tobytes()
        header.save_as(folder / f"{number}.dcm", enforce_file_format=True)


def test_nothing_found_is_an_answer(picture_study: Path, write_picture: WritePicture, tmp_path: Path) -> None:
    from thirdeye.inference.opinion_text import opinion_text

    found = read_one(picture_study, write_picture("empty.png", np.zeros((30, 20), np.uint8)))
    assert found.opinion.regions == ()
    assert found.opinion.predicted == ""
    assert "nothing was marked: the reader looked for bright and dark" in opinion_text(found.opinion)
    files = written(found, tmp_path)
    assert not np.asarray(PIL.Image.open(files["labels.png"])).any()
    assert json.loads(files["contours.json"].read_text())["contours"] == []


def test_one_structure(one_structure_study: Path, write_picture: WritePicture) -> None:
    truth = marked((30, 30))
    found = read_one(one_structure_study, write_picture("a.png", truth))
    np.testing.assert_array_equal(found.labels, truth == 1)


def test_small_pieces_are_dropped_as_validation_chose(
    picture_study: Path, write_picture: WritePicture
) -> None:
    truth = np.zeros((40, 40), np.uint8)
    truth[5:20, 5:20] = 1
    given = truth.copy()
    given[35, 35] = 1
    np.testing.assert_array_equal(read_one(picture_study, write_picture("a.png", given)).labels, truth)


def test_voxels_that_are_no_numbers_are_told(volume_study: Path, tmp_path: Path) -> None:
    truth = marked((12, 10, 6))
    voxels = voxels_of(truth).astype(np.float32)
    voxels[-1, -1, -2:] = (np.nan, np.inf)
    path = tmp_path / "nan.nii.gz"
    nib.Nifti1Image(voxels, np.eye(4)).to_filename(path)
    found = read_one(volume_study, path)
    assert found.opinion.warnings[0].startswith("2 voxels were no numbers")
    expected = truth.copy()
    expected[-1, -1, -2:] = 2  # 0 is dark here
    np.testing.assert_array_equal(found.labels, expected)


def test_what_cannot_be_read_says_why_and_the_rest_goes_on(
    volume_study: Path, write_picture: WritePicture, tmp_path: Path
) -> None:
    good = tmp_path / "good.nii"
    nib.Nifti1Image(voxels_of(marked((9, 8, 7))), np.eye(4)).to_filename(good)
    several = tmp_path / "several.nii"
    nib.Nifti1Image(np.zeros((9, 8, 7, 2), np.int16), np.eye(4)).to_filename(several)
    flat = nib.Nifti1Image(voxels_of(marked((9, 8, 7))), np.eye(4))
    flat.set_sform(np.diag([1.0, 1, 0, 1]), 1)
    flat.set_qform(None, 0)
    flat.to_filename(tmp_path / "singular.nii")
    (tmp_path / "text.nii").write_text("no")
    paths = [
        write_picture("a.png", marked((9, 9))), good, several, tmp_path / "singular.nii",
        tmp_path / "text.nii", tmp_path / "missing.nii",
    ]  # fmt: skip
    found = list(SegmentingReader.load(volume_study, threads=1).read_many(paths))
    reasons = [one.error if isinstance(one, Failure) else "" for one in found]
    words = ("reads volumes", "", "2 channels or time points", "spacing 0", "NIfTI", "not exist")
    for reason, word in zip(reasons, words, strict=True):
        assert word in reason
        assert bool(word) == bool(reason)
    assert [str(path) for path in paths if path != good] == [
        one.source for one in found if isinstance(one, Failure)
    ]


def test_a_volume_is_no_picture(picture_study: Path, tmp_path: Path) -> None:
    path = tmp_path / "scan.nii"
    nib.Nifti1Image(voxels_of(marked((9, 8, 7))), np.eye(4)).to_filename(path)
    (found,) = SegmentingReader.load(picture_study, threads=1).read_many([path])
    assert isinstance(found, Failure)
    assert "two dimensions" in found.error


def test_an_image_in_memory_without_a_file(picture_study: Path, tmp_path: Path) -> None:
    truth = marked((20, 20))
    image = Image(np.array([128, 230, 20], np.uint8)[truth], 8, "memory", spacing_mm=(0.5, 0.25))
    found = SegmentingReader.load(picture_study, threads=1).read_item(image, "memory")
    first = found.opinion.regions[0]
    assert (first.size, first.size_unit) == (pytest.approx((truth == 1).sum() * 0.125), "mm2")
    with pytest.raises(UnreadableFile, match="not finite"):
        SegmentingReader.load(picture_study, threads=1).read_item(
            Image(np.full((9, 9), np.nan, np.float32), 32, "nan"), "nan"
        )


def test_an_edited_network_is_refused(picture_study: Path) -> None:
    with (picture_study / "model/member_0.onnx").open("ab") as stream:
        stream.write(b"x")
    with pytest.raises(StudyMismatch, match="changed after training"):
        SegmentingReader.load(picture_study)


def test_a_missing_network_and_a_missing_study(picture_study: Path, tmp_path: Path) -> None:
    (picture_study / "model/member_0.onnx").unlink()
    with pytest.raises(StudyMismatch, match="member_0"):
        SegmentingReader.load(picture_study)
    with pytest.raises(UsageError, match="no study folder"):
        SegmentingReader.load(tmp_path / "nowhere")
