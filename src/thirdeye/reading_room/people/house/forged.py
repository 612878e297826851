"""A sign-in that does not hold."""

from __future__ import annotations


class Forged(Exception):
    """What came from the provider, or pretends to, is not believed.

    Args:
        why: one word for the audit: "state", "key", "issuer", "audience", "nonce", "expired", ...
    """

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why
