"""The whole journey: complete, repeatable, resumable wherever it is stopped, and never mixed."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from thirdeye.case.study import Study
from thirdeye.errors import DataRefused, StageFailed, StudyMismatch, UsageError
from thirdeye.journey.running import run
from thirdeye.journey.validating import validate

EVIDENCE = (
    "evaluation.json",
    "predictions.csv",
    "plan.json",
    "dataset.csv",
    "model/model.json",
    "model/model.onnx",
)
FILES = (
    *EVIDENCE, "findings.json", "fingerprint.json", "provenance.json", "explanation/sanity.json",
    "report.html", "report.pdf", "canvas.json", "runs/stages.json", "runs/curves.csv",
)  # fmt: skip


def hashes(study: Path, names: tuple[str, ...] = EVIDENCE) -> dict[str, str]:
    return {name: hashlib.sha256((study / name).read_bytes()).hexdigest() for name in names}


def times(study: Path) -> dict[str, int]:
    return {
        path.relative_to(study).as_posix(): path.stat().st_mtime_ns
        for path in study.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


def test_a_run_leaves_every_file(finished: Path) -> None:
    study = Study(finished / "study")
    assert [name for name in FILES if not study.has(name)] == []
    assert not list(study.folder.rglob("*.part"))
    evidence = study.read_json("evaluation.json")
    assert set(evidence["sets"]) == {"test", "validation"}
    assert evidence["test_looks"] == 1


def test_no_file_holds_an_absolute_path(finished: Path) -> None:
    place = str(finished).encode()
    root = str(Path(__file__).resolve().parents[2]).encode()
    found = [
        path.name
        for path in (finished / "study").rglob("*")
        if path.is_file() and any(part in path.read_bytes() for part in (place, root))
    ]
    assert found == []


def test_patients_are_never_on_two_sides(finished: Path) -> None:
    rows = pd.read_csv(finished / "study" / "dataset.csv", keep_default_na=False)
    assert rows.groupby("patient")["split"].nunique().max() == 1
    assert rows.groupby("patient")["fold"].nunique().max() == 1
    assert (rows.groupby("patient").size() > 1).any()


def test_provenance_tells_when_how_long_and_with_what(
    finished: Path, ledger_of: Callable[[Path], dict[str, Any]]
) -> None:
    content = ledger_of(finished / "study")
    assert list(content["durations_s"]) == ["plan", "train", "validate", "robustness", "explain", "report"]
    assert min(content["durations_s"].values()) > 0
    assert content["seed"] == 0
    assert content["test_looks"] == 1
    assert content["started"] <= content["stages"]["plan"]["finished"]
    assert {"python", "torch", "numpy"} <= set(content["versions"])
    assert content["data"]["place"] == "../data"
    for name, digest in content["outputs"].items():
        assert hashlib.sha256((finished / "study" / name).read_bytes()).hexdigest() == digest, name


def test_again_does_nothing_new(place: Path, again: Callable[..., Any]) -> None:
    before = times(place / "study")
    found = again(place)
    assert times(place / "study") == before
    assert found.evidence["test_looks"] == 1
    assert found.metric("auc")["n"] == found.evidence["sets"]["test"]["n"]


def interrupted_at(monkeypatch: pytest.MonkeyPatch, target: str, *, after: int = 0) -> None:
    """Ctrl-C when the function `target` is called for the time after the `after`th."""
    from importlib import import_module

    module, _, name = target.rpartition(".")
    try:
        owner: Any = import_module(module)
    except ModuleNotFoundError:
        module, _, holder = module.rpartition(".")
        owner = getattr(import_module(module), holder)
    real, calls = getattr(owner, name), 0

    def stop(*given: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls > after:
            raise KeyboardInterrupt
        return real(*given, **named)

    monkeypatch.setattr(owner, name, stop)


POINTS: list[tuple[str, int]] = [
    ("thirdeye.journey.checking.open_collection", 0),
    ("thirdeye.intake.facts_table.FactsTable.add", 10),  # images are measured in other processes
    ("thirdeye.journey.planning.make_plan", 0),
    ("thirdeye.journey.planning.write_dataset_csv", 0),
    ("thirdeye.case.study.Study.write_json", 4),  # between fingerprint.json and plan.json
    ("thirdeye.transform.cache.prepare", 12),
    ("thirdeye.training.stages.cross_fit_head", 0),
    ("thirdeye.training.loop._Trainer.epoch", 0),
    ("thirdeye.training.members._save", 1),
    ("thirdeye.journey.fitting.fit_calibration", 0),
    ("thirdeye.journey.fitting.save_network", 0),
    ("thirdeye.inference.assemble.export_onnx", 0),
    ("thirdeye.inference.assemble.summarise", 0),
    ("thirdeye.journey.fitting._save_validation", 0),
    ("thirdeye.journey.on_test_part.fit_baseline", 0),
    ("thirdeye.journey.evidence.evaluate_set", 1),
    ("thirdeye.journey.on_test_part.find_strata", 0),
    ("thirdeye.journey.on_test_part.predictions_csv", 0),
    ("thirdeye.journey.repeating.fit_learning_curve", 0),
    ("thirdeye.journey.repeating._join", 0),  # the answers lie in the study, but not in the evidence yet
    ("thirdeye.journey.explaining._exam", 0),
    ("thirdeye.journey.explaining._examples", 0),
    ("thirdeye.journey.reporting.write_report", 0),
]


def test_ctrl_c_at_every_stage_and_run_again(
    finished: Path, tmp_path: Path, again: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped at each of these points, each later, the run ends with the evidence of one that was not."""
    shutil.copytree(finished / "data", tmp_path / "data")
    for target, after in POINTS:
        with monkeypatch.context() as patch:
            interrupted_at(patch, target, after=after)
            with pytest.raises(KeyboardInterrupt):
                again(tmp_path)
        assert not list((tmp_path / "study").glob("model/*.part")), target
    found = again(tmp_path)
    assert found.evidence["test_looks"] == 1
    assert hashes(tmp_path / "study") == hashes(finished / "study")
    assert sorted(times(tmp_path / "study")) == sorted(times(finished / "study"))


def test_a_kill_after_the_figures_were_written_counts_as_a_look(
    place: Path, again: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "study" / "evaluation.json").unlink()
    with monkeypatch.context() as patch:
        interrupted_at(
            patch, "thirdeye.case.study.Study.write_text", after=2
        )  # ledger, evidence, predictions
        with pytest.raises(KeyboardInterrupt):
            again(place)
    assert again(place).evidence["test_looks"] == 3


ONE_CORE = "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})"
COMMAND = [sys.executable, "-c", f"{ONE_CORE}\nfrom thirdeye.cli.main import main; main()"]
OPTIONS = ["--budget", "1h", "--set", "image_size_px=32", "--set", "epochs=1", "--set", "folds=2"]


SIGNALS = (
    (signal.SIGINT, 130, "Fine-tuning"),
    (signal.SIGKILL, -9, "Fine-tuning"),
    (signal.SIGKILL, -9, "Validation"),
    (signal.SIGKILL, -9, "Heat maps"),
)


def sent_at(place: Path, sent: signal.Signals, at: str) -> tuple[int, list[str]]:
    """The command, sent a signal as soon as it says `at`: its exit code, and what it said."""
    process = subprocess.Popen(
        [*COMMAND, "run", str(place / "data"), "--out", str(place / "study"), *OPTIONS],
        stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
        # a shell that runs the tests in the background hands SIGINT down as ignored
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        if at in line:
            time.sleep(0.1)
            process.send_signal(sent)
            break
    said += process.stderr.readlines()
    process.stderr.close()
    return process.wait(), said


@pytest.mark.slow
def test_real_signals_one_after_the_other_and_run_again(
    finished: Path, tmp_path: Path, again: Callable[..., Any]
) -> None:
    """Each start of the command goes on where the last was ended, and is ended further on."""
    shutil.copytree(finished / "data", tmp_path / "data")
    for sent, code, at in SIGNALS:
        ended, said = sent_at(tmp_path, sent, at)
        assert ended == code, "".join(said)
        assert any(at in line for line in said), "".join(said)
        assert "Traceback" not in "".join(said)
        if sent == signal.SIGINT:
            assert "thirdeye: interrupted; the same command goes on from here" in said[-1]
    found = again(tmp_path)
    assert found.evidence["test_looks"] == 1
    assert hashes(tmp_path / "study", ("predictions.csv",)) == hashes(
        finished / "study", ("predictions.csv",)
    )


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """A disk in memory of 8 KB that can be remounted with other options; needs the right to mount."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", place], stderr=subprocess.DEVNULL
    )
    if mounted.returncode:
        pytest.skip("this process may not mount a small disk")

    def remount(option: str) -> Path:
        subprocess.run(["mount", "-o", f"remount,{option}", place], check=True)
        return place

    try:
        yield remount
    finally:
        subprocess.run(["umount", place], check=True)


@pytest.mark.slow
def test_a_real_disk_that_fills_up_at_every_write_and_then_is_read_only(
    finished: Path, again: Callable[..., Any], small_disk: Callable[[str], Path], tmp_path: Path
) -> None:
    place = tmp_path / "run"
    shutil.copytree(finished / "data", place / "data")
    (place / "study").symlink_to(tmp_path / "disk" / "study")
    (tmp_path / "disk" / "study").mkdir()
    reasons: list[str] = []
    found = None
    for size in ("8k", "12k", "16k", "24k", "40k", "400k", "14m", "24m", "32m", "44m", "52m", "80m"):
        small_disk(f"size={size}")
        try:
            found = again(place)
        except StageFailed as error:
            reasons.append(str(error))
            continue
        break
    assert len(reasons) >= 6
    assert all("No space left on device" in reason for reason in reasons)
    assert found is not None
    assert found.evidence["test_looks"] == 1
    assert hashes(place / "study") == hashes(finished / "study")
    assert not list((place / "study").rglob("*.part"))
    small_disk("ro")
    with pytest.raises(StageFailed, match="Read-only file system"):
        again(place)


def test_a_run_on_an_archive_goes_on_and_finds_its_images_again(
    finished: Path, tmp_path: Path, again: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when the cache was emptied in between; and the evidence is that of the folder."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    shutil.make_archive(str(tmp_path / "packed"), "zip", finished, "data")
    with monkeypatch.context() as patch:
        interrupted_at(patch, "thirdeye.journey.fitting.save_network")
        with pytest.raises(KeyboardInterrupt):
            again(tmp_path, data=tmp_path / "packed.zip")
    shutil.rmtree(tmp_path / "cache")
    again(tmp_path, data=tmp_path / "packed.zip")
    assert hashes(tmp_path / "study", ("predictions.csv",)) == hashes(
        finished / "study", ("predictions.csv",)
    )
    ledger = (tmp_path / "study" / "provenance.json").read_text(encoding="utf-8")
    assert "cache" not in ledger
    validated = validate(tmp_path / "study", reason="a test")
    assert validated.evidence["test_looks"] == 2


def test_two_runs_into_one_folder(place: Path, again: Callable[..., Any]) -> None:
    with Study(place / "study").lock(), pytest.raises(StageFailed, match="another run is working in"):
        again(place)


def test_a_moved_study_goes_on_where_the_data_are_named(
    place: Path, tmp_path: Path, again: Callable[..., Any]
) -> None:
    elsewhere = tmp_path / "far" / "away"
    elsewhere.mkdir(parents=True)
    shutil.move(place / "study", elsewhere / "study")
    shutil.move(place / "data", elsewhere / "data")
    before = times(elsewhere / "study")
    again(elsewhere)
    assert times(elsewhere / "study") == before


def test_other_options_are_refused(place: Path, again: Callable[..., Any]) -> None:
    for changed in ({"seed": 1}, {"overrides": {}}, {"budget": "2h"}, {"patient_is_image": True}):
        with pytest.raises(StudyMismatch, match="other data or options; choose another folder with --out"):
            again(place, **changed)


def test_data_of_another_folder_are_refused(
    place: Path, tmp_path: Path, again: Callable[..., Any], make_cases: Callable[..., Path]
) -> None:
    """Also where that folder has the same name, and the study is finished."""
    shutil.rmtree(place / "data")
    make_cases(place / "data", 34)
    with pytest.raises(StudyMismatch, match="images or labels of the data are not those"):
        again(place)


def test_other_pictures_under_the_same_names_are_refused(
    place: Path, again: Callable[..., Any], make_cases: Callable[..., Path]
) -> None:
    (place / "study" / "evaluation.json").unlink()
    shutil.rmtree(place / "data")
    make_cases(place / "data", seed=1)
    with pytest.raises(StudyMismatch, match=r"the images are not those .* a file has another size"):
        again(place)


def test_an_edited_label_is_refused(place: Path, again: Callable[..., Any]) -> None:
    table = place / "data" / "cases.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("malignant", "healthy", 1), encoding="utf-8")
    with pytest.raises(StudyMismatch, match="images or labels of the data"):
        again(place)


@pytest.mark.parametrize(
    "name", ["dataset.csv", "fingerprint.json", "model/model.onnx", "model/model.json", "predictions.csv"]
)
def test_an_edited_file_is_refused_and_nothing_is_overwritten(
    place: Path, again: Callable[..., Any], name: str
) -> None:
    path = place / "study" / name
    path.write_bytes(path.read_bytes() + b"\n")
    before = times(place / "study")
    with pytest.raises(StudyMismatch, match=rf"{name.split('/')[-1]} of the study 'study' was changed after"):
        again(place)
    assert times(place / "study") == before


def test_a_missing_model_is_put_together_again_from_its_members(
    place: Path, finished: Path, again: Callable[..., Any]
) -> None:
    """Without training and without another look: the same model gives the same evidence."""
    (place / "study" / "model" / "model.onnx").unlink()
    assert again(place).evidence["test_looks"] == 1
    assert hashes(place / "study") == hashes(finished / "study")


def test_a_missing_evaluation_is_another_look(
    place: Path, finished: Path, again: Callable[..., Any], differences: Callable[..., list[str]]
) -> None:
    (place / "study" / "evaluation.json").unlink()
    found = again(place).evidence
    first = json.loads((finished / "study" / "evaluation.json").read_text(encoding="utf-8"))
    assert found["test_looks"] == 2
    assert differences(first, found) == []


def test_a_plan_edited_by_hand_is_followed(place: Path, again: Callable[..., Any]) -> None:
    path = place / "study" / "plan.json"
    plan = json.loads(path.read_text(encoding="utf-8"))
    plan["values"]["epochs"]["value"] = 0
    plan["values"]["image_size_px"]["value"] = 48
    plan["values"]["test_time_augmentation"]["value"] = ["identity"]
    path.write_text(json.dumps(plan), encoding="utf-8")
    found = again(place)
    stages = json.loads((place / "study" / "runs" / "stages.json").read_text(encoding="utf-8"))["stages"]
    assert [stage["name"] for stage in stages] == ["frozen_features"]
    assert json.loads(path.read_text(encoding="utf-8")) == plan
    assert found.evidence["test_looks"] == 2


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("folds", 3, "asks for 3 folds, but dataset.csv was dealt into 2"),
        ("validation", "official", "official validation, but the dataset has no validation part"),
        ("positive", "healthy", "plan.json names another task, positive class"),
        ("epochs", "many", "values.epochs.value: 'many' is not of type"),
        ("architecture", "resnet", "no architecture is called 'resnet'"),
        ("augmentation", [["spin", 1]], "no operation is called 'spin'"),
    ],
)
def test_a_plan_edited_into_nonsense(
    place: Path, again: Callable[..., Any], name: str, value: Any, words: str
) -> None:
    path = place / "study" / "plan.json"
    plan = json.loads(path.read_text(encoding="utf-8"))
    plan["values"][name]["value"] = value
    path.write_text(json.dumps(plan), encoding="utf-8")
    with pytest.raises((UsageError, StudyMismatch), match=words):
        again(place)


def test_a_damaged_provenance(place: Path, again: Callable[..., Any]) -> None:
    path = place / "study" / "provenance.json"
    for content in ("{", "[]"):
        path.write_text(content, encoding="utf-8")
        with pytest.raises(StudyMismatch, match=r"provenance\.json"):
            again(place)
    path.unlink()
    with pytest.raises(UsageError, match="not empty and holds no study"):
        again(place)


def test_what_a_person_wrote_into_the_canvas_stays(place: Path, again: Callable[..., Any]) -> None:
    path = place / "study" / "canvas.json"
    path.write_text('{"aim": "by hand"}', encoding="utf-8")
    again(place)
    assert path.read_text(encoding="utf-8") == '{"aim": "by hand"}'


def test_out_inside_the_data_is_refused(tmp_path: Path, make_cases: Callable[..., Path]) -> None:
    data = make_cases(tmp_path / "data", 4)
    for inside in (data, data / "study", data / "images" / ".." / "study"):
        with pytest.raises(UsageError, match="lies inside the data"):
            run(data, inside)
    assert not (data / "study").exists()


def test_without_data_nothing_is_made(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"there is no file or folder '.*nowhere'"):
        run(tmp_path / "nowhere", tmp_path / "study")
    with pytest.raises(UsageError, match="time budget"):
        run(tmp_path, tmp_path / "study", budget="soon")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path, make_cases: Callable[..., Path]) -> None:
    data = make_cases(tmp_path / "data", 4)
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter 1.tex").write_text("")
    with pytest.raises(UsageError, match=r"not empty and holds no study \(chapter 1\.tex"):
        run(data, tmp_path / "thesis")
    assert sorted(path.name for path in (tmp_path / "thesis").iterdir()) == [".lock", "chapter 1.tex"]


def test_after_a_refusal_the_same_folder_takes_better_options(
    tmp_path: Path, make_cases: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A first attempt that lacked an option must not cost the folder."""
    data = make_cases(tmp_path / "data", 24)
    table = data / "cases.csv"
    table.write_text(table.read_text().replace("healthy", "type A").replace("malignant", "type B"))
    with pytest.raises((DataRefused, UsageError)):
        run(data, tmp_path / "study")
    monkeypatch.setattr(
        "thirdeye.journey.running.train", lambda *_, **__: (_ for _ in ()).throw(InterruptedError)
    )
    monkeypatch.setattr("thirdeye.journey.planning._speed", lambda: 20.0)
    with pytest.raises(InterruptedError):
        run(data, tmp_path / "study", positive="type B", overrides={"folds": 2})


def test_a_read_only_folder_is_a_failed_stage(
    place: Path, again: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.open

    def refuse(self: Path, mode: str = "r", *given: Any, **named: Any) -> Any:
        if place / "study" in self.parents and set(mode) & set("wax+"):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(self))
        return real(self, mode, *given, **named)

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(
        StageFailed, match=r"cannot write into .*Read-only file system; choose another folder"
    ):
        again(place)


def test_a_folder_below_a_file_is_a_failed_stage(tmp_path: Path, make_cases: Callable[..., Path]) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StageFailed, match="Not a directory; choose another folder with --out"):
        run(make_cases(tmp_path / "data", 4), tmp_path / "file" / "study")


@pytest.mark.parametrize(
    "full_at", ["thirdeye.training.members.save_model", "thirdeye.journey.fitting.save_network"]
)
def test_a_full_disk_loses_nothing(
    place: Path, finished: Path, again: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, full_at: str
) -> None:
    shutil.rmtree(place / "study" / "runs" / "members")
    (place / "study" / "model" / "model.onnx").unlink()

    def refuse(*_: Any) -> None:
        raise OSError("Error while serializing: I/O error: No space left on device (os error 28)")

    with monkeypatch.context() as patch:
        patch.setattr(full_at, refuse)
        with pytest.raises(StageFailed, match=r"No space left on device.*free some space"):
            again(place)
    assert again(place).evidence["test_looks"] == 1
    assert hashes(place / "study") == hashes(finished / "study")
