from __future__ import annotations

import pytest

from thirdeye.intake.stems import stem_of, without_ending


@pytest.mark.parametrize(
    ("reference", "stem"),
    [
        ("imagesTr/case_0000.nii.gz", "case_0000"),
        ("a.b/scan.v2.NII.GZ", "scan.v2"),
        ("x.nii", "x"),
        ("a/b.png", "b"),
        ("a/b.zraw", "b"),
        ("a/README", "README"),
        (".hidden", ".hidden"),
    ],
)
def test_stems(reference: str, stem: str) -> None:
    assert stem_of(reference) == stem


def test_the_folder_stays() -> None:
    assert without_ending("a.b/c.nii.gz") == "a.b/c"
    assert without_ending("a.b/c") == "a.b/c"
