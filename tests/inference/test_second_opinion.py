"""The second reader on a study whose answers are known."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import jsonschema
import numpy as np
import PIL.Image
import pytest

from thirdeye.case.image import Image
from thirdeye.case.opinion import Opinion
from thirdeye.errors import StudyMismatch, UnreadableFile, UsageError
from thirdeye.inference.calibration import sigmoid
from thirdeye.inference.manifest import Manifest
from thirdeye.inference.second_opinion import Failure, Reading, SecondReader
from thirdeye.transform.prepare import prepare


@pytest.fixture(scope="module")
def reader(blob_study: Path) -> SecondReader:
    return SecondReader.load(blob_study, threads=1)


@pytest.fixture
def copied(blob_study: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(blob_study, tmp_path / "study"))


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory, blob_image) -> list[Path]:
    random, folder = np.random.default_rng(77), tmp_path_factory.mktemp("files")
    paths = []
    for k in range(20):
        paths.append(folder / f"case {k}.png")
        PIL.Image.fromarray(blob_image(random, positive=bool(k % 2)).pixels).save(paths[-1])
    return paths


def schema(repository: Path, name: str) -> dict:
    form = json.loads((repository / "src/thirdeye" / name).read_text())
    jsonschema.Draft202012Validator.check_schema(form)
    return form


def test_positive_and_negative_cases_are_told_apart(reader: SecondReader, files: list[Path]) -> None:
    values = np.array([reader.read(path).probabilities["nodule"] for path in files])
    assert values[1::2].min() > values[::2].max()


@pytest.mark.parametrize("at", [(29, 12), (8, 30), (20, 20)])
def test_the_heat_map_lights_up_on_the_blob(reader: SecondReader, blob_image, at: tuple[int, int]) -> None:
    opinion = reader.read_images([blob_image(np.random.default_rng(1), positive=True, at=at)])[0]
    values = opinion.heat_map.values
    highest = np.array(np.unravel_index(values.argmax(), values.shape))  # cells of 5 pixels
    assert np.abs((highest + 0.5) * 5 - at).max() <= 5
    assert values.max() > 0.5
    assert opinion.heat_map.class_name == "nodule"


def test_probability_is_the_calibrated_mean_of_members_and_views(
    reader: SecondReader, files: list[Path], make_network
) -> None:
    import torch

    from thirdeye.intake.pixels import load_file
    from thirdeye.transform.prepare import prepare

    square = prepare(load_file(files[3]), size_px=32, resize="squash", intensity="full_range")
    x = torch.from_numpy(square.astype(np.float32) / 255).movedim(-1, 0)[None]
    with torch.no_grad():
        logits = [make_network(seed=s).eval()(v) for s in (1, 2) for v in (x, x.flip(-1))]
    mean = torch.stack(logits).mean(0)[0]
    expected = sigmoid(2.0 * float(mean[1] - mean[0]) - 0.5)
    assert reader.read(files[3]).probabilities["nodule"] == pytest.approx(expected, abs=1e-4)


def test_verdicts_follow_the_thresholds(reader: SecondReader, files: list[Path]) -> None:
    for path in files:
        opinion = reader.read(path)
        value = opinion.probabilities["nodule"]
        assert [v.positive for v in opinion.verdicts] == [value >= 0.5, value >= 0.2]
        assert [(v.sensitivity, v.specificity) for v in opinion.verdicts] == [(0.91, None)] * 2
        assert opinion.predicted == ("nodule" if value > 0.5 else "healthy")


def test_many_at_once_say_the_same_as_one_by_one_in_order(reader: SecondReader, files: list[Path]) -> None:
    for one, path in zip(reader.read_many(files, batch=4), files, strict=True):
        assert isinstance(one, Reading)
        assert one.opinion.source == str(path)
        assert one.opinion.probabilities["nodule"] == pytest.approx(
            reader.read(path).probabilities["nodule"], abs=1e-5
        )


def test_reading_streams(reader: SecondReader, files: list[Path]) -> None:
    asked = []

    def paths():
        for path in files:
            asked.append(path)
            yield path

    stream = reader.read_many(paths())
    next(stream)
    assert len(asked) == 1  # the first opinion does not wait for a batch
    list(stream)
    assert len(asked) == len(files)


def test_a_bad_file_among_good_ones(reader: SecondReader, files: list[Path], tmp_path: Path) -> None:
    (tmp_path / "bad.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    mixed = [files[0], tmp_path / "bad.png", tmp_path / "missing.png", tmp_path, files[1]]
    kinds = [type(one) for one in reader.read_many(mixed)]
    assert kinds == [Reading, Failure, Failure, Failure, Reading]
    with pytest.raises(UnreadableFile):
        reader.read(tmp_path / "bad.png")
    assert list(reader.read_many([])) == []
    assert [type(one) for one in reader.read_many([tmp_path / "bad.png"])] == [Failure]


def test_json_fits_the_published_schema(reader: SecondReader, files: list[Path], repository: Path) -> None:
    wanted = schema(repository, "case/schema/opinion.json")
    colour = Image(np.random.default_rng(0).integers(0, 255, (50, 50, 3)).astype(np.uint8), 8, "photo")
    opinions = [reader.read(files[0]), reader.read(files[1]), reader.read_images([colour])[0]]
    assert opinions[2].abstained is not None
    for opinion in opinions:
        form = json.loads(json.dumps(opinion.as_json(), allow_nan=False))
        jsonschema.validate(form, wanted)
        located = {"regions", "boxes", "landmarks", "measurements", "looked_for"}  # empty here, and optional
        weighed = {
            "frequencies",
            "sets",
            "certainty",
            "familiarity",
            "similar",
            "levels",
            "unvalidated",
            "measured",
            "fused",
        }
        assert set(form) - set(wanted["required"]) == located | weighed
        for name in wanted["required"]:
            with pytest.raises(jsonschema.ValidationError):
                jsonschema.validate({key: value for key, value in form.items() if key != name}, wanted)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**opinions[2].as_json(), "probabilities": {"nodule": 0.9}}, wanted)


def test_model_json_fits_the_published_schema(blob_study: Path, repository: Path) -> None:
    form = json.loads((blob_study / "model/model.json").read_text())
    wanted = schema(repository, "inference/schema/model.json")
    jsonschema.validate(form, wanted)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**form, "views": ["flip_both"]}, wanted)
    assert Manifest.from_json(form).as_json() == form


def test_a_photograph_gets_no_number(reader: SecondReader) -> None:
    photo = Image(np.random.default_rng(0).integers(0, 255, (60, 80, 3)).astype(np.uint8), 8, "photo.jpg")
    opinion = reader.read_images([photo])[0]
    assert "colour picture" in opinion.abstained
    assert "unlike the images" in opinion.abstained
    assert (dict(opinion.probabilities), opinion.predicted, opinion.verdicts, opinion.heat_map) == (
        {},
        None,
        (),
        None,
    )


def test_an_empty_image_gets_no_number(reader: SecondReader) -> None:
    opinion = reader.read_images([Image(np.full((40, 40), 90, np.uint8), 8, "flat")])[0]
    assert "nearly constant" in opinion.abstained


def test_no_images_no_opinions(reader: SecondReader) -> None:
    assert reader.read_images([]) == []


@pytest.mark.parametrize(
    ("passed", "said"), [(None, "has not been through"), (False, "did not pass"), (True, "")]
)
def test_the_verdict_of_the_exam_is_told(
    copied: Path, files: list[Path], passed: bool | None, said: str
) -> None:
    _edit(copied, sanity={"passed": passed})
    opinion = SecondReader.load(copied).read(files[1])
    assert opinion.heat_map.passed_sanity is passed
    assert any(said in warning for warning in opinion.warnings) if said else opinion.warnings == ()


def _edit(study: Path, **changes: object) -> None:
    path = study / "model/model.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"version": 2}, "update thirdeye"),
        ({"version": None}, "None"),
        ({"calibration": {"method": "magic", "parameters": {}}}, "'magic'"),
        ({"calibration": None}, "damaged"),
        ({"input": {"size_px": 32}}, "resize"),
        ({"classes": ["only"]}, "two classes"),
        ({"positive": "cat"}, "'cat'"),
        ({"views": ["spin"]}, "spin"),
        ({"onnx": {"file": "../../evil.onnx", "sha256": "0" * 64}}, "outside its folder"),
        ({"onnx": {"file": "model.onnx", "sha256": "0" * 64}}, "changed after training"),
        ({"onnx": {}}, "lacks file"),
    ],
)
def test_an_edited_manifest_is_refused_in_one_sentence(copied: Path, changes: dict, said: str) -> None:
    _edit(copied, **changes)
    with pytest.raises(StudyMismatch, match=said) as caught:
        SecondReader.load(copied)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", ["", "[]", "nonsense", "[" * 100_000, '{"version": 1}'])
def test_a_damaged_manifest_is_refused(copied: Path, content: str) -> None:
    (copied / "model/model.json").write_text(content)
    with pytest.raises(StudyMismatch, match=r"model\.json"):
        SecondReader.load(copied)


@pytest.mark.parametrize("name", ["model.onnx", "envelope.npz"])
def test_edited_and_missing_files_are_refused(copied: Path, name: str) -> None:
    path = copied / "model" / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(StudyMismatch, match=f"model/{name} was changed after training"):
        SecondReader.load(copied)
    path.unlink()
    with pytest.raises(StudyMismatch, match=f"model/{name} is missing"):
        SecondReader.load(copied)


def test_something_else_under_the_right_hash_is_refused(copied: Path) -> None:
    import hashlib

    content = b"not a network"
    (copied / "model/model.onnx").write_bytes(content)
    _edit(copied, onnx={"file": "model.onnx", "sha256": hashlib.sha256(content).hexdigest()})
    with pytest.raises(StudyMismatch, match="cannot be loaded"):
        SecondReader.load(copied)


def test_a_missing_study_and_one_without_a_reader(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no study folder"):
        SecondReader.load(tmp_path / "nowhere")
    with pytest.raises(StudyMismatch, match="no trained reader"):
        SecondReader.load(tmp_path)


def test_the_study_can_be_moved(
    copied: Path, tmp_path: Path, files: list[Path], reader: SecondReader
) -> None:
    moved = tmp_path / "elsewhere é"
    copied.rename(moved)
    assert isinstance(SecondReader.load(moved).read(files[0]), Opinion)
    assert SecondReader.load(moved).read(files[0]).as_json() == reader.read(files[0]).as_json()
    assert str(moved.parent) not in (moved / "model/model.json").read_text()


def test_a_network_that_reads_files_outside_its_folder_is_refused(copied: Path) -> None:
    """ONNX may name external files for its weights; a hostile study must not reach any."""
    import hashlib

    import onnx

    secret = copied.parent / "secret.bin"
    secret.write_bytes(b"\x00" * 4096)
    shutil.copy(copied / "model/model.onnx", copied / "model/original.onnx")
    for location in ("../secret.bin", "../../secret.bin", str(secret)):
        network = onnx.load(copied / "model/model.onnx")
        tensor = max(network.graph.initializer, key=lambda one: len(one.raw_data))
        size = len(tensor.raw_data)
        tensor.ClearField("raw_data")
        tensor.data_location = onnx.TensorProto.EXTERNAL
        for key, value in (("location", location), ("offset", "0"), ("length", str(size))):
            tensor.external_data.add(key=key, value=value)
        content = network.SerializeToString()
        (copied / "model/model.onnx").write_bytes(content)
        _edit(copied, onnx={"file": "model.onnx", "sha256": hashlib.sha256(content).hexdigest()})
        with pytest.raises(StudyMismatch, match="cannot be loaded"):
            SecondReader.load(copied)
        shutil.copy(copied / "model/original.onnx", copied / "model/model.onnx")


def test_steps_of_preparation_are_done_before_reading(copied: Path, blob_image) -> None:
    steps = [["fundus", 0.0], ["local_contrast", 0.05]]
    path = copied / "model" / "model.json"
    form = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**form, "input": {**form["input"], "preparation": steps}}), encoding="utf-8")
    image = blob_image(np.random.default_rng(0), positive=True)
    reader = SecondReader.load(copied, threads=1)
    wanted = {**form["input"], "preparation": tuple((name, strength) for name, strength in steps)}
    (seen,) = reader.seen([image])
    assert np.array_equal(seen.prepared, prepare(image, **wanted))
    assert not np.array_equal(seen.prepared, prepare(image, **form["input"]))


def test_an_unknown_step_of_preparation_is_damage(copied: Path) -> None:
    path = copied / "model" / "model.json"
    form = json.loads(path.read_text(encoding="utf-8"))
    broken = {**form, "input": {**form["input"], "preparation": [["magic", 1.0]]}}
    path.write_text(json.dumps(broken), encoding="utf-8")
    with pytest.raises(StudyMismatch, match="magic"):
        SecondReader.load(copied)
