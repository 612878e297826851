"""What is plain to see about an image without a network: size, colour, modality, brightness, quality."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.inference.header_facts import HeaderFacts, header_facts
from thirdeye.inference.header_rules import header_oddities, header_reasons, summarise_headers
from thirdeye.inference.quality import Quality, quality_of, quality_remarks, summarise_quality

COLOURED = 3.0  # mean distance of the channels in grey levels above which a picture counts as coloured
FEWEST_PIXELS = 0.15  # of the smallest short side in training, below which there is too little to see
STRIP = 4.0  # times longer or wider than every training image: squeezed or padded, it shows nothing
KIN = ({"CR", "DX", "RG"}, {"XC", "GM", "ES", "OP"})  # modalities that are the same kind of picture


@dataclass(frozen=True)
class ImageFacts:
    """Facts of one image.

    Args:
        height, width: pixels of the file.
        colourfulness: mean over pixels of (largest - smallest channel), 0 to 255, after preparing.
        modality: DICOM code, or None.
        brightness, contrast: mean and standard deviation of the prepared pixels, 0 to 255.
        header: what the file's header or the table says of it.
        quality: blur, noise, clipping, compression; None: not looked at.
    """

    height: int
    width: int
    colourfulness: float
    modality: str | None
    brightness: float
    contrast: float
    header: HeaderFacts = field(default_factory=HeaderFacts)
    quality: Quality | None = None


def facts_of(image: Image, prepared: NDArray[np.uint8], *, age_years: float | None = None) -> ImageFacts:
    """Facts of `image`, whose prepared form is (S, S, 3).

    Args:
        image: as decoded.
        prepared: as the network sees it.
        age_years: of the patient, where a table says it and the header does not.
    """
    colourfulness = colourfulness_of(prepared) if image.is_colour else 0.0
    brightness, contrast = float(prepared.mean()), float(prepared.std())
    header, quality = header_facts(image, age_years=age_years), quality_of(image, prepared)
    known = colourfulness, image.modality, brightness, contrast, header, quality
    return ImageFacts(image.height, image.width, *known)


def colourfulness_of(prepared: NDArray[np.uint8]) -> float:
    """Mean over pixels of (largest - smallest channel) of a prepared image (S, S, 3), 0 to 255."""
    red, green, blue = prepared[..., 0], prepared[..., 1], prepared[..., 2]
    largest = np.maximum(np.maximum(red, green), blue)  # ten times as fast as a reduction along three values
    return float((largest - np.minimum(np.minimum(red, green), blue)).mean())


def summarise(facts: Iterable[ImageFacts]) -> dict[str, Any]:
    """The range of the facts of many images, JSON-ready, for ``model.json``; {} for none."""
    facts = list(facts)
    if not facts:
        return {}
    coloured = sum(fact.colourfulness > COLOURED for fact in facts)
    return {
        "n": len(facts),
        "short_side_px": _range([min(fact.height, fact.width) for fact in facts]),
        "aspect_ratio": _range([fact.width / fact.height for fact in facts]),
        "share_coloured": coloured / len(facts),
        "modalities": sorted({fact.modality for fact in facts if fact.modality}),
        "brightness": _range([fact.brightness for fact in facts]),
        "contrast": _range([fact.contrast for fact in facts]),
        **summarise_headers([fact.header for fact in facts]),
        **summarise_quality([fact.quality for fact in facts if fact.quality]),
    }


def reasons_to_abstain(fact: ImageFacts, seen: dict[str, Any]) -> list[str]:
    """Sentences for each fact that is clearly outside what training saw.

    Args:
        fact: of the new image.
        seen: from `summarise`.
    """
    reasons: list[str] = []
    if not seen:
        return reasons
    if fact.contrast < min(2.0, 0.5 * seen["contrast"][0]):
        reasons.append("the image is nearly constant: there is nothing to see")
    short = min(fact.height, fact.width)
    if short < FEWEST_PIXELS * seen["short_side_px"][0]:
        reasons.append(
            f"the image has too few pixels ({fact.height} x {fact.width}); the network has only seen images "
            f"of {seen['short_side_px'][0]:g} px and more"
        )
    ratio, (low, high) = fact.width / fact.height, seen["aspect_ratio"]
    if not low / STRIP <= ratio <= high * STRIP:
        reasons.append(
            f"the image is {fact.width:,} px wide and {fact.height:,} px high; the network has only seen "
            f"images with a width of {_span(low, high)} times the height"
        )
    if fact.modality and seen["modalities"] and not _same_kind(fact.modality, seen["modalities"]):
        known = ", ".join(seen["modalities"])
        reasons.append(f"the modality is {fact.modality}; the network has only seen {known}")
    if seen["share_coloured"] == 0 and fact.colourfulness > 4 * COLOURED:
        reasons.append("this is a colour picture; the network has only seen grey images")
    if seen["share_coloured"] == 1 and fact.colourfulness <= COLOURED / 3:
        reasons.append("this is a grey picture; the network has only seen colour images")
    return reasons + header_reasons(fact.header, seen)


def oddities(fact: ImageFacts, seen: dict[str, Any]) -> list[str]:
    """Sentences for each fact that is unusual, though not enough to abstain.

    Args:
        fact: of the new image.
        seen: from `summarise`.
    """
    said: list[str] = []
    if not seen:
        return said
    short = min(fact.height, fact.width)
    smallest = seen["short_side_px"][0]
    if FEWEST_PIXELS * smallest <= short < 0.5 * smallest:
        said.append(
            f"The image is small ({fact.height} x {fact.width}); training images had at least"
            f" {smallest:g} px."
        )
    ratio, (low, high) = fact.width / fact.height, seen["aspect_ratio"]
    if not 0.8 * low <= ratio <= 1.25 * high and low / STRIP <= ratio <= high * STRIP:
        said.append(
            f"Its shape (width / height {ratio:.2f}) is unlike the training images ({low:.2f} to {high:.2f})."
        )
    if seen["share_coloured"] == 0 and COLOURED < fact.colourfulness <= 4 * COLOURED:
        said.append("The image has colours; the training images were grey.")
    said.extend(_beyond("brightness", fact.brightness, seen["brightness"]))
    said.extend(_beyond("contrast", fact.contrast, seen["contrast"]))
    said.extend(quality_remarks(fact.quality, seen))
    said.extend(header_oddities(fact.header, seen))
    return said


def _span(low: float, high: float) -> str:
    least, most = f"{low:.2g}", f"{high:.2g}"
    return least if least == most else f"{least} to {most}"


def _beyond(name: str, value: float, seen: list[float]) -> list[str]:
    low, high = seen
    margin = 0.25 * (high - low) + 2.0
    if low - margin <= value <= high + margin:
        return []
    return [f"Its {name} ({value:.0f} of 255) is unlike the training images ({low:.0f} to {high:.0f})."]


def _same_kind(modality: str, known: list[str]) -> bool:
    return modality in known or any(modality in kin and kin & set(known) for kin in KIN)


def _range(values: list[float] | list[int]) -> list[float]:
    return [round(float(min(values)), 4), round(float(max(values)), 4)]
