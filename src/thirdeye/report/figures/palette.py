"""The colours of every figure: safe for colour-blind readers, and each bound to a CSS variable of the page.

The hexadecimal value is the light one, used in print; on a page the value is replaced by the variable, so
that one drawing serves light and dark. Every colour is therefore unique.
"""

from __future__ import annotations

INK = "#1d262f"
MUTED = "#5c6873"
RULE = "#d3d9df"
GROUND = "#fefefe"
NETWORK = "#0a6097"  # blue
TRADITIONAL = "#c4590f"  # vermilion
HEAD = "#6d6a9c"  # slate violet
WRONG = "#b0413e"
RIGHT = "#3c7d68"

CSS_VARIABLES: dict[str, str] = {
    INK: "--ink",
    MUTED: "--muted",
    RULE: "--rule",
    GROUND: "--ground",
    NETWORK: "--network",
    TRADITIONAL: "--traditional",
    HEAD: "--head",
    WRONG: "--wrong",
    RIGHT: "--right",
}

SOURCE_COLOURS: dict[str, str] = {"network": NETWORK, "traditional": TRADITIONAL, "features_head": HEAD}

# Eight hues told apart under the common colour deficiencies (Okabe and Ito 2008, darkened for thin lines).
CLASS_COLOURS: tuple[str, ...] = (
    NETWORK,
    TRADITIONAL,
    RIGHT,
    HEAD,
    "#a8862a",
    "#3f93b8",
    "#9d4a73",
    "#7b6a58",
)
CLASS_DASHES: tuple[object, ...] = ("-", (0, (5, 2)), (0, (1.5, 1.5)), (0, (6, 2, 1.5, 2)))

# On pictures, which are mostly dark: what the expert marked, and what the network did.
EXPERT_RGB: tuple[int, int, int] = (255, 196, 0)
NETWORK_RGB: tuple[int, int, int] = (64, 200, 255)
