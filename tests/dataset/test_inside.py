"""Tables of a study do not lead out of the data."""

from __future__ import annotations

from pathlib import Path

import pytest

from thirdeye.dataset.fields_file import read_fields_csv
from thirdeye.dataset.masks_file import read_masks_csv
from thirdeye.dataset.regions_file import read_regions_csv
from thirdeye.errors import DataRefused, StudyMismatch
from thirdeye.intake.open import open_collection
from thirdeye.intake.reference import is_elsewhere
from thirdeye.intake.structures import Structures

OUTSIDE = ("../secret.png", "a/../../b.png", "/etc/passwd", "C:/x.png", "C:\\x.png", "..\\x.png")
STRUCTURES = Structures(("lump",))


@pytest.mark.parametrize("reference", OUTSIDE)
def test_what_leads_out_is_refused(reference: str, tmp_path: Path) -> None:
    assert is_elsewhere(reference)
    masks, fields, regions = (tmp_path / f"{name}.csv" for name in ("masks", "fields", "regions"))
    masks.write_text(f"image,mask,name,annotator\na.png,{reference},,\n", encoding="utf-8")
    fields.write_text(f"image,field\na.png,{reference}\n", encoding="utf-8")
    head = "image,kind,name,annotator,x_min,y_min,x_max,y_max"
    regions.write_text(f"{head}\n{reference},box,lump,,1,1,2,2\n", encoding="utf-8")
    for read in (
        lambda: read_masks_csv(masks, STRUCTURES),
        lambda: read_fields_csv(fields),
        lambda: read_regions_csv(regions, ("lump",)),
    ):
        with pytest.raises(StudyMismatch, match="outside the data"):
            read()


@pytest.mark.parametrize(
    "reference", ["a..b.png", "masks/a.png", "", "...png", "a/b..c/d.png", "a.dcm#frame=3"]
)
def test_what_stays_inside_is_read(reference: str, tmp_path: Path) -> None:
    path = tmp_path / "masks.csv"
    path.write_text(f"image,mask,name,annotator\na.png,{reference},,\n", encoding="utf-8")
    assert list(read_masks_csv(path, STRUCTURES).rows["mask"]) == [reference]


def test_a_table_that_names_a_mask_outside_its_folder(tmp_path: Path) -> None:
    from PIL import Image

    data = tmp_path / "data"
    data.mkdir()
    for place in (data / "a.png", data / "b.png", data / "a_m.png", tmp_path / "m.png"):
        Image.new("L", (8, 8), 5).save(place)
    (data / "t.csv").write_text("image,mask,patient\na.png,../m.png,1\nb.png,a_m.png,2\n", encoding="utf-8")
    with pytest.raises(DataRefused, match="outside its folder"):
        open_collection(data / "t.csv")
