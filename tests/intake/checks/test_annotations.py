"""Checks of masks, boxes and landmarks: each finds what was planted, and nothing in sound data."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from thirdeye.intake.checks.check import CHECKS, NotApplicable
from thirdeye.intake.collection import Collection
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.facts import ImageFacts
from thirdeye.intake.finding import Finding
from thirdeye.intake.mask_facts import MaskFacts
from thirdeye.intake.mask_pass import facts_of_masks
from thirdeye.intake.open import open_collection
from thirdeye.intake.regions import Region, region_frame

Write = Callable[..., Exhibits]
SIDE = 40


def run(exhibits: Exhibits, name: str) -> list[Finding]:
    return list(CHECKS.get(name).run(exhibits))


def exhibits_of(collection: Collection) -> Exhibits:
    """Without the pass over the images: they are all of one size."""
    names = list(dict.fromkeys(collection.rows["image"]))
    facts = pd.DataFrame([vars(ImageFacts(image=n, height=SIDE, width=SIDE, sha256=n)) for n in names])
    masks = facts_of_masks(collection) if len(collection.masks) else pd.DataFrame()
    return Exhibits(collection, facts.set_index("image"), np.zeros((len(names), 64, 64), np.uint8), masks)


def blob(value: int = 1, size: int = 12) -> np.ndarray:
    pixels = np.zeros((SIDE, SIDE), np.uint8)
    pixels[10 : 10 + size, 10 : 10 + size] = value
    return pixels


@pytest.fixture
def masks(tmp_path: Path) -> Write:
    """Images 0.png, 1.png, ... with these masks; None writes no mask."""

    def write(pixels: Sequence[Any], *, folder: str = "masks", legend: str = "") -> Exhibits:
        for place in ("images", folder):
            (tmp_path / place).mkdir(exist_ok=True)
        for number, mask in enumerate(pixels):
            Image.fromarray(np.full((SIDE, SIDE), number, np.uint8)).save(
                tmp_path / "images" / f"{number}.png"
            )
            if mask is not None:
                Image.fromarray(mask).save(tmp_path / folder / f"{number}.png")
        if legend:
            (tmp_path / "labels.csv").write_text(legend, encoding="utf-8")
        return exhibits_of(open_collection(tmp_path, task="segmentation"))

    return write


def regions(tmp_path: Path, found: Sequence[Region], images: int = 0) -> Exhibits:
    frame = region_frame(found)
    names = list(dict.fromkeys([*frame["image"], *(f"{n}.png" for n in range(images))]))
    rows = pd.DataFrame({"image": names, "case": names, "patient": "", "label": "", "split": "", "site": "",
                         "annotated": "yes"}, dtype=object)  # fmt: skip
    kinds = set(frame["kind"])
    return exhibits_of(
        Collection(
            root=tmp_path, layout="x", rows=rows, task="landmarks" if kinds == {"point"} else "detection",
            classes=(), positive=None, patient_known=False, understood=(), regions=frame,
        )
    )  # fmt: skip


def box(image: str, *edges: float, name: str = "a") -> Region:
    x_min, y_min, x_max, y_max = edges
    return image, "box", name, "", x_min, y_min, x_max, y_max


def point(image: str, name: str, x: float, y: float) -> Region:
    return image, "point", name, "", x, y, x, y


ALL = [name for name, _ in CHECKS if name.split(".")[0] in ("mask", "box", "region", "landmark", "structure")]


def test_sound_masks_are_clean(masks: Write) -> None:
    exhibits = masks([blob(size=10 + n % 5) for n in range(30)])
    for name in ALL:
        try:
            assert run(exhibits, name) == [], name
        except NotApplicable:
            continue


def test_without_annotations_nothing_applies(tmp_path: Path, class_folders: Callable[..., Path]) -> None:
    exhibits = exhibits_of(open_collection(class_folders({"no": 2, "yes": 2})))
    for name in (*ALL, "labels.agreement", "case.labels"):
        with pytest.raises(NotApplicable):
            run(exhibits, name)


def test_zero_and_255_among_zero_and_one(masks: Write) -> None:
    (found,) = run(masks([blob(), blob(), blob(255)]), "mask.values")
    assert (found.severity, found.cases) == ("warning", ("images/2.png",))
    assert found.evidence["pairs"] == {"0 and 1": 2, "0 and 255": 1}


def test_zero_and_255_everywhere_is_told(masks: Write) -> None:
    (found,) = run(masks([blob(255), blob(255)]), "mask.values")
    assert found.severity == "info"
    assert "0 and 255, not 0 and 1" in found.message


def test_values_that_nothing_names(masks: Write) -> None:
    exhibits = masks([blob(1), blob(255)], legend="value,name\n1,polyp\n")
    (found, *_) = run(exhibits, "mask.values")
    assert found.cases == ("images/1.png",)
    assert found.evidence["values"] == {"255": 1}


def test_soft_masks(masks: Write) -> None:
    soft = np.asarray(
        Image.fromarray(blob(255, 24)).resize((20, 20)).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    )
    (found, *_) = run(masks([blob(255), soft]), "mask.values")
    assert found.evidence["form"] in ("soft", "noisy")
    assert found.cases == ("images/1.png",)


def test_a_value_of_one_mask_only(masks: Write) -> None:
    pixels = [blob(1) + blob(1, 4) for _ in range(60)]  # values 0, 1, 2
    pixels[7] = blob(1) + blob(6, 3)
    (found,) = run(masks(pixels), "mask.values")
    assert (found.cases, found.evidence["values"]) == (("images/7.png",), {"7": 1})


def test_empty_and_full_masks(masks: Write) -> None:
    pixels = [blob() for _ in range(10)]
    pixels[3], pixels[4] = np.zeros_like(pixels[0]), np.ones_like(pixels[0])
    empty, full = run(masks(pixels), "mask.empty")
    assert (empty.cases, full.cases) == (("images/3.png",), ("images/4.png",))
    assert [fix.image for fix in empty.fixes] == ["images/3.png"]


def test_masks_of_another_size(masks: Write) -> None:
    (found,) = run(masks([blob(), blob()[:, :30], blob()[:20, :20]]), "mask.size")
    assert found.severity == "error"
    assert found.evidence["about"]["images/1.png"] == "image 40 x 40, mask 30 x 40"
    assert found.cases == ("images/1.png", "images/2.png")


def test_images_without_a_mask_and_masks_that_cannot_be_read(masks: Write, tmp_path: Path) -> None:
    exhibits = masks([blob(), None, blob()])
    (found,) = run(exhibits, "mask.missing")
    assert found.cases == ("images/1.png",)
    (tmp_path / "masks" / "2.png").write_bytes(b"nothing")
    (found,) = run(exhibits_of(exhibits.collection), "mask.unreadable")
    assert found.cases == ("images/2.png",)


def test_masks_unlike_the_others(masks: Write) -> None:
    pixels = [blob(size=10 + n % 5) for n in range(40)]
    pixels[5] = blob(size=1)
    pixels[6] = (np.random.default_rng(0).random((SIDE, SIDE)) < 0.06).astype(np.uint8)
    sizes, crumbs = run(masks(pixels), "mask.outlier")
    assert sizes.cases == ("images/5.png",)
    assert crumbs.cases == ("images/6.png",)


def test_structures_that_few_show(masks: Write) -> None:
    (found,) = run(masks([blob(), blob(), np.zeros_like(blob())]), "structure.few")
    assert (found.severity, found.evidence["counts"]) == ("error", {"the structure": 2})


@pytest.fixture
def many() -> list[Region]:
    rng = np.random.default_rng(0)
    low, size = rng.uniform(0, 20, (60, 2)), rng.uniform(8, 14, (60, 2))
    return [box(f"{i % 6}.png", *low[i], *(low[i] + size[i])) for i in range(60)]


def test_sound_boxes_are_clean(tmp_path: Path, many: list[Region]) -> None:
    exhibits = regions(tmp_path, many)
    for name in (
        "box.degenerate",
        "box.outside",
        "box.duplicate",
        "box.extent",
        "region.class",
        "region.missing",
    ):
        assert run(exhibits, name) == [], name


@pytest.mark.parametrize(
    "edges", [(5, 5, 5, 9), (5, 5, 9, 5), (9, 5, 5, 9), (np.nan, 1, 2, 3), (1, 2, np.inf, 3)]
)
def test_degenerate_boxes(tmp_path: Path, many: list[Region], edges: tuple[float, ...]) -> None:
    (found,) = run(regions(tmp_path, [*many, box("x.png", *edges)]), "box.degenerate")
    assert (found.cases, found.evidence["boxes"]) == (("x.png",), 1)


def test_exchanged_corners_are_told_apart_from_boxes_without_extent(
    tmp_path: Path, many: list[Region]
) -> None:
    wrong = [box("x.png", 5, 5, 5, 9), box("y.png", 9, 5, 5, 9)]
    turned, flat = run(regions(tmp_path, [*many, *wrong]), "box.degenerate")
    assert (turned.cases, flat.cases) == (("y.png",), ("x.png",))
    assert "corners exchanged" in turned.message
    assert "the other way round" in turned.remedy


def test_boxes_beyond_the_image(tmp_path: Path, many: list[Region]) -> None:
    wrong = [box("x.png", 30, 30, 50, 39), box("y.png", -9, 60, -5, 70), box("z.png", 1, 1, 40.9, 5)]
    (found,) = run(regions(tmp_path, [*many, *wrong]), "box.outside")
    assert found.cases == ("y.png", "x.png")  # the furthest first; less than a pixel is rounding
    assert (found.severity, found.evidence["entirely"]) == ("warning", 1)
    (found,) = run(regions(tmp_path, [box("x.png", 100, 100, 200, 200)]), "box.outside")
    assert found.severity == "error"


def test_boxes_drawn_twice(tmp_path: Path, many: list[Region]) -> None:
    twice = [box("x.png", 5, 5, 25, 25), box("x.png", 5, 5, 25, 25), box("y.png", 5, 5, 25, 25),
             box("y.png", 5.2, 5, 25, 25, name="b")]  # fmt: skip
    (found,) = run(regions(tmp_path, [*many, *twice]), "box.duplicate")
    assert found.cases == ("x.png", "y.png")
    assert (found.evidence["identical"], found.evidence["near"], found.evidence["two_names"]) == (1, 1, 1)


def test_sizes_of_boxes(tmp_path: Path, many: list[Region]) -> None:
    odd = [box("t.png", 5, 5, 6, 25), box("w.png", 0, 0, 40, 40), box("o.png", 5, 5, 8.5, 8.5)]
    tiny, whole, far = run(regions(tmp_path, [*many, *odd]), "box.extent")
    assert (tiny.cases, whole.cases, far.cases) == (("t.png",), ("w.png",), ("o.png",))


def test_classes_that_nothing_names(tmp_path: Path, many: list[Region]) -> None:
    odd = [box("x.png", 1, 1, 9, 9, name="class 7"), box("y.png", 1, 1, 9, 9, name="")]
    (found,) = run(regions(tmp_path, [*many, *odd]), "region.class")
    assert found.cases == ("x.png", "y.png")


def test_images_not_annotated(tmp_path: Path, many: list[Region]) -> None:
    exhibits = regions(tmp_path, many, images=8)
    exhibits.collection.rows.loc[exhibits.collection.rows["image"] == "7.png", "annotated"] = "no"
    unnamed, bare = run(exhibits, "region.missing")
    assert (unnamed.severity, unnamed.cases) == ("warning", ("7.png",))
    assert (bare.severity, bare.cases) == ("info", ("6.png",))


def test_a_million_boxes_take_seconds(tmp_path: Path) -> None:
    n = 1_000_000
    rng = np.random.default_rng(0)
    low = rng.uniform(0, 20, (n, 2))
    names = np.array([f"{i}.png" for i in range(1000)], dtype=object)
    frame = pd.DataFrame({"image": names[np.arange(n) % 1000], "kind": "box", "name": "a", "annotator": ""})
    frame[["x_min", "y_min"]], frame[["x_max", "y_max"]] = low, low + rng.uniform(8, 12, (n, 2))
    small = regions(tmp_path, [box(name, 1, 1, 9, 9) for name in names])
    exhibits = replace(small, collection=replace(small.collection, regions=frame))
    started = time.monotonic()
    for name in ("box.degenerate", "box.outside", "box.duplicate", "box.extent", "region.class"):
        run(exhibits, name)
    assert time.monotonic() - started < 30  # 3 s on the machine it was written on


SHAPE = {"a": (10, 10), "b": (30, 10), "c": (30, 30), "d": (8, 34), "e": (20, 5)}


def shapes(images: int = 20) -> Iterator[Region]:
    rng = np.random.default_rng(0)
    for image in range(images):
        for name, place in SHAPE.items():
            x, y = np.array(place) + rng.normal(0, 0.5, 2) + image % 3
            yield point(f"{image}.png", name, float(x), float(y))


def test_sound_landmarks_are_clean(tmp_path: Path) -> None:
    exhibits = regions(tmp_path, list(shapes()))
    for name in ("landmark.outside", "landmark.missing", "landmark.order", "region.class", "region.missing"):
        assert run(exhibits, name) == [], name


def test_landmarks_beyond_the_image(tmp_path: Path) -> None:
    (found,) = run(regions(tmp_path, [*shapes(), point("x.png", "a", 70, 5)]), "landmark.outside")
    assert found.cases == ("x.png",)


def test_landmarks_missing_and_given_twice(tmp_path: Path) -> None:
    held = [r for r in shapes() if not (r[0] == "3.png" and r[2] == "c")]
    lacking, twice = run(regions(tmp_path, [*held, point("4.png", "a", 9, 9)]), "landmark.missing")
    assert (lacking.cases, lacking.evidence["about"]) == (("3.png",), {"3.png": "lacks c"})
    assert twice.cases == ("4.png",)


def test_landmarks_exchanged(tmp_path: Path) -> None:
    other = {"a": "c", "c": "a"}
    held = [(*r[:2], other.get(r[2], r[2]), *r[3:]) if r[0] == "5.png" else r for r in shapes()]
    (found,) = run(regions(tmp_path, held), "landmark.order")
    assert found.evidence["about"] == {"5.png": "a and c fit better when exchanged"}


def test_landmarks_of_a_flipped_image(tmp_path: Path) -> None:
    held = [point(r[0], r[2], SIDE - r[4], r[5]) if r[0] == "5.png" else r for r in shapes()]
    (found,) = run(regions(tmp_path, held), "landmark.order")
    assert (found.severity, found.cases) == ("warning", ("5.png",))
    assert "mirrored" in found.message


def test_a_landmark_far_from_its_place(tmp_path: Path) -> None:
    held = [point(r[0], r[2], r[4] + 12, r[5]) if (r[0], r[2]) == ("5.png", "b") else r for r in shapes()]
    (found,) = run(regions(tmp_path, held), "landmark.order")
    assert (found.severity, found.cases) == ("info", ("5.png",))


@pytest.mark.data
def test_the_two_degenerate_boxes_of_bccd(shared_data: Path) -> None:
    collection = open_collection(shared_data / "bccd_blood_cells")
    (found,) = run(exhibits_of(collection), "box.degenerate")
    assert found.evidence["table"]["rows"] == [
        ["JPEGImages/BloodImage_00338.jpg", "RBC", 504.0, 337.0, 504.0, 337.0],
        ["JPEGImages/BloodImage_00343.jpg", "RBC", 181.0, 329.0, 181.0, 329.0],
    ]


def test_mask_facts_have_the_columns_of_their_class(masks: Write) -> None:
    assert list(masks([blob()]).mask_facts.columns) == list(MaskFacts.__dataclass_fields__)[1:]


def test_boxes_that_do_not_surround_the_mask(masks: Write) -> None:
    exhibits = masks([blob() for _ in range(6)])
    sound = [box(f"images/{n}.png", 10, 10, 22, 22) for n in range(6)]
    wrong = [*sound[:5], box("images/5.png", 20, 20, 38, 38)]
    for found, expected in ((sound, []), (wrong, [("images/5.png",)])):
        collection = replace(exhibits.collection, regions=region_frame(found))
        assert [one.cases for one in run(replace(exhibits, collection=collection), "mask.box")] == expected


def test_specks(masks: Write) -> None:
    pixels = [blob(size=24) for _ in range(4)]
    pixels[2][39, 39] = 1
    (found,) = run(masks(pixels), "mask.specks")
    assert (found.cases, found.evidence["table"]["rows"]) == (
        ("images/2.png",),
        [["images/2.png", "masks/2.png", 1, 2]],
    )
