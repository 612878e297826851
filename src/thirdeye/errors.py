"""Everything Third Eye raises on purpose.

    ThirdEyeError                 exit code 4 unless a line below says otherwise
    ├── UsageError                2    the call is wrong: an option, a name, a combination
    │   └── MissingExtra          2    a feature needs an optional dependency that is not installed
    ├── DataRefused               3    the data cannot be used as they are
    │   └── UnreadableFile        3    one file cannot be decoded
    └── StageFailed               4    a stage could not finish; what is there stays usable
        └── StudyMismatch         4    files of a study do not belong together

Each message says what was expected, what came, where, and what to do next.
"""

from __future__ import annotations


class ThirdEyeError(Exception):
    """The root of the tree; `exit_code` is what the command line returns."""

    exit_code = 4


class UsageError(ThirdEyeError):
    """The caller asked for something that does not exist or does not fit."""

    exit_code = 2


class MissingExtra(UsageError):
    """A feature needs an extra of the distribution.

    Args:
        feature: what was asked for, as a person would say it.
        extra: the name of the extra that brings it.
    """

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(f"{feature} needs the extra '{extra}': pip install 'thirdeye-imaging[{extra}]'")
        self.feature = feature
        self.extra = extra


class DataRefused(ThirdEyeError):
    """The data cannot be used as they are; the message says why and what would help."""

    exit_code = 3


class UnreadableFile(DataRefused):
    """One file cannot be decoded; the rest of the dataset may be fine.

    Args:
        name: the file as the user knows it.
        reason: one sentence without a trailing full stop.
    """

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.reason = reason


class StageFailed(ThirdEyeError):
    """A stage stopped before its end; earlier results are untouched."""


class StudyMismatch(StageFailed):
    """A file of the study is missing, was edited, or belongs to another run."""
