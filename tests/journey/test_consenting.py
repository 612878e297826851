"""Where a patient took part: studies, models, copies."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pandas as pd
import pytest

from thirdeye.dicom.deidentify.key import open_key
from thirdeye.dicom.deidentify.pseudonyms import Pseudonyms
from thirdeye.errors import UsageError
from thirdeye.journey.consenting import trace_consent, withdrawn_patients


def study(folder: Path, patients: dict[str, str]) -> None:
    """A study with patients in parts, and a model."""
    (folder / "model").mkdir(parents=True)
    (folder / "model" / "member-0.safetensors").write_bytes(b"weights")
    lines = [f"{n}.png,{patient},{split}" for n, (patient, split) in enumerate(patients.items())]
    (folder / "dataset.csv").write_text("image,patient,split\n" + "\n".join(lines) + "\n")


def test_studies_and_models_that_saw_a_patient(tmp_path: Path) -> None:
    study(tmp_path / "studies" / "a", {"p1": "train", "p2": "test"})
    study(tmp_path / "studies" / "deep" / "b", {"p2": "train", "p1": "test"})
    study(tmp_path / "studies" / "c", {"p3": "train"})
    study(tmp_path / "studies" / "d", {"p1": "excluded"})
    found = {one.place: one for one in trace_consent(["p1"], [tmp_path / "studies"])}
    assert set(found) == {"studies/a", "studies/deep/b", "studies/d"}
    assert found["studies/a"].images == {"train": 1}
    assert found["studies/a"].models == {"model/member-0.safetensors": hashlib.sha256(b"weights").hexdigest()}
    assert not found["studies/deep/b"].learnt
    assert not found["studies/d"].learnt


def test_pseudonyms_and_copies_are_followed_with_the_key(tmp_path: Path) -> None:
    key, _ = open_key(tmp_path / "k")
    keyed = Pseudonyms(key).patient("MRN-1")
    study(tmp_path / "s" / "a", {keyed: "validation"})
    (tmp_path / "s" / "copy").mkdir()
    report = {"files": [{"patient": keyed, "written": "x"}, {"patient": "TE-OTHER", "written": "y"}]}
    (tmp_path / "s" / "copy" / "deidentification.json").write_text(json.dumps(report))
    assert trace_consent(["MRN-1"], [tmp_path / "s"]) == ()
    found = trace_consent(["somebody", "MRN-1"], [tmp_path / "s"], key=tmp_path / "k")
    assert [(one.place, one.images, one.patients) for one in found] == [
        ("s/a", {"validation": 1}, (2,)),
        ("s/copy", {"copy": 1}, (2,)),
    ]
    assert "MRN-1" not in json.dumps([one.as_json() for one in found])


def test_damaged_files_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "dataset.csv").write_bytes(b"\xff\xfe\x00 no table")
    (tmp_path / "a" / "deidentification.json").write_text("[1, 2")
    assert trace_consent(["p1"], [tmp_path]) == ()
    with pytest.raises(UsageError, match="there is no folder"):
        trace_consent(["p1"], [tmp_path / "none"])


def test_withdrawn_patients_as_of_a_day(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("patient,withdrawn\na,2025-01-01\nb,\nc,2027-01-01\n")
    assert withdrawn_patients(tmp_path / "c.csv", as_of="2026-01-01") == ("a",)
    assert withdrawn_patients(tmp_path / "c.csv", as_of="2028-01-01") == ("a", "c")
    with pytest.raises(UsageError, match="--as-of takes a day"):
        withdrawn_patients(tmp_path / "c.csv", as_of="soon")


@pytest.mark.slow
def test_a_real_study(finished: Path) -> None:
    rows = pd.read_csv(finished / "study" / "dataset.csv", dtype=str, keep_default_na=False)
    patient = rows.loc[rows["split"] == "train", "patient"].iloc[0]
    (found,) = trace_consent([patient], [finished])
    assert found.images == {"train": int((rows["patient"] == patient).sum())}
    assert "model/model.json" in found.models
    assert any(name.endswith(".safetensors") for name in found.models)
