from __future__ import annotations

import json
from pathlib import Path

from thirdeye.case.study import Study
from thirdeye.inference.manifest import read_manifest
from thirdeye.inference.second_opinion import SecondReader


def test_a_finished_study_keeps_its_development_cases(finished: Path) -> None:
    kept = read_manifest(Study(finished / "study")).trust["similar"]
    (gallery,) = kept["galleries"]
    form = json.loads((finished / "study" / "model" / gallery["cases"]["file"]).read_text())
    table = (finished / "study" / "dataset.csv").read_text().splitlines()
    development = [line for line in table if ",train," in line or ",validation," in line]
    assert gallery["n"] == len(form["cases"]) == len(development) > 0
    assert kept["unlearnt"] == 1.0
    for case, image, label, patient in form["cases"]:
        assert label in ("healthy", "malignant")
        assert image.startswith("images/")
        assert patient
        assert f"{case}" != patient


def test_reading_a_known_image_names_it_unless_the_patient_is_told(finished: Path) -> None:
    study = finished / "study"
    kept = json.loads((study / "model" / "similar_training.json").read_text())["cases"]
    image = kept[0][1]
    reader = SecondReader.load(study)
    opinion = reader.read(finished / "data" / image)
    assert opinion.abstained is None
    assert [one.image for one in opinion.similar if one.duplicate] == [image]
    ranks = [one.rank for one in opinion.similar]
    assert ranks == sorted(ranks)
    patient = next(
        line.split(",")[2]
        for line in (finished / "data" / "cases.csv").read_text().splitlines()
        if image in line
    )
    reader.patient = patient
    told = reader.read(finished / "data" / image)
    assert told.similar
    assert image not in {one.image for one in told.similar}
