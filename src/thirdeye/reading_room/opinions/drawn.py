"""The pictures of an opinion: the image as the reader saw it, its heat map, past cases, what was found."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image as Picture

from thirdeye.case.volume import Volume
from thirdeye.errors import MissingExtra
from thirdeye.reading_room.opinions.names import HEAT_MAP, MARKED, PLAIN, SLICE, of_place, similar


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


def plain_of(one: Any, manifest: Any) -> bytes:
    """PNG of an image as its reader saw it."""
    from thirdeye.explanation.overlay import display, png_bytes

    return png_bytes(display(one.image, intensity=manifest.input["intensity"]))


def of_located(
    one: Any, shown: Any, number: int
) -> tuple[dict[str, bytes], dict[str, bytes], list[dict[str, Any]]]:
    """The pictures of a reading by a reader of places, its results as files, and which picture shows what.

    Of a volume there is a picture of every slice on which something was marked.

    Args:
        one: the reading, by its classes.
        shown: the same with the classes called by their names.
        number: of the image.

    Returns:
        Name to PNG, name to content, and an entry for each slice or for the image.
    """
    from thirdeye.explanation.overlay import png_bytes

    with tempfile.TemporaryDirectory() as place:
        names = one.write(Path(place), "image_1")
        files = {name: (Path(place) / name).read_bytes() for name in names}
    pictures = {MARKED: png_bytes(shown.picture().pixels)}
    slices = list(_slices(one))
    for cut in slices:
        pictures[of_place(SLICE, cut.number)] = png_bytes(cut.pixels)
    looks: list[dict[str, Any]] = [
        {
            "slice": cut.number,
            "of": cut.total,
            "picture": of_place(SLICE, cut.number),
            "first": cut.is_fullest,
        }
        for cut in slices
    ]
    return pictures, files, looks or [{"image": number, "picture": MARKED}]


def others_located(
    readings: Sequence[tuple[int, Any]],
) -> tuple[dict[str, bytes], list[dict[str, Any]]]:
    """The pictures of further images of a case: name to PNG, and which picture shows which.

    Args:
        readings: number and reading of each.
    """
    from thirdeye.explanation.overlay import png_bytes

    pictures = {of_place(MARKED, number): png_bytes(one.picture().pixels) for number, one in readings}
    return pictures, [{"image": number, "picture": of_place(MARKED, number)} for number, _ in readings]


def _slices(one: Any) -> Iterator[Any]:
    """The slices of a volume with what was marked on them; none of anything else."""
    from thirdeye.inference.dense.slices import marked_slices

    item, labels = getattr(one, "item", None), getattr(one, "labels", None)
    if isinstance(item, Volume) and labels is not None:
        yield from marked_slices(item, labels)
