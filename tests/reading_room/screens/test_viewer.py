"""The viewer in a browser: windows, marks and measures by pointer and by keyboard, drafts, the lock."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian
from sqlalchemy import select

from thirdeye.reading_room.arrivals.take_in import Arrival, take_in
from thirdeye.reading_room.store.tables import READING

pytestmark = pytest.mark.slow


def radiograph(path: Path, rows: int = 80, columns: int = 120) -> Path:
    d = Dataset()
    d.file_meta = FileMetaDataset()
    d.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    d.SOPClassUID = d.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.1.1"
    d.SOPInstanceUID = d.file_meta.MediaStorageSOPInstanceUID = "1.2.3"
    d.Modality, d.PatientID = "DX", "P"
    d.Rows, d.Columns, d.SamplesPerPixel, d.PhotometricInterpretation = rows, columns, 1, "MONOCHROME2"
    d.BitsAllocated, d.BitsStored, d.HighBit, d.PixelRepresentation = 16, 12, 11, 0
    d.PixelSpacing, d.WindowCenter, d.WindowWidth = [0.5, 0.25], 2000, 4000
    d.PixelData = np.full((rows, columns), 2000, np.uint16).tobytes()
    d.save_as(path, enforce_file_format=True)
    return path


@pytest.fixture
def at_the_desk(house: Any, sit_down: Any) -> Any:
    """Opens the reading of a new case with these files: the page, the case."""

    def go(*files: Path, **options: Any) -> tuple[Any, str]:
        case = take_in(house.room, house.study, Arrival(files=files, patient="p", source="upload"))
        page = sit_down(viewport={"width": 1280, "height": 900}, **options)
        csrf = page.input_value("[name=csrf] >> nth=0")
        for step in ("take", "check"):
            page.request.post(f"/cases/{case}/{step}", form={"csrf": csrf}, max_redirects=0)
        page.goto(f"/cases/{case}/read")
        page.wait_for_selector(".view[data-state=ready]")
        return page, case

    return go


def grey(page: Any) -> int:
    """The grey level in the middle of the view."""
    return page.evaluate("""() => { const canvas = document.querySelector('.view canvas');
      return canvas.getContext('2d').getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data[0]; }""")


def marks(page: Any) -> list[dict[str, Any]]:
    return json.loads(page.input_value("#reading [name=marks]"))


def test_the_window_by_keys_pointer_and_choice(at_the_desk, tmp_path) -> None:
    page, _ = at_the_desk(radiograph(tmp_path / "a.dcm"))
    first = grey(page)
    assert first in (127, 128)
    page.focus(".view")
    page.keyboard.press("i")
    assert grey(page) == 255 - first
    page.keyboard.press("i")
    page.keyboard.press("w")
    page.keyboard.press("ArrowDown")  # a higher centre: darker
    darker = grey(page)
    assert darker < first
    box = page.locator(".view").bounding_box()
    page.mouse.move(box["x"] + 300, box["y"] + 300)
    page.mouse.down()
    page.mouse.move(box["x"] + 300, box["y"] + 200, steps=4)
    page.mouse.up()
    assert grey(page) > darker
    assert "Own" in page.locator(".viewer-tools select option:checked").inner_text()
    page.keyboard.press("0")
    assert grey(page) == first


def test_marks_and_measures_by_keyboard_alone(at_the_desk, tmp_path) -> None:
    page, _ = at_the_desk(radiograph(tmp_path / "a.dcm"))
    assert page.evaluate("document.activeElement.className").startswith("view")  # ready for keys at once
    page.keyboard.press("1")
    page.keyboard.press("l")
    page.keyboard.press("Enter")  # the aim appears in the middle
    page.keyboard.press("Enter")
    for _ in range(10):
        page.keyboard.press("ArrowRight")  # 4 pixels of the screen each: 40 / 1 of them, at 0.25 mm
    page.keyboard.press("Enter")
    (length,) = marks(page)
    assert length["kind"] == "length"
    (x, y), (end, same) = length["points"]
    assert (end - x, same - y) == (40, 0)
    assert page.locator("svg.layer text").text_content() == "10.0 mm"
    page.keyboard.press("p")
    page.keyboard.press("Enter")  # where the aim was left
    assert [mark["kind"] for mark in marks(page)] == ["length", "point"]
    page.keyboard.press("Delete")
    assert [mark["kind"] for mark in marks(page)] == ["length"]


def test_marks_by_pointer(at_the_desk, tmp_path) -> None:
    page, _ = at_the_desk(radiograph(tmp_path / "a.dcm"))
    box = page.locator(".view").bounding_box()
    centre = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.focus(".view")
    page.keyboard.press("1")
    page.keyboard.press("b")
    page.mouse.move(centre[0] - 20, centre[1] - 10)
    page.mouse.down()
    page.mouse.move(centre[0] + 20, centre[1] + 10, steps=3)
    page.mouse.up()
    (mark,) = marks(page)
    (left, top), (right, bottom) = mark["points"]
    # rows lie 0.5 mm apart and columns 0.25 mm: a row is two pixels of the screen high
    assert (right - left, bottom - top) == (pytest.approx(40, abs=0.1), pytest.approx(10, abs=0.1))
    page.keyboard.press("o")
    for dx, dy in ((0, 0), (30, 0), (30, 20)):
        page.mouse.click(centre[0] + dx, centre[1] + dy)
    page.keyboard.press("c")
    assert len(marks(page)[1]["points"]) == 3


def test_a_reload_loses_nothing_and_the_lock_asks_first(house, at_the_desk, tmp_path) -> None:
    page, _ = at_the_desk(radiograph(tmp_path / "a.dcm"))
    page.keyboard.press("p")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.fill("#percent", "64")
    page.fill("[name=note]", "left upper field")
    page.locator(".kept", has_text="Draft kept").wait_for()
    page.reload()
    page.wait_for_selector(".view[data-state=ready]")
    assert page.input_value("#percent") == "64"
    assert page.input_value("[name=note]") == "left upper field"
    assert page.locator("svg.layer circle").count() == 1
    page.focus("#percent")
    page.keyboard.press("Enter")
    assert page.locator("dialog .said").inner_text() == "You say: 64 %"
    assert page.evaluate("document.activeElement.value") == "no"  # Enter alone does not lock
    page.keyboard.press("Escape")
    with house.room.database.reading() as connection:
        assert connection.execute(select(READING)).all() == []
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/opinion")
    with house.room.database.reading() as connection:
        kept = connection.execute(select(READING)).one()
    assert (kept.probability, kept.note, len(kept.marks)) == (0.64, "left upper field", 1)


def test_images_that_cannot_be_shown_are_told(at_the_desk, tmp_path) -> None:
    (tmp_path / "b.png").write_bytes(b"no picture")
    page, _ = at_the_desk(radiograph(tmp_path / "a.dcm"), tmp_path / "b.png")
    assert "1 of 2 images" in page.locator("#reading .warning").inner_text()


def test_the_slider_has_no_value_until_it_is_touched(at_the_desk, tmp_path) -> None:
    page, _ = at_the_desk(radiograph(tmp_path / "a.dcm"))
    slider = page.locator("#reading input[type=range]")
    assert "unset" in slider.get_attribute("class")
    page.click("#reading button.main")
    assert not page.locator("dialog").is_visible()  # the number is still missing
    box = slider.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.5, box["y"] + box["height"] / 2)
    assert "unset" not in slider.get_attribute("class")
    assert abs(int(page.input_value("#percent")) - 50) <= 2


def test_three_planes_meet_in_one_place(at_the_desk, tmp_path) -> None:
    path = tmp_path / "a.nii.gz"
    voxels = np.zeros((20, 24, 28), np.int16)
    voxels[5, 6, 7] = 1000
    nibabel.save(nibabel.Nifti1Image(voxels, np.diag([1, 1, 2, 1])), path)
    page, _ = at_the_desk(path)
    page.keyboard.press("q")
    page.wait_for_function("() => document.querySelectorAll('.view[data-state=ready]').length === 3")
    page.keyboard.press("?")  # keys go on working in the new views
    assert page.locator("dialog[open] p").count() > 5
    page.keyboard.press("Escape")
    said = [page.locator(".view .corner.top").nth(at).inner_text().split() for at in range(3)]
    assert [one[0] for one in said] == ["Axial", "Coronal", "Sagittal"]
    assert [one[1:] for one in said] == [["15", "/", "28"], ["13", "/", "24"], ["11", "/", "20"]]
    sides = [page.locator(".view").nth(at).locator(".corner.side").all_inner_texts() for at in range(3)]
    assert sides == [["A", "L", "P", "R"], ["S", "L", "I", "R"], ["S", "P", "I", "A"]]
    page.focus(".view >> nth=0")
    for _ in range(7):
        page.keyboard.press("PageUp")
    box = page.locator(".view").nth(0).bounding_box()
    zoom = min(box["width"] / 20, box["height"] / 24)
    at = box["x"] + box["width"] / 2 + (10 - 5.5) * zoom, box["y"] + box["height"] / 2 + (12 - 6.5) * zoom
    page.mouse.click(*at)  # the bright voxel: left of the middle of the patient is right of the picture
    tops = page.locator(".view .corner.top").all_inner_texts()
    assert [int(text.split()[1]) for text in tops] == [8, 7, 6]


def test_what_three_dimensions_are_made_of_lies_as_it_did(sit_down, tmp_path) -> None:
    page = sit_down(None)
    page.goto("/sign-in")
    for code in ("RAS", "LPS", "PIR"):
        check_nifti(page, tmp_path / f"{code}.nii", code)
    check_sides(page)


def check_sides(page: Any) -> None:
    """The letters of a chest radiograph, as it is and mirrored; none where nothing is known."""
    found = page.evaluate(
        """async () => { const { letters, usual } = await import('/static/viewer/sides.js');
        return [letters("LI", { flip: false, quarters: 0 }), letters("LI", { flip: true, quarters: 0 }),
            letters("", { flip: false, quarters: 0 }), usual("LI")]; }"""
    )
    assert found == [
        {"e": "L", "w": "R", "s": "I", "n": "S"}, {"e": "R", "w": "L", "s": "I", "n": "S"}, None,
        {"flip": False, "quarters": 0},
    ]  # fmt: skip


def check_nifti(page: Any, path: Path, code: str) -> None:
    made = page.evaluate(
        """async (code) => { const { nifti } = await import('/static/viewer/solid.js');
        const values = Uint16Array.from({ length: 24 }, (_, at) => 65530 + at);
        const base = { signed: true, slope: 2, intercept: 1 };
        const file = nifti({ values, size: [2, 3, 4], base }, { code, spacing_mm: [1, 2, 3] });
        return [...new Uint8Array(file)]; }""",
        code,
    )
    path.write_bytes(bytes(made))
    image = nibabel.load(path)
    raw = (65530 + np.arange(24)).astype(np.uint16).view(np.int16)
    assert (np.asarray(image.dataobj) == (2.0 * raw + 1).reshape((2, 3, 4), order="F")).all()
    assert "".join(nibabel.aff2axcodes(image.affine)) == code
    assert np.linalg.norm(image.affine[:3, :3], axis=0).tolist() == [1, 2, 3]
