"""Names that people give to the parts of a dataset."""

from __future__ import annotations

from collections.abc import Iterable

from thirdeye.intake.words import plain

_NAMES = {
    "train": "train training trn tr learn learning development entrainement apprentissage entrenamiento",
    "validation": "val valid validation dev tune tuning vali validacion validierung",
    "test": "test testing tst ts holdout hold_out held_out evaluation eval prueba",
}
_MEANS = {word: split for split, words in _NAMES.items() for word in words.split()}


def split_name(text: str) -> str | None:
    """ "train", "validation" or "test"; None where the text means no part.

    Endings such as ``train_set``, ``val-data`` and ``test_images`` are understood.
    """
    name = plain(text)
    for ending in ("_set", "_data", "_dataset", "_images", "_split", "set"):
        if name.endswith(ending) and name[: -len(ending)] in _MEANS:
            name = name[: -len(ending)]
            break
    return _MEANS.get(name)


def are_split_names(values: Iterable[str]) -> bool:
    """True when every value that is not blank means a part, and at least one is not blank."""
    stated = {value for value in values if value.strip()}
    return bool(stated) and all(split_name(value) for value in stated)
