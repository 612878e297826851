"""A tree of diseases turns leaf probabilities into any clinical question."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from thirdeye.case.taxonomy import levels_of
from thirdeye.errors import UsageError
from thirdeye.recipes.recipe import Chosen, Fixture, Flaw, PublicData, Recipe, Row, Setting, Switches, Told
from thirdeye.recipes.registry import entered
from thirdeye.recipes.teaching.partition import leaves_of, partition, probability
from thirdeye.report.teaching.trace import Equality, Steps, Trace, Words, compare

ROOTS = ("benign", "malignant", "non-neoplastic")
NINE = (
    "cutaneous lymphoma", "benign dermal", "malignant dermal", "benign epidermal",
    "malignant or premalignant epidermal", "genodermatoses", "inflammatory", "benign melanocytic",
    "melanoma",
)  # fmt: skip
PARENT = dict(zip(NINE, (1, 0, 1, 0, 1, 2, 2, 0, 1), strict=True))
LEAVES = 30
MOST_IMAGES = 1000
EXACT = 1e-12
# Percent right: two dermatologists, the network on the inference classes, the network on partitioned classes.
PRINTED = {"3 ways": (65.6, 66.0, 69.5, 72.0), "9 ways": (53.3, 55.0, 48.9, 55.3)}
# The seven classes of HAM10000 among the nine and the three.
HAM10000 = {
    "akiec": "malignant or premalignant epidermal", "bcc": "malignant or premalignant epidermal",
    "bkl": "benign epidermal", "df": "benign dermal", "mel": "melanoma", "nv": "benign melanocytic",
    "vasc": "benign dermal",
}  # fmt: skip


def demonstrate(switches: Switches) -> Trace:
    """One lesion down the tree, the partition of uneven classes, and the lecture's two tables."""
    rng = np.random.default_rng(7)
    children, leaves = tree(rng)
    chances = dict(zip(leaves, rng.dirichlet(np.full(len(leaves), 0.15)).tolist(), strict=True))
    images = dict(zip(leaves, (rng.pareto(1.1, len(leaves)) * 120 + 8).astype(int).tolist(), strict=True))
    classes = partition(ROOTS, children, images, most=MOST_IMAGES)
    return Trace(
        "esteva_taxonomy",
        "From 30 leaves to nine kinds, to three",
        "P[u] is the sum of P[v] over the leaves v below u: one network answers every clinical question.",
        (_down_the_tree(children, chances), _partitioned(classes, images), _printed(), _nine()),
        (*_sums(children, leaves, chances), *_parts(classes, images, leaves)),
    )


def tree(rng: np.random.Generator) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """Three roots, the lecture's nine kinds, and 30 leaves dealt at random, each kind with at least one."""
    owner = [*range(len(NINE)), *rng.integers(0, len(NINE), LEAVES - len(NINE)).tolist()]
    leaves = tuple(f"leaf {number + 1:02d}" for number in range(LEAVES))
    children = {root: tuple(kind for kind in NINE if PARENT[kind] == at) for at, root in enumerate(ROOTS)}
    for at, kind in enumerate(NINE):
        children[kind] = tuple(leaf for leaf, whose in zip(leaves, owner, strict=True) if whose == at)
    return children, leaves


def values(setting: Setting) -> Mapping[str, Chosen]:
    """The nine and the three kinds above the classes of HAM10000.

    Raises:
        UsageError: the classes are others; their taxonomy is for the user to say.
    """
    strange = [name for name in setting.classes if name not in HAM10000]
    if strange:
        raise UsageError(
            f"esteva_taxonomy knows the kinds of the classes {', '.join(HAM10000)}, not of '{strange[0]}'; "
            "give the tree of your own classes with: thirdeye run DATA --taxonomy FILE"
        )
    kinds = {HAM10000[name] for name in setting.classes}
    edges = [(name, HAM10000[name], "9 ways") for name in setting.classes]
    edges += [(kind, ROOTS[PARENT[kind]], "3 ways") for kind in NINE if kind in kinds]
    return {"taxonomy": Chosen(tuple(edges), "the three and the nine kinds of the lecture", "seed")}


def _down_the_tree(children: Mapping[str, tuple[str, ...]], chances: Mapping[str, float]) -> Steps:
    rows: list[tuple[str, str, str, int]] = []
    for root in ROOTS:
        rows.append((root, "", f"{probability(root, children, chances):.3f}", len(leaves_of(root, children))))
        for kind in children[root]:
            found = probability(kind, children, chances)
            rows.append(("", kind, f"{found:.3f}", len(leaves_of(kind, children))))
    best = {name: max(kinds, key=lambda kind: probability(kind, children, chances)) for name, kinds in
            (("three", ROOTS), ("nine", NINE))}  # fmt: skip
    note = (
        f"Of three kinds {best['three']} is likeliest, of nine {best['nine']}; one set of 30 probabilities."
    )
    return Steps("One lesion, down the tree", ("of three", "of nine", "P", "leaves"), tuple(rows), note)


def _partitioned(classes: tuple[tuple[str, ...], ...], images: Mapping[str, int]) -> Steps:
    sizes = sorted(((sum(images[leaf] for leaf in held), len(held)) for held in classes), reverse=True)
    rows = tuple((number, count, n) for number, (n, count) in enumerate(sizes, 1))
    note = f"{len(images)} leaves become {len(classes)} classes; none that can be divided has {MOST_IMAGES}."
    return Steps("The partitioning algorithm", ("class", "leaves", "images"), rows, note)


def _printed() -> Steps:
    columns = ("percent right", "dermatologist 1", "dermatologist 2", "CNN", "CNN with partition")
    rows = tuple((name, *found) for name, found in PRINTED.items())
    note = "As printed. Learnt without the partition, nine ways are read worse than by both doctors."
    return Steps("The lecture's two tables", columns, rows, note)


def _nine() -> Words:
    return Words(
        "The nine kinds", tuple(f"{at} {kind}: {ROOTS[PARENT[kind]]}" for at, kind in enumerate(NINE))
    )


def _sums(
    children: Mapping[str, tuple[str, ...]], leaves: tuple[str, ...], chances: Mapping[str, float]
) -> tuple[Equality, ...]:
    """What must hold in any tree, and the library's own way of summing up against the definition."""
    of = {node: probability(node, children, chances) for node in (*ROOTS, *NINE)}
    of |= {leaf: chances[leaf] for leaf in leaves}
    apart = max(abs(sum(of[child] for child in below) - of[node]) for node, below in children.items())
    edges = [(child, node, "") for node, below in children.items() for child in below]
    three, nine = levels_of(edges, leaves)
    vector = np.array([[chances[leaf] for leaf in leaves]])
    summed = {level: dict(zip(level_of.names, level_of.sum(vector, leaves)[0], strict=True))
              for level, level_of in (("three", three), ("nine", nine))}  # fmt: skip
    return (
        compare("the three kinds together", 1, sum(of[root] for root in ROOTS), "definition", EXACT),
        compare("children and their parent: largest difference", 0, apart, "definition", EXACT),
        compare("three kinds as the reader sums them up", [of[kind] for kind in ROOTS],
                [summed["three"][kind] for kind in ROOTS], "definition", EXACT),
        compare("nine kinds as the reader sums them up", [of[kind] for kind in NINE],
                [summed["nine"][kind] for kind in NINE], "definition", EXACT),
    )  # fmt: skip


def _parts(
    classes: tuple[tuple[str, ...], ...], images: Mapping[str, int], leaves: tuple[str, ...]
) -> tuple[Equality, ...]:
    too_large = sum(len(held) > 1 and sum(images[leaf] for leaf in held) >= MOST_IMAGES for held in classes)
    times = [sum(leaf in held for held in classes) for leaf in leaves]
    return (
        compare("classes of several leaves with 1,000 images or more", 0, too_large, "Esteva et al. 2017"),
        compare("classes that each leaf is in", [1] * len(leaves), times, "Esteva et al. 2017"),
    )


RECIPE = entered(
    Recipe(
        id="esteva_taxonomy",
        title="Taxonomy inference P[u]=sum P[v] and CNN vs CNN-PA tables",
        tasks=("multi-class",),
        question="Turn the probabilities of leaves into any clinical question",
        row=Row(
            modality=Told("vectors of probabilities and a tree", "seed"),
            input=Told("softmax over the leaves", "seed"),
            preprocessing=Told("the tree as a file of children and parents", "choice"),
            network=Told("P[u] = sum over v in C(u) of P[v]", "seed"),
            pretraining=Told("see esteva2017", "seed"),
            sampling=Told("partitioning algorithm: training classes below 1,000 images", "memory"),
            postprocessing=Told("the likeliest kind of a level", "seed"),
            metrics=Told("accuracy of 3 and of 9 ways", "seed"),
            cases=Told("757 training classes", "seed"),
            result=Told(
                "3 ways: dermatologists 65.6 and 66.0, CNN 69.5, with partition 72.0 %; 9 ways: 53.3, 55.0, "
                "48.9, 55.3 %",
                "seed",
            ),
        ),
        sources=(
            "Esteva A et al. Dermatologist-level classification of skin cancer with deep neural networks. "
            "Nature 2017;542:115-118",
            "Reynaud E. Deep learning in the medical domain. Lecture, Master 1: skin cancer",
        ),
        confidence="high",
        exactness="exact",
        fixture=Fixture("a tree of 3 roots, 9 kinds and 30 leaves", classes=tuple(HAM10000)),
        public=(
            PublicData(
                "HAM10000", "ISIC2018_Task3_Training_Input/*.jpg, GroundTruth.csv; seven classes, leaves",
                "memory",
            ),
            PublicData("Fitzpatrick17k", "one CSV with 114 leaves and their 9- and 3-way parents", "memory"),
        ),
        flaws=(
            Flaw("C(u) is called the children of u; it has to be read as the leaves below u"),
            Flaw("the lecture rounds 72.1 and 55.4 of the paper down to 72.0 and 55.3"),
        ),
        demonstrate=demonstrate,
        values=values,
    )
)  # fmt: skip
