"""The sample as users get it: files, tables, independence of hospital and label, difficulty."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from scipy.ndimage import gaussian_filter, gaussian_laplace
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from thirdeye.dataset.phantoms import COLUMNS, write_phantoms
from thirdeye.errors import UsageError


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("phantoms")
    write_phantoms(folder, patients=70, seed=1)
    return folder


def pictures(folder: Path, table: pd.DataFrame) -> list[np.ndarray]:
    return [np.asarray(Image.open(folder / name), dtype=np.float32) / 65535 for name in table["image"]]


def test_writes_pictures_table_truth_and_readme(sample: Path) -> None:
    table = pd.read_csv(sample / "cases.csv")
    assert tuple(table.columns) == COLUMNS
    assert sorted(table["image"]) == sorted(f"images/{path.name}" for path in (sample / "images").iterdir())
    assert set(table["label"]) == {"nodule", "no nodule"}
    assert table["patient"].nunique() == 70
    assert table.groupby("patient").size().isin([1, 2, 3]).all()
    assert (table.groupby("patient")[["label", "site", "age", "sex"]].nunique() == 1).all().all()
    assert table["age"].between(25, 90).all()
    readme = (sample / "README.txt").read_text()
    assert readme.startswith("PHANTOMS, NOT PATIENTS")
    assert f"{len(table)} phantom films of 70" in readme
    assert "WARNING" not in readme


def test_pictures_are_sixteen_bit_and_differ_by_hospital(sample: Path) -> None:
    table = pd.read_csv(sample / "cases.csv")
    shapes = {}
    for name, site in zip(table["image"], table["site"], strict=True):
        with Image.open(sample / name) as image:
            assert image.mode == "I;16"
            pixels = np.asarray(image)
        assert pixels.max() == 65535
        assert np.unique(pixels).size > 4000
        shapes.setdefault(site, set()).add(pixels.shape)
    assert shapes == {"hospital-a": {(192, 192)}, "hospital-b": {(208, 192)}}


def test_the_truth_names_the_nodules(sample: Path) -> None:
    table = pd.read_csv(sample / "cases.csv").set_index("image")
    truth = json.loads((sample / "truth.json").read_text())
    assert set(truth) == set(table.index[table["label"] == "nodule"])
    for nodules in truth.values():
        for nodule in nodules:
            assert 0 < nodule["row"] < 208
            assert 0 < nodule["column"] < 192
            assert 8 < nodule["diameter_px"] < 30


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_one_seed_one_sample(tmp_path: Path) -> None:
    write_phantoms(tmp_path / "a", patients=3, seed=7)
    write_phantoms(tmp_path / "b", patients=3, seed=7)
    write_phantoms(tmp_path / "longer", patients=4, seed=7)
    write_phantoms(tmp_path / "other", patients=3, seed=8)
    first, longer = hashes(tmp_path / "a"), hashes(tmp_path / "longer")
    assert first == hashes(tmp_path / "b")
    images = [name for name in first if name.endswith(".png")]
    assert all(first[name] == longer[name] for name in images)
    assert not set(first.values()) & set(hashes(tmp_path / "other").values())


def test_two_patients_are_one_of_each_class(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    table = pd.read_csv(
        write_phantoms(tmp_path, patients=2, seed=0, progress=lambda done, of: seen.append((done, of)))
    )
    assert table.groupby("label")["patient"].nunique().to_dict() == {"nodule": 1, "no nodule": 1}
    assert seen == [(1, 2), (2, 2)]
    with pytest.raises(UsageError, match="at least 2 patients, one of each class; 1 asked for"):
        write_phantoms(tmp_path, patients=1)


def share_of_nodules(folder: Path) -> dict[str, float]:
    patients = pd.read_csv(folder / "cases.csv").drop_duplicates("patient")
    return (patients["label"] == "nodule").groupby(patients["site"]).mean().to_dict()


def test_hospital_and_label_are_independent_unless_asked(sample: Path, tmp_path: Path) -> None:
    share = share_of_nodules(sample)
    assert abs(share["hospital-a"] - share["hospital-b"]) < 0.3
    write_phantoms(tmp_path, patients=40, seed=1, confounded=True)
    share = share_of_nodules(tmp_path)
    assert share["hospital-a"] - share["hospital-b"] > 0.5
    assert "WARNING" in (tmp_path / "README.txt").read_text()


def test_neither_trivial_nor_impossible(sample: Path) -> None:
    """Grey values do not give it away; an observer who knows where to look sees most nodules."""
    table = pd.read_csv(sample / "cases.csv")
    truth = json.loads((sample / "truth.json").read_text())
    positive = (table["label"] == "nodule").to_numpy()
    images = pictures(sample, table)
    coarse = np.array([gaussian_filter(image[:192], 6)[4::8, 4::8].ravel() for image in images])
    learner = make_pipeline(StandardScaler(), LogisticRegression(C=1e-3, max_iter=1000))
    folds = StratifiedGroupKFold(5, shuffle=True, random_state=0)
    guess = cross_val_predict(
        learner, coarse, positive, groups=table["patient"], cv=folds, method="predict_proba"
    )[:, 1]
    assert roc_auc_score(positive, guess) < 0.7

    # Blob filter at the place and size of every true nodule, in its own image and in images without one.
    rng = np.random.default_rng(0)
    without = np.flatnonzero(~positive)
    with_nodule, without_nodule = [], []
    for index in np.flatnonzero(positive):
        for nodule in truth[table["image"][index]]:
            where = round(nodule["row"]), round(nodule["column"])
            for image, into in ((images[index], with_nodule), (images[rng.choice(without)], without_nodule)):
                into.append(-gaussian_laplace(image[:192], nodule["diameter_px"] / 2.8)[where])
    known_place = roc_auc_score(
        [1] * len(with_nodule) + [0] * len(without_nodule), with_nodule + without_nodule
    )
    assert 0.8 < known_place < 0.999
