from __future__ import annotations

from thirdeye.intake.jpeg_quality import jpeg_quality


def test_the_table_of_the_standard_is_quality_50_and_all_ones_nearly_100() -> None:
    assert jpeg_quality([3688 // 64] * 63 + [3688 - 3688 // 64 * 63]) == 50
    assert jpeg_quality([1] * 64) == 99
    assert jpeg_quality([255] * 64) == 11
