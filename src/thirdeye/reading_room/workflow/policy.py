"""What a study decides about how doctor and machine meet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from thirdeye.errors import UsageError


@dataclass(frozen=True)
class Policy:
    """The policy of a study. The defaults are those of a doctor who decides first.

    Args:
        lock_first: the first reading is locked before the second opinion is shown.
        triage: the worklist is in the order of the model's score, and says so.
        second_reader_at: a change of the probability by so much goes to a second reader (0 to 1).
        planted: share of cases in which a known-wrong opinion is shown, disclosed afterwards (0 to 0.2).
        unaided_every: each so many cases of a reader are read without the machine; 0: none.
    """

    lock_first: bool = True
    triage: bool = False
    second_reader_at: float = 0.4
    planted: float = 0.0
    unaided_every: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.planted <= 0.2:
            raise UsageError(
                f"planted={self.planted}: at most a fifth of the cases may be planted (0 to 0.2)"
            )
        if not 0 <= self.unaided_every <= 1000:
            raise UsageError(f"unaided_every={self.unaided_every}: expected 0 (never) to 1000 cases")
        if not 0 < self.second_reader_at <= 1:
            raise UsageError(f"second_reader_at={self.second_reader_at}: expected more than 0, at most 1")

    @classmethod
    def of(cls, form: Mapping[str, Any]) -> Policy:
        """The policy kept in the store; what it does not name has its default."""
        return cls(**{one.name: form[one.name] for one in fields(cls) if one.name in form})

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        return asdict(self)
