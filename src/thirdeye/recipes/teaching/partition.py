"""Training classes of even size out of a tree of diseases: the partitioning algorithm.

Source: Esteva A et al. Dermatologist-level classification of skin cancer with deep neural networks. Nature
2017;542:115-118, its extended description of the disease-partitioning algorithm.
"""

from __future__ import annotations

from collections.abc import Mapping

Children = Mapping[str, tuple[str, ...]]


def leaves_of(node: str, children: Children) -> tuple[str, ...]:
    """The leaves below a node; the node itself where it is one."""
    below = children.get(node, ())
    return tuple(leaf for child in below for leaf in leaves_of(child, children)) if below else (node,)


def probability(node: str, children: Children, leaves: Mapping[str, float]) -> float:
    """P[u]: the sum over the leaves below u, which is what C(u) of the slide has to mean."""
    return sum(leaves[leaf] for leaf in leaves_of(node, children))


def partition(
    roots: tuple[str, ...], children: Children, images: Mapping[str, int], *, most: int = 1000
) -> tuple[tuple[str, ...], ...]:
    """Training classes, each a set of leaves: a node is one class if it has fewer than `most` images.

    A larger node is divided into its children; a leaf is a class however large it is.

    Args:
        roots: the coarsest kinds.
        children: of every node that has any.
        images: of each leaf.
        most: images that a class of several leaves stays below.
    """
    classes: list[tuple[str, ...]] = []
    for root in roots:
        held = leaves_of(root, children)
        if len(held) == 1 or sum(images[leaf] for leaf in held) < most:
            classes.append(held)
        else:
            classes += partition(children[root], children, images, most=most)
    return tuple(classes)
