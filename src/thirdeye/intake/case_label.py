"""The label of a case that also has masks: which classes it has, and which counts as diseased."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

CASE_LABEL = "case_label"  # column of the rows; "" where a case has none


@dataclass(frozen=True)
class CaseLabel:
    """What is told of whole cases besides their masks.

    Args:
        task: "binary" or "multiclass".
        classes: names in order; the negative one first where there are two.
        positive: the class that counts as diseased (binary only).
    """

    task: Literal["binary", "multiclass"]
    classes: tuple[str, ...]
    positive: str | None


def follows_from(labels: Sequence[str], marked: Sequence[str]) -> bool:
    """Whether a label says nothing that the masks do not say: each set of structures has its own value.

    Args:
        labels: of the cases; "" where unknown.
        marked: what the masks of each case mark, joined.
    """
    pairs = {pair for pair in zip(labels, marked, strict=True) if pair[0]}
    return len(pairs) == len({one for one, _ in pairs}) == len({other for _, other in pairs})
