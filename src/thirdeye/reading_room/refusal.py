"""What a person may not do, or may not do yet."""

from __future__ import annotations


class Refusal(Exception):
    """A request that is turned away. The sentence is looked up under ``refusal.<said>``.

    Args:
        status: of HTTP: 403 not allowed or not yet, 404 not there or not theirs, 409 done already, 413, 422.
        said: key of the sentence.
        action: what is entered into the audit ("opinion.refused"); None: nothing.
        case: about which.
    """

    def __init__(self, status: int, said: str, *, action: str | None = None, case: str | None = None) -> None:
        super().__init__(said)
        self.status = status
        self.said = said
        self.action = action
        self.case = case
