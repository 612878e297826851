"""How common each class will be where the reader is used: what the user says with ``--prevalence``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from thirdeye.errors import UsageError
from thirdeye.intake.words import listed


def read_prevalence(
    text: str | float | None, classes: Sequence[str], positive: str | None
) -> Mapping[str, float]:
    """Class to its share among the patients that will be read; {} where nothing was said.

    Args:
        text: ``0.02`` or ``"2 %"`` for the positive class of two, or ``"melanoma=0.02,nevus=0.9"``.
        classes: of the data.
        positive: the class that counts as diseased, where there are two.

    Raises:
        UsageError: no number, not between 0 and 1, an unknown class, or a number for no one class.
    """
    if text is None or text == "":
        return {}
    pairs = [part.rpartition("=") for part in str(text).split(",")]
    if len(pairs) == 1 and not pairs[0][1]:
        if positive is None:
            raise UsageError(f"--prevalence {text!r}: name the class (--prevalence {classes[0]}=0.02)")
        shares = {positive: _share(pairs[0][2])}
        others = [name for name in classes if name != positive]
        return shares | ({others[0]: 1 - shares[positive]} if len(others) == 1 else {})
    unknown = [name.strip() for name, _, _ in pairs if name.strip() not in classes]
    if unknown:
        raise UsageError(
            f"--prevalence names {listed(unknown)}, which is no class; there are {listed(list(classes), 20)}"
        )
    return {name.strip(): _share(number) for name, _, number in pairs}


def _share(text: str) -> float:
    number = text.strip().removesuffix("%").strip()
    try:
        share = float(number) / (100 if "%" in text else 1)
    except ValueError:
        raise UsageError(f"--prevalence takes a share such as 0.02 or 2%, got {text.strip()!r}") from None
    if not 0 < share < 1:
        raise UsageError(f"--prevalence takes a share above 0 and below 1 (or 2%), got {text.strip()!r}")
    return share
