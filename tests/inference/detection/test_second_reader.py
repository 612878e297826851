from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Picture

from thirdeye.case.image import Image
from thirdeye.case.reliance import Measured
from thirdeye.errors import UsageError
from thirdeye.inference.detection.detections import Detections
from thirdeye.inference.detection.drawing import COLOURS, drawn
from thirdeye.inference.detection.manifest import DetectionManifest
from thirdeye.inference.detection.second_reader import Detected, DetectingReader
from thirdeye.inference.detection.suppress import Suppression
from thirdeye.inference.second_opinion import Failure
from thirdeye.inference.validated import Validated
from thirdeye.transform.dense.prepare import Preparation

FOUND = Detections(
    np.array([[10.0, 10.0, 60.0, 40.0], [30.0, 20.0, 50.0, 50.0], [0.0, 0.0, 5.0, 5.0]]),
    np.array([0.9, 0.5, 0.1]), np.array([1, 0, 0]),
)  # fmt: skip
POINT = {
    "name": "false_positives_1", "class": None, "threshold": 0.5, "origin": "tuned_on_validation",
}  # fmt: skip


class Says:
    """A detector that always says the same."""

    def find(self, image: Image) -> Detections:
        return FOUND


def reader(*points: dict, most: int = 50) -> DetectingReader:
    manifest = DetectionManifest(
        task="detection", classes=("cell", "platelet"), technique="one_stage", architecture="fcos_lite0",
        preparation=Preparation(2, 3, "range"), tile_px=(64, 96), overlap=0.3, strides=(8,), anchors=(8.0,),
        ratios=(1.0,), suppression=Suppression("hard"), lowest_score=0.02, most_boxes=most,
        onnx=({"file": "member_0_heads.onnx", "sha256": "ab"},), operating_points=points,
    )  # fmt: skip
    return DetectingReader(manifest, Says())


def grey(height: int = 60, width: int = 80) -> Image:
    return Image(np.full((height, width), 90, np.uint8), 8, "a.png")


def test_an_opinion_holds_what_reaches_the_operating_point() -> None:
    found = reader(POINT).read_item(grey(), "a.png")
    assert [(box.name, box.score) for box in found.opinion.boxes] == [("platelet", 0.9), ("cell", 0.5)]
    assert found.opinion.predicted == "cell|platelet"
    assert found.opinion.looked_for == ("cell", "platelet")
    assert found.opinion.warnings == ()
    assert len(found.detections) == 3


def test_without_an_operating_point_all_is_shown_and_said() -> None:
    found = reader().read_item(grey(), "a.png")
    assert len(found.opinion.boxes) == 3
    assert "No operating point was chosen" in found.opinion.warnings[0]
    assert (
        "Only the 3 most certain"
        in reader({**POINT, "threshold": 0.0}, most=3).read_item(grey(), "a.png").opinion.warnings[0]
    )


def test_another_operating_point_shows_other_boxes_with_its_own_figures() -> None:
    points = [
        {"name": name, "class": None, "threshold": least, "origin": "tuned_on_validation"}
        for name, least in (("fp_per_image_1_4", 0.8), ("fp_per_image_1", 0.4), ("fp_per_image_4", 0.05))
    ]
    known = Validated(
        tuple(
            Measured("cell", "lesion_sensitivity", value, None, None, 90, point=point["name"])
            for point, value in zip(points, (0.5, 0.7, 0.9), strict=True)
        )
    )
    plain = reader(*points)
    own = DetectingReader(plain.manifest, Says(), known)
    for name, count, value in ((None, 2, 0.7), ("fp_per_image_1_4", 1, 0.5), ("fp_per_image_4", 3, 0.9)):
        if name:
            own.at_point(name)
        opinion = own.read_item(grey(), "a.png").opinion
        assert len(opinion.boxes) == count
        assert [one.value for one in opinion.measured] == [value]
    with pytest.raises(UsageError, match="it has fp_per_image_1_4, fp_per_image_1, fp_per_image_4"):
        own.at_point("youden")


def test_files_are_read_in_their_order_and_a_bad_one_does_not_stop_the_others(tmp_path: Path) -> None:
    Picture.fromarray(np.full((40, 50), 9, np.uint8)).save(tmp_path / "a.png")
    (tmp_path / "b.png").write_bytes(b"no picture")
    Picture.fromarray(np.full((40, 50, 3), 9, np.uint8)).save(tmp_path / "c.png")
    answers = list(reader(POINT).read_many([tmp_path / name for name in ("a.png", "b.png", "c.png")]))
    assert isinstance(answers[0], Detected)
    assert isinstance(answers[1], Failure)
    assert isinstance(answers[2], Detected)
    assert answers[2].opinion.source.endswith("c.png")
    assert answers[0].write(tmp_path, "one") == ("one_marked.png",)
    with Picture.open(tmp_path / "one_marked.png") as picture:
        assert picture.mode == "RGB"
        assert picture.size == (700, 560)


@pytest.mark.parametrize("depth", [8, 16])
def test_boxes_are_drawn_in_the_colours_of_their_classes(depth: int) -> None:
    pixels = np.linspace(0, 2**depth - 1, 600 * 800).reshape(600, 800)
    item = Image(pixels.astype(np.uint8 if depth == 8 else np.uint16), depth, "a.png")
    picture = np.asarray(drawn(item, FOUND.as_boxes(("cell", "platelet")), ("cell", "platelet")))
    assert picture.shape == (600, 800, 3)
    assert tuple(picture[10, 55]) == COLOURS[1]  # upper edge of the first
    assert tuple(picture[50, 40]) == COLOURS[0]  # lower edge of the second
    assert len(set(map(int, picture[300, 400]))) == 1  # grey where no box is


def test_the_picture_of_a_page_says_when_nothing_was_found() -> None:
    nothing = reader({**POINT, "threshold": 0.95}).read_item(grey(), "a.png").picture()
    assert nothing.caption == "nothing was found"
    assert nothing.pixels.shape[2] == 3
    assert reader(POINT).read_item(grey(), "a.png").picture().caption == "what was found"
