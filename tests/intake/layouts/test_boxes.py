"""Boxes and points: VOC, YOLO, COCO and tables, into pixels of the file at hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from thirdeye.errors import DataRefused
from thirdeye.intake.open import open_collection

Writer = Callable[..., Path]
EDGES = ["x_min", "y_min", "x_max", "y_max"]


def boxes(collection: Any) -> list[list[Any]]:
    return collection.regions[["image", "name", *EDGES]].to_numpy().tolist()


def voc(name: str, *edges: float) -> str:
    parts = "".join(
        f"<{tag}>{edge}</{tag}>" for tag, edge in zip(("xmin", "ymin", "xmax", "ymax"), edges, strict=True)
    )
    return (
        f"<annotation><filename>{name}</filename><path>/root/{name}</path><object><name>cell</name>"
        f"<bndbox>{parts}</bndbox></object></annotation>"
    )


def coco(**changes: Any) -> dict[str, Any]:
    return {
        "images": [{"id": 1, "file_name": "1.png", "width": 8, "height": 8}],
        "categories": [{"id": 7, "name": "polyp"}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 7, "bbox": [1, 2, 3, 4]}],
    } | changes


def test_voc(write_images: Writer) -> None:
    folder = write_images("JPEGImages/1.png", "JPEGImages/2.png", "JPEGImages/3.png")
    (folder / "Annotations").mkdir()
    (folder / "Annotations/1.xml").write_text(voc("1.png", 1, 2, 3, 4), encoding="utf-8")
    (folder / "Annotations/2.xml").write_text("<annotation></annotation>", encoding="utf-8")
    (folder / "Annotations/9.xml").write_text(voc("9.png", 1, 2, 3, 4), encoding="utf-8")
    (folder / "ImageSets/Main").mkdir(parents=True)
    (folder / "ImageSets/Main/train.txt").write_text("1\n2\n", encoding="utf-8")
    (folder / "ImageSets/Main/test.txt").write_text("3\n", encoding="utf-8")
    collection = open_collection(folder)
    assert (collection.layout, collection.task, collection.classes) == ("voc", "detection", ("cell",))
    assert boxes(collection) == [["JPEGImages/1.png", "cell", 0, 1, 3, 4]]
    assert list(collection.rows["split"]) == ["train", "train", "test"]
    assert list(collection.rows["annotated"]) == ["yes", "yes", "no"]
    assert collection.leftovers["annotation_without_image"] == ("Annotations/9.xml",)


def test_voc_entities_are_not_expanded(write_images: Writer) -> None:
    folder = write_images("1.png", "2.png")
    (folder / "1.xml").write_text(voc("1.png", 1, 2, 3, 4), encoding="utf-8")
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY l0 "lol">{laughs}]>' + "<annotation>&l9;</annotation>"
    (folder / "2.xml").write_text(bomb, encoding="utf-8")
    collection = open_collection(folder)
    assert len(collection.regions) == 1
    assert "document type" in collection.leftovers["annotation_damaged"][0]


def test_voc_never_leaves_the_folder(write_images: Writer, tmp_path: Path) -> None:
    folder = write_images("1.png")
    (tmp_path / "secret.png").write_bytes((folder / "1.png").read_bytes())
    (folder / "1.xml").write_text(voc("1.png", 1, 2, 3, 4), encoding="utf-8")
    for number, name in enumerate(("../secret.png", str(tmp_path / "secret.png"))):
        (folder / f"x{number}.xml").write_text(voc(name, 1, 2, 3, 4), encoding="utf-8")
    collection = open_collection(folder)
    assert list(collection.rows["image"]) == ["1.png"]
    assert collection.leftovers["annotation_without_image"] == ("x0.xml", "x1.xml")


def test_yolo(write_images: Writer) -> None:
    folder = write_images("images/train/1.png", "images/val/2.png", "images/val/3.png")
    for part in ("train", "val"):
        (folder / "labels" / part).mkdir(parents=True)
    (folder / "labels/train/1.txt").write_text("0 0.5 0.5 0.5 0.25\n", encoding="utf-8")
    (folder / "labels/val/2.txt").write_text("1 0 0 0.5 0 0.5 1\n5 .5 .5 1 1\nwhat\n", encoding="utf-8")
    (folder / "data.yaml").write_text(
        "train: images/train\nnc: 2\nnames: ['a', \"b, c\"]\n", encoding="utf-8"
    )
    collection = open_collection(folder)
    assert (collection.layout, collection.classes) == ("yolo", ("a", "b, c", "class 5"))
    assert boxes(collection) == [  # the pictures are 8 x 8
        ["images/train/1.png", "a", 2, 3, 6, 5],
        ["images/val/2.png", "b, c", 0, 0, 4, 8],
        ["images/val/2.png", "class 5", 0, 0, 8, 8],
    ]
    assert list(collection.rows["split"]) == ["train", "validation", "validation"]
    assert collection.leftovers["annotation_damaged"] == (
        "labels/val/2.txt: line 3 is not a class number and a box",
    )


@pytest.mark.parametrize(
    "text",
    [
        "names:\n  0: a\n  1: b\n",
        "names:\n- a\n- 'b'\nnc: 2\n",
        "names: {0: a, 1: b}\n",
        "names: [\n  a,\n  b\n]\n",
    ],
)
def test_names_of_yolo_classes(tmp_path: Path, text: str) -> None:
    from thirdeye.intake.yolo_names import class_names

    (tmp_path / "data.yaml").write_text(text, encoding="utf-8")
    assert class_names(tmp_path, ["data.yaml"])[0] == {"0": "a", "1": "b"}


def test_text_beside_images_is_not_yolo(write_images: Writer) -> None:
    folder = write_images("a/1.png", "b/2.png")
    (folder / "a/1.txt").write_text("Normal heart size.\n", encoding="utf-8")
    assert open_collection(folder, positive="b").layout == "class-folders"


def test_coco(write_images: Writer) -> None:
    folder = write_images("train/1.png", "val/1.png", "val/2.png")
    (folder / "annotations").mkdir()
    (folder / "annotations/instances_train2017.json").write_text(
        json.dumps(coco(images=[{"id": 1, "file_name": "train/1.png"}])), encoding="utf-8"
    )
    outline = {"id": 5, "image_id": 1, "category_id": 8, "segmentation": [[0, 0, 4, 0, 4, 6]]}
    runs = {"id": 6, "image_id": 1, "category_id": 7, "segmentation": {"size": [8, 8], "counts": [17, 2, 45]}}
    (folder / "annotations/instances_val2017.json").write_text(
        json.dumps(coco(images=[{"id": 1, "file_name": "val/1.png"}], annotations=[outline, runs])),
        encoding="utf-8",
    )
    collection = open_collection(folder)
    assert (collection.layout, collection.classes) == ("coco", ("polyp", "class 8"))
    assert boxes(collection) == [
        ["train/1.png", "polyp", 1, 2, 4, 6],
        ["val/1.png", "class 8", 0, 0, 4, 6],
        ["val/1.png", "polyp", 2, 1, 3, 3],  # pixels 17 and 18, counted down the columns of 8
    ]
    assert list(collection.rows["split"]) == ["train", "validation", ""]
    assert list(collection.rows["annotated"]) == ["yes", "yes", "no"]


def test_coco_points_are_landmarks(write_images: Writer) -> None:
    folder = write_images("1.png")
    content = coco(
        categories=[{"id": 1, "name": "face", "keypoints": ["nose", "chin"]}],
        annotations=[{"id": 1, "image_id": 1, "category_id": 1, "keypoints": [1, 2, 2, 0, 0, 0]}],
    )
    (folder / "a.json").write_text(json.dumps(content), encoding="utf-8")
    collection = open_collection(folder)
    assert collection.task == "landmarks"
    assert boxes(collection) == [["1.png", "nose", 1, 2, 1, 2]]


def test_coco_faults_are_told(write_images: Writer, tmp_path: Path) -> None:
    folder = write_images("1.png")
    (tmp_path / "secret.png").write_bytes((folder / "1.png").read_bytes())
    box = {"image_id": 1, "category_id": 7, "bbox": [1, 2, 3, 4]}
    content = coco(
        images=[
            {"id": 1, "file_name": "1.png"},
            {"id": 1, "file_name": "1.png"},
            {"id": 2, "file_name": "../secret.png"},
            {"id": 3, "file_name": str(tmp_path / "secret.png")},
            {"id": 4},
        ],
        annotations=[
            box | {"id": 1},
            box | {"id": 1},
            box | {"id": 2, "image_id": 99},
            {"id": 3, "image_id": 1},
            box | {"id": 4, "bbox": ["a", None, True, 10**400]},
        ],
    )
    (folder / "a.json").write_text(json.dumps(content).replace(str(10**400), "9" * 350), encoding="utf-8")
    collection = open_collection(folder)
    assert list(collection.rows["image"]) == ["1.png"]
    assert len(collection.regions) == 2
    names = collection.leftovers["annotation_without_image"]
    assert names == ("secret.png", "secret.png", "image 4 of a.json, which names no file")  # no path is told
    assert [reason.split(": ", 1)[1] for reason in collection.leftovers["annotation_damaged"]] == [
        "two images have the id 1; the first was taken",
        "two annotations have the id 1",
        "annotation 2 names no image of the file",
        "annotation 3 has neither a box nor an outline nor points",
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('"images": [}', "is not JSON"),
        ('{"images": [], "annotations": [{"id": ' + "9" * 5000 + '}], "categories": []}', "5,000 digits"),
        (
            '{"images": [], "categories": [], "annotations": ' + "[" * 100_000 + "]" * 100_000 + "}",
            "too deep",
        ),
        ('{"images": [], "categories": [], "annotations": [{"bbox": [NaN]}]}', "holds NaN"),
        ('{"images": 1, "categories": [], "annotations": []}', "no lists"),
    ],
)
def test_json_that_is_no_annotation_is_refused_with_a_reason(
    write_images: Writer, text: str, words: str
) -> None:
    folder = write_images("1.png")
    (folder / "a.json").write_text(
        text + ' "annotations" "categories"' * ("}" in text[-3:] and "[}" in text), "utf-8"
    )
    with pytest.raises(DataRefused, match=words):
        open_collection(folder)


def test_box_table(write_images: Writer) -> None:
    folder = write_images("images/1.png", "images/2.png")
    (folder / "boxes.csv").write_text(
        "filename,xmin,ymin,xmax,ymax,class,patient,age\n"
        "1.png,1,2,3,4,a,p1,40\n1.png,0,0,8,8,b,p1,40\n2.png,,,,,,p2,50\nz.png,1,1,2,2,a,p3,1\n",
        encoding="utf-8",
    )
    collection = open_collection(folder)
    assert (collection.layout, collection.classes) == ("region-table", ("a", "b"))
    assert boxes(collection) == [["images/1.png", "a", 1, 2, 3, 4], ["images/1.png", "b", 0, 0, 8, 8]]
    assert list(collection.rows["patient"]) == ["p1", "p2"]
    assert list(collection.rows["age"]) == ["40", "50"]
    assert list(collection.rows["annotated"]) == ["yes", "yes"]
    assert collection.leftovers["annotation_without_image"] == ("z.png",)


def test_boxes_by_width_and_in_pixels_of_the_original(write_images: Writer) -> None:
    folder = write_images("1.png", "2.png")
    (folder / "boxes.csv").write_text(
        "image,x_orig,y_orig,width_orig,height_orig\n1.png,10,20,10,40\n", "utf-8"
    )
    (folder / "items.csv").write_text("image,orig_w,orig_h\n1.png,80,160\n2.png,8,8\n", "utf-8")
    collection = open_collection(folder)
    assert boxes(collection) == [["1.png", "", 1, 1, 2, 3]]
    assert any("scaled to the file ('1.png' was 80 x 160, is 8 x 8)" in s for s in collection.understood)


@pytest.mark.parametrize(
    "text",
    [
        "image,nose_x,nose_y,chin_x,chin_y\n1.png,1,2,3,4\n",
        "image,x_nose,y_nose,x_chin,y_chin\n1.png,0.125,0.25,0.375,0.5\n",
        "image,landmark,x,y\n1.png,nose,1,2\n1.png,chin,3,4\n",
    ],
)
def test_landmark_tables(write_images: Writer, text: str) -> None:
    folder = write_images("1.png")
    (folder / "points.csv").write_text(text, encoding="utf-8")
    collection = open_collection(folder)
    assert (collection.layout, collection.task) == ("region-table", "landmarks")
    assert boxes(collection) == [["1.png", "nose", 1, 2, 1, 2], ["1.png", "chin", 3, 4, 3, 4]]


@pytest.mark.data
def test_real_sets(shared_data: Path) -> None:
    cells = open_collection(shared_data / "bccd_blood_cells")
    assert cells.regions["name"].value_counts().to_dict() == {"RBC": 4155, "WBC": 372, "Platelets": 361}
    assert cells.rows["split"].value_counts().to_dict() == {"train": 205, "validation": 87, "test": 72}
    spines = open_collection(shared_data / "aasce2019_spine_landmarks")
    assert (spines.task, len(spines.rows), len(spines.regions), len(spines.classes)) == (
        "landmarks",
        260,
        17680,
        68,
    )
    polyps = open_collection(shared_data / "kvasir_seg" / "boxes.csv")
    inside = polyps.regions[EDGES]
    assert (inside >= 0).all().all()
    assert inside.to_numpy().max() <= 384


@pytest.mark.parametrize(
    ("first", "moved"),
    [((1, 4), True), ((0, 4), False), ((2, 4), False)],
    ids=["from 1", "from 0", "unknown"],
)
def test_corners_that_count_from_one(first: tuple[int, int], moved: bool, write_images: Writer) -> None:
    folder = write_images("1.png", "2.png")
    (folder / "1.xml").write_text(voc("1.png", *first, 6, 7), encoding="utf-8")
    (folder / "2.xml").write_text(voc("2.png", 3, 3, 8, 8), encoding="utf-8")
    found = open_collection(folder)
    shift = int(moved)
    assert boxes(found) == [
        ["1.png", "cell", first[0] - shift, first[1] - shift, 6, 7],
        ["2.png", "cell", 3 - shift, 3 - shift, 8, 8],
    ]
    assert any("count pixels from 1" in one for one in found.understood) is moved
