"""Wrong values in a study's files end in a sentence, whichever line of code they trip."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from thirdeye.errors import StudyMismatch

_TRIPPED = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, RecursionError)


@contextmanager
def blaming_study() -> Iterator[None]:
    """What trips inside is said to come from the study, whose files anybody may have written.

    Raises:
        StudyMismatch: something tripped; the cause is chained.
    """
    try:
        yield
    except _TRIPPED as error:
        said = (str(error).splitlines() or [""])[0][:120]
        raise StudyMismatch(
            f"the study's files say something that no reader can do ({type(error).__name__}: {said}); "
            "model.json may be damaged: restore it, or train again"
        ) from error
