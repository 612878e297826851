"""Hostile model files in a study: refused with a sentence, nothing of them run, also when the hashes fit."""

from __future__ import annotations

import copy
import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

from thirdeye.errors import ThirdEyeError
from thirdeye.inference.engines_file import ENGINES_FILE, ENGINES_VERSION
from thirdeye.inference.readers import open_reader
from thirdeye.inference.runtime import has_openvino

ENGINES = ["onnxruntime", *(["openvino"] if has_openvino() else [])]


@pytest.fixture(autouse=True)
def nothing_runs() -> Iterator[None]:
    """The marks that the hostile files leave when something runs them."""
    before = set(Path("/tmp").glob("thirdeye_pwned_*"))
    yield
    assert set(Path("/tmp").glob("thirdeye_pwned_*")) == before


@pytest.fixture
def hostile(repository: Path) -> list[Path]:
    """The corpus of hostile models and JSON; skips where it is not there."""
    folder = repository.parent / "shared/corpora/generated/files"
    if not folder.is_dir():
        pytest.skip("needs the corpus of generated bad files beside the checkout")
    return [*sorted(folder.glob("m0*")), *sorted(folder.glob("j0*"))]


@pytest.fixture
def copied(blob_study: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(blob_study, tmp_path / "study"))


@pytest.fixture
def image(tmp_path: Path) -> Path:
    path = tmp_path / "a.png"
    pixels = np.random.default_rng(0).integers(60, 120, (40, 40), dtype=np.uint8)
    PIL.Image.fromarray(pixels).save(path)
    return path


def manifest_of(study: Path) -> dict[str, Any]:
    return json.loads((study / "model/model.json").read_text())


def put(study: Path, form: dict[str, Any]) -> None:
    (study / "model/model.json").write_text(json.dumps(form))


def read(study: Path, image: Path, **options: str) -> str:
    """How reading ends: the sentence of a refusal; "" for an opinion."""
    try:
        for one in open_reader(study, threads=1, **options).read_many([image]):
            json.dumps(one.opinion.as_json(), allow_nan=False)
    except ThirdEyeError as error:
        return str(error).replace("\n", " (a second line)") or "nothing said"
    return ""


@pytest.mark.data
@pytest.mark.parametrize("engine", ENGINES)
def test_in_place_of_the_network(copied: Path, image: Path, hostile: list[Path], engine: str) -> None:
    form = manifest_of(copied)
    for file in hostile:
        content = file.read_bytes()
        (copied / "model/model.onnx").write_bytes(content)
        put(copied, form | {"onnx": {"file": "model.onnx", "sha256": hashlib.sha256(content).hexdigest()}})
        assert "nothing of it was run" in read(copied, image, engine=engine).lower(), file.name


@pytest.mark.data
def test_in_place_of_the_int8_network(copied: Path, image: Path, hostile: list[Path]) -> None:
    (copied / "engines").mkdir()
    for file in hostile:
        content = file.read_bytes()
        (copied / "engines/model_int8.onnx").write_bytes(content)
        record = {
            "version": ENGINES_VERSION,
            "network_sha256": manifest_of(copied)["onnx"]["sha256"],
            "chosen": {"engine": "onnxruntime", "precision": "int8"},
            "int8": {"file": "model_int8.onnx", "sha256": hashlib.sha256(content).hexdigest()},
            "measured": [
                {"engine": "onnxruntime", "precision": "int8", "accepted": True, "loss": {"value": 0.0}}
            ],
        }
        (copied / ENGINES_FILE).write_text(json.dumps(record))
        assert "nothing of it was run" in read(copied, image).lower(), file.name
        (copied / ENGINES_FILE).write_bytes(content)
        assert read(copied, image), file.name


@pytest.mark.data
def test_in_place_of_the_envelope(copied: Path, image: Path, hostile: list[Path]) -> None:
    form = manifest_of(copied)
    for file in hostile:
        content = file.read_bytes()
        (copied / "model/envelope.npz").write_bytes(content)
        named = {"file": "envelope.npz", "sha256": hashlib.sha256(content).hexdigest()}
        put(copied, form | {"envelope": form["envelope"] | named})
        assert "envelope.npz" in read(copied, image), file.name


@pytest.mark.data
def test_in_place_of_the_manifest(copied: Path, image: Path, hostile: list[Path]) -> None:
    for file in hostile:
        (copied / "model/model.json").write_bytes(file.read_bytes())
        assert "model.json" in read(copied, image), file.name


@pytest.mark.data
def test_in_place_of_the_weights_that_explaining_reads(
    tmp_path: Path, hostile: list[Path], make_network
) -> None:
    from thirdeye.model.files import load_network

    network = make_network(seed=1)
    for file in hostile:
        path = tmp_path / "member_0.safetensors"
        path.write_bytes(file.read_bytes())
        with pytest.raises(ThirdEyeError, match=r"member_0.safetensors"):
            load_network(network, path)


def places(form: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value of a JSON document."""
    yield way
    inner = form.items() if isinstance(form, dict) else enumerate(form) if isinstance(form, list) else ()
    for key, value in inner:
        yield from places(value, (*way, key))


def changed(form: Any, way: tuple[Any, ...], value: Any) -> Any:
    """A copy with another value at one place."""
    if not way:
        return value
    copied = copy.copy(form)
    copied[way[0]] = changed(form[way[0]], way[1:], value)
    return copied


@pytest.mark.slow
@pytest.mark.parametrize("value", [None, "../../x", -1, 1e30, [], {}, [[1]], True, float("nan")])
def test_any_value_of_the_manifest_may_be_wrong(copied: Path, image: Path, value: Any) -> None:
    form = manifest_of(copied)
    for way in places(form):
        if way[:1] in (("members",), ("weights",)):  # nothing reads them here
            continue
        put(copied, changed(form, way, value))
        said = read(copied, image)
        assert "nothing said" not in said
        assert "(a second line)" not in said
