from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from thirdeye.dataset.split import assign_folds, make_dataset, thin_parts
from thirdeye.errors import DataRefused, UsageError
from thirdeye.intake.examine import Examination, examine
from thirdeye.intake.open import open_collection

Sampler = Callable[..., tuple]


def parts(dataset: object) -> list[str]:
    return list(dataset.rows["split"])


def test_a_test_part_is_drawn_stratified(sample: Sampler) -> None:
    dataset = make_dataset(*sample(["no"] * 80 + ["yes"] * 20), seed=0, folds=5)
    assert dataset.split_origin == "drawn"
    counts = dataset.rows.groupby(["split", "label"]).size().to_dict()
    assert counts == {("test", "no"): 16, ("test", "yes"): 4, ("train", "no"): 64, ("train", "yes"): 16}
    development = dataset.part("train")
    assert set(development["fold"]) == {0, 1, 2, 3, 4}
    assert set(dataset.part("test")["fold"]) == {-1}
    per_fold = development.groupby("fold")["label"].apply(lambda held: (held == "yes").sum())
    assert set(per_fold) <= {3, 4}
    assert thin_parts(dataset) == ()


def test_patients_and_copies_are_never_divided(sample: Sampler) -> None:
    rng = np.random.default_rng(3)
    patients = [f"p{n}" for n in rng.integers(0, 60, 300)]
    hashes = [f"h{n}" for n in rng.integers(0, 5000, 300)]
    labels = ["yes" if int(p[1:]) % 3 == 0 else "no" for p in patients]
    dataset = make_dataset(*sample(labels, patients=patients, hashes=hashes), seed=1, folds=4)
    rows = dataset.rows.assign(hash=hashes)
    rows = rows[rows["split"] != "excluded"]
    for key in ("patient", "hash", "kept_together"):
        assert (rows.groupby(key)["split"].nunique() == 1).all()
        assert (rows.groupby(key)["fold"].nunique() == 1).all()
    assert 0.15 < (rows["split"] == "test").mean() < 0.25


def test_the_seed_decides_and_the_order_of_rows_does_not(sample: Sampler) -> None:
    collection, examination = sample(["no", "yes"] * 30)
    placed = make_dataset(collection, examination, seed=5, folds=3).rows.set_index("image")[["split", "fold"]]
    mixed = replace(collection, rows=collection.rows.sample(frac=1, random_state=2))
    again = make_dataset(
        mixed, Examination((), examination.facts.sample(frac=1, random_state=3)), seed=5, folds=3
    )
    assert again.rows.set_index("image")[["split", "fold"]].loc[placed.index].equals(placed)
    other = make_dataset(collection, examination, seed=6, folds=3).rows.set_index("image")[["split", "fold"]]
    assert not other.equals(placed)


def test_official_parts_are_kept(sample: Sampler) -> None:
    splits = ["train"] * 10 + ["validation"] * 4 + ["test"] * 6
    dataset = make_dataset(*sample(["no", "yes"] * 10, splits=splits), seed=0, folds=2)
    assert parts(dataset) == splits
    assert dataset.split_origin == "official"
    assert (dataset.rows["fold"] >= 0).tolist() == [split != "test" for split in splits]


def test_official_test_alone(sample: Sampler) -> None:
    splits = ["train"] * 14 + ["test"] * 6
    dataset = make_dataset(*sample(["no", "yes"] * 10, splits=splits), seed=0, folds=2)
    assert parts(dataset) == splits
    assert dataset.split_origin == "official test, validation drawn"


def test_official_validation_without_test(sample: Sampler) -> None:
    splits = ["train"] * 32 + ["validation"] * 8
    dataset = make_dataset(*sample(["no", "yes"] * 20, splits=splits), seed=0, folds=2)
    assert parts(dataset)[32:] == ["validation"] * 8
    assert parts(dataset).count("test") == 8
    assert dataset.split_origin == "official validation, test drawn"


def test_a_validation_part_can_be_drawn(sample: Sampler) -> None:
    dataset = make_dataset(*sample(["no", "yes"] * 50), seed=0, folds=0, validation_fraction=0.1)
    assert [parts(dataset).count(part) for part in ("train", "validation", "test")] == [70, 10, 20]
    assert set(dataset.rows["fold"]) == {-1}


def test_copies_across_official_parts_leave_the_test_untouched(sample: Sampler) -> None:
    splits = ["train"] * 12 + ["validation"] * 4 + ["test"] * 4
    hashes = [f"h{n}" for n in range(20)]
    hashes[0] = hashes[1] = hashes[12] = hashes[16] = "same"  # two in train, one in validation, one in test
    hashes[2] = hashes[14] = "other"  # train and validation
    labels = ["yes" if n in (0, 1, 12, 16, 3, 5, 7, 13, 17) else "no" for n in range(20)]
    rows = make_dataset(*sample(labels, splits=splits, hashes=hashes), seed=0, folds=2).rows
    assert list(rows.index[rows["split"] == "excluded"]) == [0, 1, 2, 12]
    assert rows["excluded_because"][0] == "the same picture is in the test part"
    assert rows["excluded_because"][2] == "the same picture is in the validation part"
    assert (rows["split"][16:] == "test").all()


def test_patients_across_official_parts_leave_the_test_untouched(sample: Sampler) -> None:
    splits = ["train"] * 12 + ["test"] * 8
    patients = [f"p{n}" for n in range(20)]
    patients[3] = patients[15]
    rows = make_dataset(*sample(["no", "yes"] * 10, splits=splits, patients=patients), seed=0, folds=2).rows
    assert list(rows.index[rows["split"] == "excluded"]) == [3]
    assert rows["excluded_because"][3] == "the same patient is in the test part"


def test_unreadable_constant_and_contradictory_images_are_left_out(sample: Sampler) -> None:
    labels = ["no", "yes"] * 20
    errors = [""] * 40
    errors[0] = "is empty (0 bytes)"
    hashes = [f"h{n}" for n in range(40)]
    hashes[0] = ""
    hashes[2] = hashes[3]
    rows = make_dataset(*sample(labels, errors=errors, blank=[1], hashes=hashes), seed=0, folds=2).rows
    reasons = rows["excluded_because"][rows["split"] == "excluded"].to_dict()
    assert reasons == {
        0: "unreadable: is empty (0 bytes)",
        1: "shows nothing: every pixel is equal",
        2: "the same picture has another label",
        3: "the same picture has another label",
    }
    assert (rows.loc[:3, "fold"] == -1).all()


def test_only_unreadable_images_leave_an_official_test(sample: Sampler) -> None:
    splits = ["train"] * 20 + ["test"] * 20
    errors = [""] * 40
    errors[39] = "damaged"
    rows = make_dataset(
        *sample(["no", "yes"] * 20, splits=splits, errors=errors, blank=[38]), seed=0, folds=2
    ).rows
    assert rows["split"][38] == "test"
    assert rows["split"][39] == "excluded"


def test_rows_without_a_part_beside_official_ones(sample: Sampler) -> None:
    splits = ["train"] * 20 + ["validation"] * 9 + ["test"] * 10 + [""]
    rows = make_dataset(*sample(["no", "yes"] * 20, splits=splits), seed=0, folds=2).rows
    assert rows["split"][39] == "excluded"


def test_small_classes_reach_every_part(sample: Sampler) -> None:
    labels = ["a"] * 60 + ["b"] * 5 + ["c"] * 5
    for seed in range(5):
        dataset = make_dataset(*sample(labels, task="multiclass"), seed=seed, folds=4)
        assert thin_parts(dataset) == ()


def test_what_cannot_be_stratified_is_said(sample: Sampler) -> None:
    dataset = make_dataset(*sample(["a"] * 60 + ["b"] * 2, task="multiclass"), seed=0, folds=3)
    assert "Fold" in " ".join(thin_parts(dataset))
    assert "has no case of b" in " ".join(thin_parts(dataset))


def test_several_labels_are_stratified(sample: Sampler) -> None:
    labels = ["a|b", "a", "b", "", "c"] * 20
    dataset = make_dataset(*sample(labels, task="multilabel", classes=["a", "b", "c"]), seed=0, folds=5)
    test = dataset.part("test")["label"]
    assert abs(len(test) - 20) <= 1
    assert abs(test.str.contains("a").sum() - 8) <= 1
    assert abs(test.str.contains("c").sum() - 4) <= 1


def test_folds_over_the_training_part_only(sample: Sampler) -> None:
    splits = ["train"] * 10 + ["validation"] * 4 + ["test"] * 6
    dataset = make_dataset(*sample(["no", "yes"] * 10, splits=splits), seed=0, folds=2)
    rows = assign_folds(dataset, 5, 0, over=("train",)).rows
    assert set(rows["fold"][:10]) == {0, 1, 2, 3, 4}
    assert set(rows["fold"][10:]) == {-1}
    for folds in (1, 11):
        with pytest.raises(UsageError, match="expected at least 2 and at most 10"):
            assign_folds(dataset, folds, 0, over=("train",))


def test_nothing_left_is_refused(sample: Sampler) -> None:
    errors = ["broken"] * 9 + [""]
    with pytest.raises(DataRefused, match="no image is left in the t"):
        make_dataset(*sample(["no", "yes"] * 5, errors=errors), seed=0, folds=0)
    with pytest.raises(UsageError, match="leave no training part"):
        make_dataset(*sample(["no", "yes"] * 5), seed=0, folds=2, test_fraction=1.0)


def test_unknown_patients_stand_for_themselves(sample: Sampler) -> None:
    dataset = make_dataset(*sample(["no", "yes"] * 10), seed=0, folds=2)
    assert list(dataset.rows["patient"]) == list(dataset.rows["image"])
    assert dataset.group == "image"


@pytest.mark.data
def test_real_sets(shared_data: Path) -> None:
    for name, excluded, origin in (
        ("medmnist/breastmnist.npz", 118, "official"),
        ("ham10000_subset", 0, "official"),
        ("brain_mri_tumor_253", 0, "drawn"),
    ):
        collection = open_collection(shared_data / name)
        dataset = make_dataset(collection, examine(collection), seed=0, folds=5)
        assert (dataset.rows["split"] == "excluded").sum() == excluded
        assert dataset.split_origin == origin
        used = dataset.rows[dataset.rows["split"] != "excluded"]
        assert (used.groupby("kept_together")["fold"].nunique() == 1).all()
        assert thin_parts(dataset) == ()
