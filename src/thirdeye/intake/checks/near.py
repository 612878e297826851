"""What the checks of near-duplicates share: pairs, with everything identical to them, and their table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.twins.pairs import NearPair
from thirdeye.intake.words import shown_name

SOURCE = "Pictures laid over each other in 8 symmetries; see docs/checks.md, near-duplicates"
_TABLE_ROWS = 1_000


def pairs_that(exhibits: Exhibits, differ: Callable[[str, str], bool]) -> list[NearPair]:
    """Near pairs of images of which `differ` says True, also between copies identical to those compared."""
    copies, found = exhibits.copies, []
    for pair in exhibits.near_pairs:
        both = (copies.get(pair.first, (pair.first,)), copies.get(pair.second, (pair.second,)))
        found += [
            NearPair(first, second, pair.similarity, pair.how)
            for first, second in product(*both)
            if differ(first, second)
        ]
    return found


def images_of(pairs: Sequence[NearPair]) -> tuple[str, ...]:
    """Every image once."""
    return tuple(dict.fromkeys(image for pair in pairs for image in (pair.first, pair.second)))


def groups_of(pairs: Sequence[NearPair]) -> tuple[tuple[str, ...], ...]:
    """One group of two for each pair."""
    return tuple((pair.first, pair.second) for pair in pairs)


def table_of(pairs: Sequence[NearPair]) -> dict[str, Any]:
    """Evidence: the table of pairs, the most alike first, and how many there are."""
    rows = [[pair.first, pair.second, pair.similarity, pair.how] for pair in pairs[:_TABLE_ROWS]]
    columns = ["image", "like", "similarity", "how the second differs"]
    return {"pairs": len(pairs), "table": {"columns": columns, "rows": rows}}


def told(pair: NearPair) -> str:
    """A pair for a sentence: ``'a.png' and 'b.png' (rotated by 90 degrees)``."""
    return f"'{shown_name(pair.first)}' and '{shown_name(pair.second)}' ({pair.how})"
