"""Are blurred, noisy, compressed and badly exposed images remarked on, and how often are good ones?

    python benchmarks/image_quality.py

Every other image of a set says what is usual; the rest are shown as they are and with one fault each. Shares
of images with any remark on quality (Wilson, 95 %), and how many of them have the remark that fits the fault.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import PIL.Image
from common import arguments, finish, machine, table
from envelope import sources
from scipy import ndimage

from thirdeye.case.image import Image
from thirdeye.evaluation.proportion import wilson
from thirdeye.inference.quality import quality_of, quality_remarks, summarise_quality
from thirdeye.transform.prepare import prepare

SETS = ("chest_children", "chest_adults", "ham10000", "brain_mri", "kvasir", "blood_cells", "spine")
SIDE = 224
Pixels = np.ndarray


def main() -> None:
    """Measure every set."""
    parser = arguments(__doc__.splitlines()[0], "results/image_quality.json")
    parser.add_argument("--most", type=int, default=120, help="images of each set")
    options = parser.parse_args()
    runs = [measured(name, images) for name, images in sources(options.data, options.most) if name in SETS]
    rows = [(run["set"], run["n"], *(_told(run[fault]) for fault in ("none", *FAULTS))) for run in runs]
    text = table(("set", "n", "as they are", *(fault for fault, _ in FAULTS.items())), rows)
    finish({"machine": machine(), "runs": runs}, options.json, text)


def measured(name: str, images: list[Image]) -> dict[str, Any]:
    """Shares with a remark, plain and with each fault."""
    usual = summarise_quality([_quality(one) for one in images[::2]])
    shown = images[1::2]
    found: dict[str, Any] = {"set": name, "n": len(shown), "none": _share(shown, usual, "")}
    for fault, (change, said) in FAULTS.items():
        changed = [replace(one, pixels=_changed(one.pixels, change)) for one in shown]
        found[fault] = _share(changed, usual, said)
    return found


def _share(images: list[Image], usual: dict[str, Any], said: str) -> dict[str, Any]:
    remarks = [quality_remarks(_quality(one), usual) for one in images]
    any_of = sum(map(bool, remarks))
    fitting = sum(any(said in one for one in each) for each in remarks) if said else None
    low, high = wilson(any_of, len(images))
    return {"n": any_of, "share": any_of / len(images), "interval": [low, high], "fitting": fitting}


def _quality(image: Image) -> Any:
    return quality_of(image, prepare(image, size_px=SIDE, resize="pad", intensity="full_range"))


def _changed(pixels: Pixels, change: Callable[[Pixels], Pixels]) -> Pixels:
    return np.clip(change(pixels.astype(np.float32)), 0, 255).astype(np.uint8)


def _blurred(pixels: Pixels) -> Pixels:
    sigma = 0.01 * min(pixels.shape[:2])
    return ndimage.gaussian_filter(pixels, (sigma, sigma, *[0] * (pixels.ndim - 2)))


def _noisy(pixels: Pixels) -> Pixels:
    """12 grey levels at the side on which it is measured."""
    coarse = max(1.0, min(pixels.shape[:2]) / SIDE)
    draw = np.random.default_rng(0).normal(0, 12 * coarse, pixels.shape[:2])
    return pixels + (draw[..., None] if pixels.ndim == 3 else draw)


def _compressed(pixels: Pixels) -> Pixels:
    stream = io.BytesIO()
    PIL.Image.fromarray(pixels.astype(np.uint8)).save(stream, "JPEG", quality=10)
    return np.asarray(PIL.Image.open(stream), np.float32)


FAULTS: dict[str, tuple[Callable[[Pixels], Pixels], str]] = {
    "blurred": (_blurred, "blurrier"),
    "noisy": (_noisy, "noisier"),
    "JPEG at quality 10": (_compressed, "compression"),
    "overexposed": (lambda pixels: 1.8 * pixels, "white"),
    "underexposed": (lambda pixels: pixels - 80, "black"),
}


def _told(found: dict[str, Any]) -> str:
    low, high = found["interval"]
    fitting = "" if found["fitting"] is None else f"; {found['fitting']}"
    return f"{found['share']:.0%} ({low:.0%} to {high:.0%}){fitting}"


if __name__ == "__main__":
    main()
