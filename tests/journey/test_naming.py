"""Names for the classes of a study: given, recognised, switched off."""

from __future__ import annotations

import json

import pytest

from thirdeye.case.names import ClassNames
from thirdeye.errors import StudyMismatch, UsageError
from thirdeye.journey.naming import class_names, name_classes


@pytest.fixture
def study(tmp_path):
    folder = tmp_path / "study"
    folder.mkdir()
    values = {
        "classes": {"value": ["bcc", "nv"]},
        "taxonomy": {"value": [["bcc", "bad", ""], ["nv", "good", ""]]},
    }
    (folder / "plan.json").write_text(json.dumps({"values": values}))
    return folder


def test_classes_and_kinds_are_named(study, tmp_path) -> None:
    (tmp_path / "names.csv").write_text("class,name\nbcc,carcinoma\nbad,malignant\n")
    name_classes(study, tmp_path / "names.csv")
    classes, names = class_names(study)
    assert classes == ("bcc", "nv")
    assert [names.of(one) for one in ("bcc", "nv", "bad")] == ["carcinoma", "nv", "malignant"]
    name_classes(study, None)
    assert class_names(study)[1].changed(classes) == {}


def test_names_that_do_not_fit_leave_the_study_as_it_was(study) -> None:
    with pytest.raises(UsageError, match="'mel' is no class of this study"):
        name_classes(study, ClassNames({"mel": {"en": "melanoma"}}))
    assert not (study / "names.json").exists()


def test_a_folder_without_classes_is_refused(study, tmp_path) -> None:
    with pytest.raises(UsageError, match="there is no study folder"):
        class_names(tmp_path / "none")
    (study / "plan.json").write_text("{}")
    with pytest.raises(StudyMismatch, match="names no classes"):
        class_names(study)
