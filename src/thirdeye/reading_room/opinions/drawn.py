"""The pictures of an opinion: the image as the reader saw it, its heat map, past cases, what was found."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image as Picture

from thirdeye.errors import MissingExtra
from thirdeye.reading_room.opinions.names import HEAT_MAP, MARKED, PLAIN, similar


def of_image(reader: Any, study: Path, one: Any) -> dict[str, bytes]:
    """The pictures of a reading by a reader that sorts whole images: name to PNG.

    Args:
        reader: that read it.
        study: its folder, where past cases lie.
        one: the reading.
    """
    from thirdeye.explanation.opinion_pictures import pictures_of
    from thirdeye.explanation.past_pictures import past_pictures

    pictures = {PLAIN: pictures_of(one, reader.manifest).plain}
    if (layer := heat_layer(one, reader.manifest)) is not None:
        pictures[HEAT_MAP] = layer
    past = past_pictures(study, reader.manifest).of(one.opinion)
    for rank, case in enumerate(one.opinion.similar):
        if case in past:
            pictures[similar(rank)] = past[case]
    return pictures


def mapped(reader: Any, study: Path, one: Any) -> Any:
    """A reading with the heat map by the method that the study's exam chose.

    Args:
        reader: that read it; one of places has no heat maps.
        study: its folder.
        one: the reading; it stays as it is where the method cannot be had here.
    """
    from thirdeye.case.study import Study
    from thirdeye.explanation.mapped import Mapper
    from thirdeye.inference.heat_map import METHOD

    chosen = str((getattr(reader.manifest, "sanity", None) or {}).get("method") or METHOD)
    if chosen == METHOD:
        return one
    try:
        return Mapper.of(Study(study), reader, chosen).over(one)
    except MissingExtra:
        return one


def heat_layer(one: Any, manifest: Any) -> bytes | None:
    """A heat map as a transparent PNG over the plain picture; None where none may be shown."""
    from thirdeye.explanation.overlay import colours, display, place_on

    heat = one.opinion.heat_map
    if heat is None or heat.passed_sanity is False or one.opinion.abstained is not None:
        return None
    height, width = display(one.image, intensity=manifest.input["intensity"]).shape[:2]
    values = np.clip(place_on(heat.values, one.image, height, width, wanted=manifest.input), 0, 1)
    layer = np.empty((height, width, 4), np.uint8)
    layer[..., :3] = np.rint(colours(values))
    layer[..., 3] = np.rint(255 * np.sqrt(values))  # opaque where the map is high, nothing where it is zero
    written = io.BytesIO()
    Picture.fromarray(layer).save(written, "PNG", compress_level=1)
    return written.getvalue()


def of_located(one: Any) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """The picture of a reading by a reader of places, and its results as files: name to content."""
    from thirdeye.explanation.overlay import png_bytes

    with tempfile.TemporaryDirectory() as place:
        names = one.write(Path(place), "image_1")
        files = {name: (Path(place) / name).read_bytes() for name in names}
    return {MARKED: png_bytes(one.picture().pixels)}, files
