"""Out of quarantine, as it is or with places blacked out, whatever the compression and the colours."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.pixels import pixel_array

from thirdeye.dicom.deidentify.blank import blank
from thirdeye.errors import UsageError
from thirdeye.journey.deidentifying import deidentify
from thirdeye.journey.releasing import release

BOX = (2, 1, 6, 4)  # columns 2 to 5, rows 1 to 3


def quarantined(tmp_path: Path, name: str = "a.png") -> tuple[Path, Path]:
    """DST, and the one file that waits."""
    (tmp_path / "src").mkdir()
    Image.fromarray(np.full((8, 8), 200, dtype=np.uint8)).save(tmp_path / "src" / name)
    done = deidentify(tmp_path / "src", tmp_path / "out", look="suspect")
    (waiting,) = (path for path in done.quarantine.rglob("*") if path.is_file())
    return tmp_path / "out", waiting


def test_released_as_it_is(tmp_path: Path) -> None:
    out, waiting = quarantined(tmp_path)
    content = waiting.read_bytes()
    done = release(out, [waiting])
    (written,) = out.rglob("*.png")
    assert written.read_bytes() == content
    assert not waiting.exists()
    assert done.report["counts"] == {"written": 1, "quarantined": 0}
    saved = json.loads((out / "deidentification.json").read_text())
    assert saved["files"][0]["looked_at"] == "released as it is"


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.tif"])
def test_pictures_are_blacked_out_and_lose_nothing_else(tmp_path: Path, name: str) -> None:
    out, waiting = quarantined(tmp_path, name)
    before = np.asarray(Image.open(waiting))
    release(out, [waiting], boxes=[BOX])
    (written,) = out.rglob("*.png")
    after = np.asarray(Image.open(written))
    expected = before.copy()
    expected[1:4, 2:6] = 0
    assert np.array_equal(after, expected)


def test_only_what_waits_can_be_released(tmp_path: Path) -> None:
    out, waiting = quarantined(tmp_path)
    with pytest.raises(UsageError, match="not one of the files that wait"):
        release(out, [tmp_path / "src" / "a.png"])
    with pytest.raises(UsageError, match="not written by thirdeye deidentify"):
        release(tmp_path / "src", [waiting])
    assert waiting.exists()


def test_nothing_leaves_unblanked_where_blanking_was_asked_for(tmp_path: Path) -> None:
    out, waiting = quarantined(tmp_path)
    said: list[str] = []
    release(out, blank=True, tell=lambda event: said.append(event.text))
    assert waiting.exists()
    assert any("has no place to black out" in text for text in said)
    assert not list(out.rglob("*.png"))


def test_a_report_that_was_changed_leads_nowhere_else(tmp_path: Path) -> None:
    out, _ = quarantined(tmp_path)
    content = json.loads((out / "deidentification.json").read_text())
    content["files"][0]["written"] = "../src/a.png"
    (out / "deidentification.json").write_text(json.dumps(content))
    with pytest.raises(UsageError, match="outside quarantine"):
        release(out)
    assert (tmp_path / "src" / "a.png").exists()


@pytest.mark.data
@pytest.mark.parametrize(
    "name", ["US1_UNC", "US1_RLE", "US1_J2KR", "XA1_JLSL", "CT1_JPLL", "VL1_RLE", "NM1_UNC"]
)
def test_dicom_is_blacked_out_in_every_frame(shared_data: Path, name: str) -> None:
    found = shared_data / "dicom_transfer_syntaxes" / f"{name}.dcm"
    if not found.is_file():
        pytest.skip(f"{name} is not in this part of the set")
    dataset = pydicom.dcmread(found)
    try:
        before = pixel_array(dataset)
    except RuntimeError:
        pytest.skip("no decoder for this transfer syntax is installed")
    blank(dataset, [BOX])
    after = pixel_array(dataset)
    assert after.shape == before.shape
    colour = before.shape[-1] == 3
    place = (..., slice(1, 4), slice(2, 6), slice(None)) if colour else (..., slice(1, 4), slice(2, 6))
    dark = (
        before.max()
        if dataset.PhotometricInterpretation == "MONOCHROME1"
        else (0 if colour else before.min())
    )
    assert (after[place] == dark).all()
    kept = np.ones(before.shape, dtype=bool)
    kept[place] = False
    assert np.array_equal(after[kept], before[kept])


def test_all_frames_are_blacked_out() -> None:
    from pydicom.data import get_testdata_file

    dataset = pydicom.dcmread(get_testdata_file("SC_rgb_rle_2frame.dcm"))
    before = pixel_array(dataset)
    blank(dataset, [BOX])
    after = pixel_array(dataset)
    assert after.shape[0] == 2
    assert (after[:, 1:4, 2:6] == 0).all()
    assert np.array_equal(after[:, 4:], before[:, 4:])
