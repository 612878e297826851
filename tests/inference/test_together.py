"""Several readers on one image."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from thirdeye.case.opinion import Opinion, Verdict
from thirdeye.errors import UsageError
from thirdeye.inference import second_opinion
from thirdeye.inference.second_opinion import Failure, SecondReader
from thirdeye.inference.together import Together, agreement


def opinion(value: float, *, abstained: str | None = None, **changes) -> Opinion:
    wanted = {
        "source": "a.png", "task": "binary", "positive": "ill", "abstained": abstained,
        "probabilities": {} if abstained else {"well": 1 - value, "ill": value},
        "predicted": "ill" if value > 0.5 else "well",
        "verdicts": () if abstained else (Verdict("youden", 0.3, value >= 0.3, 0.9, 0.8),),
    }  # fmt: skip
    return Opinion(**{**wanted, **changes})


@pytest.mark.parametrize(
    ("opinions", "agree", "said"),
    [
        ([opinion(0.9), opinion(0.8)], True, "Both readers say the same"),
        ([opinion(0.4), opinion(0.8)], True, "Both readers say the same"),  # same side of the verdict
        ([opinion(0.1), opinion(0.9), opinion(0.9)], False, "2 of 3 say positive at youden"),
        ([opinion(0.1, verdicts=()), opinion(0.9, verdicts=())], False, "well against ill"),
        ([opinion(0.1), opinion(0.9, abstained="too dark")], None, "1 of 2 readers give no opinion"),
        ([opinion(0.1, abstained="x"), opinion(0.9, abstained="y")], None, "None of the 2"),
        ([opinion(0.1), opinion(0.1, probabilities={"cat": 0.9, "dog": 0.1})], None, "different questions"),
    ],
)
def test_agreement_is_said(opinions: list[Opinion], agree: bool | None, said: str) -> None:
    found = agreement(opinions)
    assert found.agree is agree
    assert said in found.said


def test_each_file_is_decoded_once_and_opinions_are_those_of_each_alone(
    blob_study: Path, tmp_path: Path, blob_image, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Path(shutil.copytree(blob_study, tmp_path / "other"))
    form = json.loads((other / "model/model.json").read_text())
    form["calibration"]["parameters"]["intercept"] = -9.0
    (other / "model/model.json").write_text(json.dumps(form))
    files = []
    for k in range(3):
        files.append(tmp_path / f"{k}.png")
        image = blob_image(np.random.default_rng(k), positive=bool(k % 2))
        PIL.Image.fromarray(image.pixels).save(files[-1])
    files.insert(1, tmp_path / "none.png")
    decoded, taken = second_opinion.decoded, []

    def counting(paths, **options):
        return decoded((taken.append(path) or path for path in paths), **options)

    monkeypatch.setattr(second_opinion, "decoded", counting)
    found = list(Together.load([blob_study, other], threads=1).read_many(files))
    assert taken == files
    assert isinstance(found[1], Failure)
    for path, one in zip(files, found, strict=True):
        if isinstance(one, Failure):
            continue
        json.dumps(one.as_json(), allow_nan=False)
        for study, said in zip((blob_study, other), one.opinions, strict=True):
            alone = SecondReader.load(study, threads=1).read(path)
            assert said.probabilities == pytest.approx(dict(alone.probabilities), abs=1e-6)
    assert found[2].agreement.agree is False


def test_one_reader_is_no_company(blob_study: Path) -> None:
    with pytest.raises(UsageError, match="needs two readers, got 1"):
        Together.load([blob_study], threads=1)
