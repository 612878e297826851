from __future__ import annotations

import pytest

from thirdeye.intake.foreign import guess


@pytest.mark.parametrize(
    ("head", "name", "words"),
    [
        (b"PK\x03\x04", "a.bin", " (it looks like a zip archive; unpack it)"),
        (b"PK\x03\x04", "model.PT", " (it looks like a trained model)"),
        (b"\x1f\x8b", "brain.mgz", " (it looks like a FreeSurfer volume; convert it to NIfTI)"),
        (
            b"version https://git-lfs.github.com/spec/v1",
            "brain.mgz",
            " (it is a Git LFS pointer; fetch the real file with 'git lfs pull')",
        ),
        (b"%PDF-1.4", "letter", " (it looks like a PDF)"),
        (b"abc", "letter", ""),
    ],
)
def test_a_guess_by_name_then_by_first_bytes(head: bytes, name: str, words: str) -> None:
    assert guess(head, name) == words
