"""A request that is turned away, with a status and a sentence."""

from __future__ import annotations


class Refusal(Exception):
    """Why a request gets no opinion.

    Args:
        status: of HTTP.
        said: one sentence without identities.
    """

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status = status
        self.said = said
