"""The evidence as people read it: every class by its name. The files of the study keep the classes."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

Say = Callable[[str], str]

_NAMED = frozenset({"class", "class_name", "label", "predicted", "positive", "truth", "structure", "about"})
_LISTED = frozenset({"classes", "sampled_classes"})
_KEYED = frozenset(
    {
        "n_by_class", "class_counts", "class_patients", "counts", "all", "train", "validation", "test",
        "sizes", "frequency", "events", "probabilities", "groups",
    }
)  # fmt: skip
_PROBABILITY = "probability_"
# Where an opinion in words, as `thirdeye.inference.opinion_text` gives it, names a class.
_BEFORE = r"(?:(?<=^  )|(?<=labelled )|(?<=“)|(?<=for )|(?<=against )|(?<=\d )|(?<=\())"
_AFTER = r"(?=: | \(95 %|”|, similarity|:$|, \d| and |\.)"


def named_tree(tree: Any, say: Say, classes: Collection[str], *, key: str = "") -> Any:
    """A JSON tree in which classes are called by their names, where a field is known to hold one.

    Args:
        tree: of a file of the study; it stays as it is.
        say: class to its name; what is no class comes back as it is.
        classes: of the study. A table with another key beside them is none of classes: the "df" of a test
            is its degrees of freedom, also where a class is called "df".
        key: under which it lies.
    """
    if isinstance(tree, Mapping):
        known = key in _KEYED and all(_is_class(k, classes) for k in tree)
        return {say(k) if known else k: named_tree(value, say, classes, key=k) for k, value in tree.items()}
    if isinstance(tree, list):
        if key in _LISTED:
            return [say(one) if isinstance(one, str) else named_tree(one, say, classes) for one in tree]
        return [named_tree(one, say, classes) for one in tree]
    return say(tree) if key in _NAMED and isinstance(tree, str) else tree


def _is_class(key: str, classes: Collection[str]) -> bool:
    """Whether it is a class, several that hold at once, or none."""
    return all(part in classes or not part for part in key.split("|"))


def named_plan(plan: Mapping[str, Any], say: Say) -> dict[str, Any]:
    """The plan with its classes and the positive one by their names.

    Args:
        plan: as in ``plan.json``.
        say: class to its name.
    """
    values = dict(plan.get("values") or {})
    for field in ("classes", "positive"):
        entry = values.get(field)
        if isinstance(entry, Mapping):
            found = entry.get("value")
            said = [say(str(one)) for one in found] if isinstance(found, list) else found
            values[field] = {**entry, "value": say(said) if isinstance(said, str) else said}
    return {**plan, "values": values} if values else dict(plan)


def named_table(table: pd.DataFrame | None, say: Say) -> pd.DataFrame | None:
    """A table whose labels, and columns of probabilities, call the classes by their names.

    Args:
        table: of cases or predictions, every cell a string.
        say: class to its name.
    """
    if table is None:
        return None
    found = table.copy()
    for column in ("label", "class", "predicted"):
        if column in found.columns:
            found[column] = found[column].map(say)
    return found.rename(
        columns={
            name: _PROBABILITY + say(name.removeprefix(_PROBABILITY))
            for name in map(str, found.columns)
            if name.startswith(_PROBABILITY)
        }
    )


def named_examples(examples: Mapping[str, Any], called: Mapping[str, str]) -> dict[str, Any]:
    """Examples whose opinions, which were kept in words, call the classes by their names.

    Args:
        examples: as in ``explanation/examples.json``.
        called: class to its name, of those that have another.
    """
    longest_first = sorted(filter(None, called), key=lambda name: (-len(name), name))
    one = re.compile(f"{_BEFORE}(?:{'|'.join(map(re.escape, longest_first))}){_AFTER}", re.MULTILINE)

    def told(entry: Any) -> Any:
        text = entry.get("opinion") if isinstance(entry, Mapping) else None
        return (
            {**entry, "opinion": one.sub(lambda name: called[name[0]], text)}
            if isinstance(text, str)
            else entry
        )

    found = examples.get("examples")
    return (
        {**examples, "examples": [told(entry) for entry in found]}
        if isinstance(found, list)
        else dict(examples)
    )
