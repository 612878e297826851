"""Taxonomies: levels from edges, sums, labels, and what is refused."""

import numpy as np
import pytest

from thirdeye.case.taxonomy import levels_of
from thirdeye.errors import UsageError

CLASSES = ("akiec", "bcc", "bkl", "mel", "nv")
EDGES = [
    ("akiec", "keratinocytic", "tissue"), ("bcc", "keratinocytic", "tissue"), ("bkl", "benign", ""),
    ("mel", "melanocytic, malignant", "tissue"), ("nv", "benign", ""),
    ("keratinocytic", "malignant", "malignancy"), ("melanocytic, malignant", "malignant", "malignancy"),
]  # fmt: skip


def test_levels_are_the_coarsest_first_and_carry_their_names() -> None:
    first, second = levels_of([*EDGES, ("benign", "not malignant", "malignancy")], CLASSES)
    assert first.name == "malignancy"
    assert first.groups == {"malignant": ("akiec", "bcc", "mel"), "not malignant": ("bkl", "nv")}
    assert second.name == "tissue"
    assert second.groups["keratinocytic"] == ("akiec", "bcc")
    assert second.groups["benign"] == ("bkl", "nv")


def test_a_class_that_hangs_higher_stands_for_itself_below() -> None:
    first, second = levels_of([("a", "p", ""), ("b", "p", ""), ("p", "top", ""), ("c", "other", "")], "abc")
    assert first.groups == {"top": ("a", "b"), "other": ("c",)}
    assert second.groups == {"p": ("a", "b"), "c": ("c",)}
    assert [first.name, second.name] == ["level 1", "level 2"]


def test_a_single_root_is_no_level() -> None:
    edges = [("a", "x", ""), ("b", "x", ""), ("c", "y", ""), ("x", "all", ""), ("y", "all", "")]
    (level,) = levels_of(edges, "abc")
    assert level.names == ("x", "y")


def test_probabilities_and_labels_are_summed_up() -> None:
    (level,) = levels_of([("a", "ill", ""), ("b", "ill", ""), ("c", "well", ""), ("d", "well", "")], "abcd")
    found = level.sum(np.array([[0.1, 0.2, 0.3, 0.4], [0.7, 0.1, 0.1, 0.1]]), "abcd")
    np.testing.assert_allclose(found, [[0.3, 0.7], [0.8, 0.2]])
    assert level.labels(np.array([3, 0, 1]), "abcd").tolist() == [1, 0, 0]


@pytest.mark.parametrize(
    ("edges", "said"),
    [
        ([("a", "x", ""), ("a", "y", ""), ("b", "x", "")], "two parents"),
        ([("a", "x", "")], "no parent for the class 'b'"),
        ([("a", "x", ""), ("b", "x", ""), ("z", "x", "")], "'z', which is no class"),
        ([("a", "x", ""), ("b", "x", ""), ("x", "y", ""), ("y", "x", "")], "circle"),
        ([("a", "b", ""), ("b", "x", "")], "parent of others"),
    ],
)
def test_what_does_not_fit_is_refused(edges: list[tuple[str, str, str]], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        levels_of(edges, ("a", "b"))
