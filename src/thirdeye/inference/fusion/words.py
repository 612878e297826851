"""How an opinion on a case came about, in words."""

from __future__ import annotations

from collections.abc import Iterator

from thirdeye.case.opinion import Opinion
from thirdeye.inference.wording import percent, readable


def fused_sentences(opinion: Opinion) -> Iterator[str]:
    """What was put together for an opinion; nothing for a single image by itself."""
    fused = opinion.fused
    if fused is None or opinion.abstained is not None:
        return
    name = opinion.positive or opinion.predicted or ""
    counted = [image for image in fused.images if image.left_out is None]
    if len(fused.images) > 1:
        said = [
            f"{readable(image.view or image.source)} {percent(image.probabilities.get(name, 0.0))}"
            for image in counted
        ]
        together = f"Decided from {len(counted)} images ({fused.method})"
        yield f"{together}: {readable(name)} by each of them, {', '.join(said)}."
    if fused.variables:
        values = ", ".join(f"{readable(one)} {readable(value)}" for one, value in fused.variables.items())
        alone = percent(fused.by_images.get(name, 0.0))
        missing = f" Not given: {', '.join(map(readable, fused.missing))}." if fused.missing else ""
        yield f"With {values}; {readable(name)} by the {_images(len(counted))} alone: {alone}.{missing}"


def _images(number: int) -> str:
    return "image" if number == 1 else "images"
