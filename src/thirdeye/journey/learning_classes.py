"""What a network learns where the classes have a taxonomy: leaves, parts of even size, or one level of kinds.

The partition is that of Esteva A et al., Nature 2017;542:115-118: nodes of the tree with fewer than so many
images are one class, larger ones are divided. What is asked about is answered by sums, so every level above
what is learnt can still be told; nothing finer can.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from thirdeye.case.taxonomy import Edge, levels_of
from thirdeye.dataset.table import Dataset
from thirdeye.errors import UsageError
from thirdeye.intake.taxonomy import read_taxonomy, taxonomy_beside
from thirdeye.intake.vocabulary import recognise_positive
from thirdeye.recipes.teaching.partition import leaves_of, partition

LEAVES, PARTS, LEVEL = "leaves", "parts:", "level:"
LEAF = "leaf"


def learnt_classes(
    dataset: Dataset, wanted: Mapping[str, Any] | None, data: Path
) -> tuple[Dataset, tuple[Edge, ...] | None]:
    """The dataset with the classes that are to be learnt, and the taxonomy above them.

    Args:
        dataset: of leaves; the label of every row stays in the column "leaf".
        wanted: values of the plan that were asked for, "learns" and "taxonomy" among them.
        data: beside which a taxonomy may lie.

    Returns:
        The same dataset and None where leaves are learnt.

    Raises:
        UsageError: there is no taxonomy, it has no such level, or fewer than two classes would be left.
    """
    learns = str((wanted or {}).get("learns", LEAVES))
    if learns == LEAVES:
        return dataset, None
    edges = _edges(wanted or {}, data)
    if not edges or dataset.task == "multilabel":
        raise UsageError(
            f"learns={learns} needs a taxonomy of classes that exclude each other; give one with --taxonomy "
            "FILE, or set learns=leaves"
        )
    levels = levels_of(edges, dataset.classes)
    groups = _parts(dataset, edges, learns) if learns.startswith(PARTS) else _kinds(levels, learns)
    if len(groups) < 2:
        raise UsageError(
            f"learns={learns} leaves one class, {next(iter(groups))}; nothing would be told apart"
        )
    return _regrouped(dataset, groups), _above(edges, groups)


def _edges(wanted: Mapping[str, Any], data: Path) -> tuple[Edge, ...]:
    said = wanted.get("taxonomy")
    if isinstance(said, str):
        said = ast.literal_eval(said)
    if said:
        return tuple((str(child), str(parent), str(level)) for child, parent, level in said)
    beside = taxonomy_beside(data)
    return () if beside is None else read_taxonomy(beside)


def _parts(dataset: Dataset, edges: Sequence[Edge], learns: str) -> dict[str, tuple[str, ...]]:
    """Nodes below the roots with fewer development images than asked for; larger ones divided."""
    most = int(learns.removeprefix(PARTS))
    children: dict[str, tuple[str, ...]] = {}
    for child, parent, _ in edges:
        children[parent] = (*children.get(parent, ()), child)
    below = {child for child, _, _ in edges}
    counts = Counter(dataset.part("train", "validation")["label"])
    starts = tuple(child for root in children if root not in below for child in children[root])
    found = partition(starts, children, counts, most=most)
    parents = {child: parent for child, parent, _ in edges}
    lowest_last = sorted(children, key=lambda node: _above_it(node, parents))
    names = {frozenset(leaves_of(node, children)): node for node in lowest_last}
    return {names[frozenset(held)] if len(held) > 1 else held[0]: held for held in found}


def _above_it(node: str, parents: Mapping[str, str]) -> int:
    """Number of nodes above a node."""
    return 1 + _above_it(parents[node], parents) if node in parents else 0


def _kinds(levels: Sequence[Any], learns: str) -> dict[str, tuple[str, ...]]:
    name = learns.removeprefix(LEVEL)
    for level in levels:
        if level.name == name:
            return dict(level.groups)
    there = ", ".join(level.name for level in levels) or "none"
    raise UsageError(f"learns={learns}: the taxonomy has no level of that name; it has: {there}")


def _regrouped(dataset: Dataset, groups: Mapping[str, tuple[str, ...]]) -> Dataset:
    owner = {leaf: name for name, held in groups.items() for leaf in held}
    rows = dataset.rows.assign(**{LEAF: dataset.rows["label"], "label": dataset.rows["label"].map(owner)})
    classes = tuple(sorted(groups))
    if len(classes) > 2:
        return replace(dataset, rows=rows, classes=classes, task="multiclass", positive=None)
    known = recognise_positive(classes, "label")
    positive = classes[1] if known is None else known.name
    return replace(dataset, rows=rows, classes=classes, task="binary", positive=positive)


def _above(edges: Sequence[Edge], groups: Mapping[str, tuple[str, ...]]) -> tuple[Edge, ...]:
    """The edges from what is learnt upwards; none where it is the coarsest level."""
    parents = {child: (parent, level) for child, parent, level in edges}
    kept: dict[str, Edge] = {}
    for name in groups:
        node = name
        while node in parents:
            parent, level = parents[node]
            kept[node] = (node, parent, level)
            node = parent
    return tuple(kept.values()) if all(name in kept for name in groups) else ()
