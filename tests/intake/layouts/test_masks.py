"""Images with masks: which file belongs to which, whose it is, and of what."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from thirdeye.errors import DataRefused
from thirdeye.intake.mask_pairs import pair_masks
from thirdeye.intake.open import open_collection


def pairs(*files: str) -> list[list[str]]:
    return pair_masks(files).masks.to_numpy().tolist()


@pytest.mark.parametrize(
    ("image", "mask", "name", "annotator"),
    [
        ("images/a.jpg", "masks/a.png", "", ""),
        ("a.jpg", "a_mask.png", "", ""),
        ("ISIC_001.jpg", "ISIC_001_segmentation.png", "", ""),
        ("img001.png", "gt001.png", "", ""),
        ("images/img_1.png", "labels/mask_1.png", "", ""),
        ("images/1.png", "masks/liver/1.png", "liver", ""),
        ("images/1.png", "liver_masks/1.png", "liver", ""),
        ("images/1.png", "masks/1_liver.png", "liver", ""),
        ("JPEGImages/2007_1.jpg", "SegmentationClass/2007_1.png", "", ""),
        ("test/images/01_test.png", "test/1st_manual/01_manual1.gif", "", "1"),
        ("test/images/01_test.png", "test/2nd_manual/01_manual2.gif", "", "2"),
        ("Image_01L.jpg", "Image_01L_2ndHO.png", "", "2"),
        ("images/1.png", "reader_2/1.png", "", "2"),
        ("train_images/1.png", "train_masks/1.png", "", ""),
        ("p1/p1_3.tif", "p1/p1_3_mask.tif", "", ""),
        (
            "1. Original Images/a. Training Set/IDRiD_01.jpg",
            "2. All Segmentation Groundtruths/a. Training Set/1. Microaneurysms/IDRiD_01_MA.tif",
            "Microaneurysms",
            "",
        ),
    ],
)
def test_names_that_people_give(image: str, mask: str, name: str, annotator: str) -> None:
    assert pairs(image, mask) == [[image, mask, name, annotator]]


def test_a_mask_belongs_to_the_image_of_its_own_part() -> None:
    found = pairs("train/images/1.png", "train/labels/1.png", "val/images/1.png", "val/labels/1.png")
    assert [row[:2] for row in found] == [
        ["train/images/1.png", "train/labels/1.png"],
        ["val/images/1.png", "val/labels/1.png"],
    ]


def test_several_masks_of_one_image() -> None:
    found = pair_masks(["x/benign (1).png", "x/benign (1)_mask.png", "x/benign (1)_mask_1.png"])
    assert list(found.masks["image"]) == ["x/benign (1).png"] * 2
    assert len(found.images) == 1


def test_lone_masks_are_not_images() -> None:
    found = pair_masks(["images/1.png", "masks/1.png", "masks/2.png"])
    assert found.lonely == ("masks/2.png",)
    assert [image.file for image in found.images] == ["images/1.png"]


def test_an_image_only_called_like_a_mask_stays_an_image() -> None:
    found = pair_masks(["images/1.png", "images/face_mask.png", "masks/1.png"])
    assert [image.file for image in found.images] == ["images/1.png", "images/face_mask.png"]


def test_beside_drawn_structures_a_folder_called_mask_is_the_field_of_view() -> None:
    found = pair_masks(["images/1.png", "1st_manual/1_manual1.gif", "mask/1_mask.gif"])
    assert found.viewing_fields == ("mask/1_mask.gif",)
    assert len(found.masks) == 1


def test_layout_is_recognised(write_images: Callable[..., Path]) -> None:
    collection = open_collection(write_images("images/1.png", "images/2.png", "images/3.png", "masks/1.png",
                                              "masks/2.png", "masks/9.png"))  # fmt: skip
    assert (collection.layout, collection.task) == ("masks", "segmentation")
    assert list(collection.rows["image"]) == ["images/1.png", "images/2.png", "images/3.png"]
    assert dict(zip(collection.masks["image"], collection.masks["mask"], strict=True)) == {
        "images/1.png": "masks/1.png",
        "images/2.png": "masks/2.png",
    }
    assert collection.leftovers["mask_without_image"] == ("masks/9.png",)


def test_class_folders_with_masks_in_them_stay_classes(write_images: Callable[..., Path]) -> None:
    folder = write_images("no/images/1.png", "no/masks/1.png", "yes/images/2.png", "yes/masks/2.png")
    assert open_collection(folder).layout == "class-folders"
    asked = open_collection(folder, task="segmentation")
    assert (asked.task, len(asked.masks)) == ("segmentation", 2)
    assert asked.case_label is not None
    assert asked.case_label.classes == ("no", "yes")


def test_patient_folders_with_masks_are_patients(write_images: Callable[..., Path]) -> None:
    names = [f"case_{n}/s{k}{end}.png" for n in range(5) for k in range(2) for end in ("", "_mask")]
    collection = open_collection(write_images(*names))
    assert collection.layout == "masks"
    assert (collection.patient_origin, collection.rows["patient"].nunique()) == ("folder", 5)


def test_a_table_of_labels_beside_masks_is_what_is_meant(write_images: Callable[..., Path]) -> None:
    folder = write_images("images/1.png", "images/2.png", "masks/1.png", "masks/2.png")
    (folder / "t.csv").write_text("image,label,patient\n1.png,no,a\n2.png,yes,b\n", encoding="utf-8")
    assert open_collection(folder).task == "binary"


def test_legend_names_values_and_colours(write_images: Callable[..., Path]) -> None:
    folder = write_images("images/1.png", "masks/1.png")
    (folder / "class_dict.csv").write_text("name,r,g,b\ntool,255,0,0\nback,0,0,0\n", encoding="utf-8")
    collection = open_collection(folder)
    assert collection.mask_values == {"#ff0000": "tool", "#000000": "back"}
    assert not collection.leftovers.get("not_an_image")  # it was read, not ignored
    (folder / "class_dict.csv").unlink()
    (folder / "labelmap.txt").write_text(
        "# label:color_rgb:parts:actions\nliver:10,20,30::\n", encoding="utf-8"
    )
    assert open_collection(folder).mask_values == {"#0a141e": "liver"}


def test_forced_without_masks_is_refused(write_images: Callable[..., Path]) -> None:
    with pytest.raises(DataRefused, match="no mask was found"):
        open_collection(write_images("a/1.png", "b/2.png"), layout="masks")


@pytest.mark.data
def test_real_sets(shared_data: Path) -> None:
    polyps = open_collection(shared_data / "kvasir_seg")
    assert (polyps.layout, polyps.task, len(polyps.rows), len(polyps.masks)) == (
        "masks",
        "segmentation",
        700,
        700,
    )
    vessels = open_collection(shared_data / "drive")
    assert (len(vessels.rows), len(vessels.masks)) == (40, 60)
    assert vessels.masks["annotator"].value_counts().to_dict() == {"1": 40, "2": 20}
    assert vessels.rows["split"].value_counts().to_dict() == {"train": 20, "test": 20}
    assert len(vessels.leftovers["field_of_view"]) == 40
