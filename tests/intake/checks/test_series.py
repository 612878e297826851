"""The checks of series: gaps, places, tilt, mixtures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from pydicom.uid import generate_uid

from thirdeye.intake.examine import Examination, examine
from thirdeye.intake.finding import Finding
from thirdeye.intake.open import open_collection

Writer = Callable[..., list[Path]]


def examined(folder: Path) -> Examination:
    return examine(open_collection(folder, labels_optional=True))


def found(examination: Examination, check: str) -> list[Finding]:
    return [finding for finding in examination.findings if finding.check == check]


def test_every_kind_of_series_trouble_is_accused_and_a_good_series_is_not(
    write_series: Writer, tmp_path: Path
) -> None:
    write_series("good")
    write_series("gap", at=(0, 1, 2, 5, 6))
    write_series("uneven", at=(0, 1, 2.3, 3.3))
    write_series("twice", at=(0, 1, 1, 2))
    write_series("tilted", step=(0.0, 2 * np.tan(np.radians(12)), 2.0))
    write_series("two", at=(0, 1, 2, 3), per_slice=lambda i: {"PatientID": "A" if i < 2 else "B"})
    mixed = generate_uid()
    write_series("mixed", SeriesInstanceUID=mixed)
    write_series("mixed", SeriesInstanceUID=mixed, directions=((1, 0, 0), (0, 0, -1)))
    copied = write_series("copied")
    (tmp_path / "copied" / "again.dcm").write_bytes(copied[0].read_bytes())

    seen = examined(tmp_path)
    gaps = found(seen, "series.gaps")
    assert [finding.cases[0].split("#")[0] for finding in gaps] == ["gap", "uneven"]
    assert gaps[0].evidence["slices"] == 2
    assert gaps[0].fixes[0].action == "leave_out"
    places = found(seen, "series.positions")
    assert [finding.cases[0].split("#")[0] for finding in places] == ["twice", "copied"]
    (tilt,) = found(seen, "series.tilt")
    assert "12.0 to 12.0 degrees" in tilt.message
    error, told = found(seen, "series.mixed")
    assert (error.severity, len(error.cases)) == ("error", 2)
    assert (told.severity, len(told.cases)) == ("info", 2)
    assert not [
        f
        for f in seen.findings
        if any(case.startswith("good#") for case in f.cases) and f.check.startswith("series")
    ]


def test_not_applicable_without_series(write_images: Callable[..., Path]) -> None:
    runs = {run.check: run for run in examined(write_images("a.png", "b.png")).runs}
    for check in ("series.gaps", "series.positions", "series.tilt", "series.mixed"):
        assert runs[check].status == "not_applicable"
        assert "no series" in runs[check].reason
