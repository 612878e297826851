"""The search for text, where the extra is installed, and what happens where it is not."""

from __future__ import annotations

from pathlib import Path

import matplotlib
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from thirdeye.errors import MissingExtra, UsageError
from thirdeye.intake.deidentify import text_search
from thirdeye.journey.deidentifying import deidentify

needs_model = pytest.mark.skipif(
    not text_search.can_search(), reason="needs the extra 'ocr': pip install 'thirdeye-imaging[ocr]'"
)


def scene(text: str, at: tuple[int, int], size: int = 16) -> np.ndarray:
    """A smooth grey picture of 300 x 400 pixels with a line of text."""
    rows, columns = np.mgrid[:300, :400]
    grey = 60 + 50 * np.sin(rows / 60) * np.cos(columns / 80)
    image = Image.fromarray(grey.astype(np.uint8))
    font = ImageFont.truetype(f"{matplotlib.get_data_path()}/fonts/ttf/DejaVuSans.ttf", size)
    ImageDraw.Draw(image).text(at, text, font=font, fill=255)
    return np.asarray(image)


@needs_model
@pytest.mark.parametrize(("at", "size"), [((20, 10), 14), ((200, 260), 20), ((150, 140), 11)])
def test_text_is_found_where_it_is(at: tuple[int, int], size: int) -> None:
    boxes = text_search.find_text(scene("DOE^JANE 771231", at, size))
    assert len(boxes) >= 1
    left, upper, right, lower = min(boxes, key=lambda box: abs(box[0] - at[0]) + abs(box[1] - at[1]))
    assert left <= at[0] + 3
    assert upper <= at[1] + size // 2 <= lower
    assert right >= at[0] + 6 * size
    assert lower - upper < 3 * size


@needs_model
def test_small_text_is_found_in_a_large_picture() -> None:
    """Reduced as a whole to 1280 pixels, these letters would be 4 pixels high."""
    wide = np.tile(scene("", (0, 0)), (2, 10))
    place = (2610, 310)
    large = wide.copy()
    large[300:600, 2600:3000] = scene("DOE^JANE 771231", (10, 10), 13)
    found = [
        box for box in text_search.find_text(large) if box[0] <= place[0] + 5 and box[2] >= place[0] + 60
    ]
    assert any(box[1] <= place[1] + 8 <= box[3] and box[3] - box[1] < 60 for box in found)


@needs_model
def test_a_picture_without_text_is_not_accused() -> None:
    assert text_search.find_text(scene("", (0, 0))) == ()


@needs_model
def test_text_goes_to_quarantine_with_its_boxes_and_can_be_blacked_out(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    Image.fromarray(scene("DOE^JANE 771231", (20, 10))).save(tmp_path / "src" / "a.png")
    Image.fromarray(scene("", (0, 0))).save(tmp_path / "src" / "b.png")
    done = deidentify(tmp_path / "src", tmp_path / "out", look="search")
    assert done.report["counts"] == {"quarantined": 1, "written": 1}
    drawn = list(done.quarantine.rglob("*.boxes.png"))
    assert len(drawn) == 1
    assert (np.asarray(Image.open(drawn[0])) == (255, 0, 0)).all(axis=-1).any()
    from thirdeye.journey.releasing import release

    release(tmp_path / "out", blank=True)
    assert not [path for path in done.quarantine.rglob("*") if path.is_file()]
    for path in (tmp_path / "out").rglob("*.png"):
        assert text_search.find_text(np.asarray(Image.open(path))) == ()


def test_without_the_extra_pictures_wait_and_a_search_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_search, "_PACKAGE", "no_such_package")
    (tmp_path / "src").mkdir()
    Image.fromarray(scene("", (0, 0))).save(tmp_path / "src" / "a.png")
    with pytest.raises(MissingExtra, match=r"thirdeye-imaging\[ocr\]"):
        deidentify(tmp_path / "src", tmp_path / "out", look="search")
    with pytest.raises(MissingExtra):
        deidentify(tmp_path / "src", tmp_path / "out", options=["clean-pixel-data"])
    assert deidentify(tmp_path / "src", tmp_path / "out").report["counts"] == {"quarantined": 1}


def test_a_search_for_everything_cannot_be_forbidden(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    with pytest.raises(UsageError, match="searches pixels"):
        deidentify(tmp_path / "src", tmp_path / "out", options=["clean-pixel-data"], look="trust")
