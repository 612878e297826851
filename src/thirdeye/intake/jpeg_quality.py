"""The quality at which a JPEG was saved, from the table that its numbers were divided by."""

from __future__ import annotations

from collections.abc import Sequence

# Sum of the 64 entries of the luminance table at quality 50 (ITU-T T.81, table K.1).
_SUM_AT_50 = 3688


def jpeg_quality(table: Sequence[int]) -> int:
    """1 to 100 on the scale of the Independent JPEG Group, which most programs follow.

    Only the sum of the table counts, so that its order doesn't, and tables of other programs get the quality
    of like coarseness.

    Args:
        table: the 64 entries for luminance.
    """
    scale = 100 * sum(table) / _SUM_AT_50
    quality = 100 - scale / 2 if scale <= 100 else 5000 / scale
    return int(min(100, max(1, round(quality))))
