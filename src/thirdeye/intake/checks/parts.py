"""What the checks of groups on two sides of a split share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from thirdeye.intake.collection import SPLITS, Collection
from thirdeye.intake.finding import Severity
from thirdeye.intake.not_applicable import NotApplicable

_TOO_MANY = 0.5  # of the training images
REPAIRED = (
    "Those in training are left out (and in validation, where the test part has others of them); the test "
    "part is untouched"
)


@dataclass(frozen=True)
class Crossing:
    """Groups with images in several parts.

    Args:
        groups: the whole groups.
        lost: training images among them.
        repaired: leaving these out is bearable and the split is not the user's own column.
    """

    groups: tuple[tuple[str, ...], ...]
    lost: int
    repaired: bool

    @property
    def severity(self) -> Severity:
        """Blocks unless it is repaired."""
        return "warning" if self.repaired else "error"

    @property
    def images(self) -> tuple[str, ...]:
        """Every image once."""
        return tuple(dict.fromkeys(image for group in self.groups for image in group))


def stated_parts(collection: Collection) -> dict[str, str]:
    """Image to its part.

    Raises:
        NotApplicable: the data state fewer than two parts.
    """
    split = collection.rows.drop_duplicates("image").set_index("image")["split"].to_dict()
    if len(set(split.values()) & set(SPLITS)) < 2:
        raise NotApplicable("the data state no split")
    return {str(image): str(part) for image, part in split.items()}


def crossing(collection: Collection, groups: Iterable[Sequence[str]], split: Mapping[str, str]) -> Crossing:
    """Those groups that lie on two sides."""
    wrong = tuple(tuple(g) for g in groups if len({split[image] for image in g} & set(SPLITS)) > 1)
    lost = len({image for group in wrong for image in group if split[image] == "train"})
    of_training = sum(part == "train" for part in split.values())
    return Crossing(wrong, lost, collection.split_origin != "column" and lost <= _TOO_MANY * of_training)


def where(group: Sequence[str], split: Mapping[str, str]) -> str:
    """``"train and test"``."""
    return " and ".join(part for part in SPLITS if part in {split[image] for image in group})
