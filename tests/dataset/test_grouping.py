from __future__ import annotations

import pandas as pd

from thirdeye.dataset.grouping import kept_together, shuffled


def frame(*rows: tuple[str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["image", "patient"])


def test_patients_and_copies_tie_images_in_chains() -> None:
    rows = frame(("d", "p"), ("c", "p"), ("b", "q"), ("a", ""), ("e", ""))
    hashes = pd.Series({"d": "1", "c": "2", "b": "2", "a": "3", "e": ""})
    assert list(kept_together(rows, hashes)) == ["b", "b", "b", "a", "e"]


def test_groups_do_not_depend_on_the_order() -> None:
    rows = frame(*((f"i{n}", f"p{n % 7}") for n in range(40)))
    hashes = pd.Series({f"i{n}": str(n // 3) for n in range(40)})
    one = dict(zip(rows["image"], kept_together(rows, hashes), strict=True))
    mixed = rows.sample(frac=1, random_state=1)
    assert dict(zip(mixed["image"], kept_together(mixed, hashes), strict=True)) == one


def test_long_chains_do_not_recurse() -> None:
    rows = frame(*((f"{n:06}", f"p{n // 2}") for n in range(20000)))
    hashes = pd.Series({f"{n:06}": str((n + 1) // 2) for n in range(20000)})
    assert set(kept_together(rows, hashes)) == {"000000"}


def test_shuffling_depends_on_seed_purpose_and_names_only() -> None:
    names = [f"n{n}" for n in range(50)]
    assert shuffled(names, 1, "a") == shuffled(reversed(names), 1, "a")
    assert shuffled(names, 1, "a") != shuffled(names, 2, "a")
    assert shuffled(names, 1, "a") != shuffled(names, 1, "b")
    assert sorted(shuffled(names, 1, "a")) == sorted(names)
    assert shuffled(["\udce9"], 1, "a") == ["\udce9"]
