"""The ledger: finished means the same key and untouched files; a killed stage is not finished."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from thirdeye.case.study import Study
from thirdeye.errors import StudyMismatch
from thirdeye.journey.ledger import Ledger, hardware, key_of, relative_place, versions


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return Study(tmp_path / "study")


def pass_through(study: Study, key: str = "k", content: str = "made") -> None:
    with Ledger(study).stage("paint", key) as outputs:
        study.write_text("picture.txt", content)
        outputs.append("picture.txt")


def test_keys_depend_on_every_part_and_not_on_the_order_of_names() -> None:
    assert key_of("a", {"x": 1, "y": 2}) == key_of("a", {"y": 2, "x": 1})
    assert len({key_of("a"), key_of("b"), key_of("a", "b"), key_of(["a"]), key_of(None)}) == 5
    assert key_of(Path("x")) == key_of(Path("x"))


def test_a_finished_stage_is_known_to_the_next_process(study: Study) -> None:
    assert not Ledger(study).finished("paint", "k")
    pass_through(study)
    assert Ledger(study).finished("paint", "k")
    assert not Ledger(study).finished("paint", "other")
    assert Ledger(study).key("paint") == "k"
    assert Ledger(study).key("frame") is None


def test_a_missing_output_is_unfinished_and_an_edited_one_is_refused(study: Study) -> None:
    pass_through(study)
    study.path("picture.txt").write_text("forged")
    with pytest.raises(
        StudyMismatch, match=r"picture\.txt of the study 'study' was changed after 'paint' wrote it"
    ):
        Ledger(study).finished("paint", "k")
    study.path("picture.txt").unlink()
    assert not Ledger(study).finished("paint", "k")
    with pytest.raises(StudyMismatch, match="has no picture"):
        Ledger(study).verify("paint")


def test_verify_names_the_stage_that_is_missing_or_old(study: Study) -> None:
    with pytest.raises(StudyMismatch, match="has not been through 'paint' yet"):
        Ledger(study).verify("paint")
    pass_through(study)
    Ledger(study).verify("paint", "k")
    with pytest.raises(StudyMismatch, match="was changed since 'paint'; run 'paint' again"):
        Ledger(study).verify("paint", "new")


@pytest.mark.parametrize("failure", [KeyboardInterrupt, RuntimeError])
def test_a_stage_that_begins_again_and_stops_counts_as_unfinished(
    study: Study, failure: type[BaseException]
) -> None:
    pass_through(study)

    def fail() -> None:
        with Ledger(study).stage("paint", "k2"):
            study.write_text("picture.txt", "half")
            raise failure

    with pytest.raises(failure):
        fail()
    assert Ledger(study).key("paint") is None
    pass_through(study)
    assert Ledger(study).finished("paint", "k")


def test_a_later_stage_may_rewrite_a_file_and_a_kill_in_between_breaks_nothing(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    study.write_json("model.json", {"sanity": None})
    with Ledger(study).stage("train", "k") as outputs:
        outputs.append("model.json")
    real, written = Study.write_text, []

    def killed_at(number: int) -> Callable[[Study, str, str], None]:
        written.clear()

        def write(self: Study, name: str, text: str) -> None:
            written.append(name)
            if len(written) == number:
                raise KeyboardInterrupt
            real(self, name, text)

        return write

    for number, name in ((1, "provenance.json"), (2, "model.json"), (3, "provenance.json")):
        with monkeypatch.context() as patch:
            patch.setattr(Study, "write_text", killed_at(number))
            with pytest.raises(KeyboardInterrupt):
                Ledger(study).rewrite_json("train", "model.json", {"sanity": True})
        assert written[-1] == name
        assert Ledger(study).finished("train", "k")
    Ledger(study).rewrite_json("train", "model.json", {"sanity": True})
    assert Ledger(study).finished("train", "k")
    assert study.read_json("model.json") == {"sanity": True}
    study.write_json("model.json", {"sanity": None})
    with pytest.raises(StudyMismatch, match="was changed after"):
        Ledger(study).finished("train", "k")


def test_durations_outputs_versions_and_hardware_are_on_top(study: Study) -> None:
    pass_through(study)
    content = json.loads(study.path("provenance.json").read_text(encoding="utf-8"))
    assert content["durations_s"]["paint"] >= 0
    assert content["outputs"] == {"picture.txt": study.sha256("picture.txt")}
    assert content["versions"] == versions()
    assert content["hardware"] == hardware()
    assert content["version"] == 1


def test_nothing_names_the_machine_or_its_user() -> None:
    text = json.dumps([hardware(), versions()])
    assert socket.gethostname() not in text.replace(hardware()["processor"], "")
    assert str(Path.home()) not in text
    assert hardware()["cores"] >= 1
    assert hardware()["memory_gb"] > 0


def test_facts_are_entered_and_kept(study: Study) -> None:
    ledger = Ledger(study)
    ledger.set(seed=3)
    ledger.write()
    pass_through(study)
    assert Ledger(study).content["seed"] == 3


def test_places_are_relative(tmp_path: Path) -> None:
    assert relative_place(tmp_path / "a" / "data", tmp_path / "b" / "study") == "../../a/data"
