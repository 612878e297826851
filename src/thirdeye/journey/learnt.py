"""Writes what the network has learnt as pictures: ``explanation/learnt.json`` and PNG files."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.study import Study
from thirdeye.explanation.learnt import early_maps, first_kernels, kernel_picture, late_maps, map_picture
from thirdeye.explanation.method import Directions, Images
from thirdeye.explanation.overlay import Pixels, png_bytes

LEARNT_FILE = "explanation/learnt.json"
FOLDER = "explanation/learnt"


def write_learnt(study: Study, network: Any, image: Images, question: Directions, *, shown: str) -> list[str]:
    """Kernels of the first layer and feature maps of one development image.

    Args:
        study: where to.
        network: the first member.
        image: (3, S, S) in 0..1.
        question: (K,) weights of the logits in the score.
        shown: the class that the score is about.

    Returns:
        Names of the files.
    """
    late, adds = late_maps(network, image, question)
    picture: NDArray[np.uint8] = np.rint(255 * np.moveaxis(image, 0, -1)).astype(np.uint8)
    drawn: list[tuple[str, Pixels, str]] = [
        ("kernels", kernel_picture(first_kernels(network)), "Kernels of the first layer"),
        ("image", picture, "A development image"),
        ("early", map_picture(early_maps(network, image)), "What the first layer makes of it"),
        ("late", map_picture(late), f"The last feature maps that moved the answer “{shown}” most"),
    ]
    entries = []
    for kind, pixels, caption in drawn:
        name = f"{FOLDER}/{kind}.png"
        with study.writing(name) as path:
            path.write_bytes(png_bytes(pixels))
        entries.append({"kind": kind, "file": name, "caption": caption})
    adding = [round(float(value), 4) for value in adds]
    study.write_json(LEARNT_FILE, {"version": 1, "class": shown, "pictures": entries, "late_adds": adding})
    return [LEARNT_FILE, *(str(entry["file"]) for entry in entries)]
