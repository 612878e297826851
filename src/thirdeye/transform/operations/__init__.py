"""Random operations of training, one per file; importing this package registers them."""

from thirdeye.transform.operations import (
    blur,
    brightness,
    clahe,
    colour,
    contrast,
    erase,
    flip_horizontal,
    flip_vertical,
    gamma,
    noise,
    quarter_turn,
    rotate,
    shear,
    shift,
    turn_inscribed,
    zoom,
)

__all__ = [
    "blur",
    "brightness",
    "clahe",
    "colour",
    "contrast",
    "erase",
    "flip_horizontal",
    "flip_vertical",
    "gamma",
    "noise",
    "quarter_turn",
    "rotate",
    "shear",
    "shift",
    "turn_inscribed",
    "zoom",
]
