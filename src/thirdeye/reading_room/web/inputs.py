"""Text and numbers that no store could keep are turned away before anything reads them.

A NUL breaks PostgreSQL, half a surrogate pair breaks every encoder, NaN breaks comparisons, and a number of
5,000 digits or brackets 100,000 deep break the reader of JSON itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from fastapi import Request

from thirdeye.reading_room.refusal import Refusal

DEEPEST = 32
_UNFIT = re.compile("[\\x00\\ud800-\\udfff]")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)


async def fit(request: Request) -> None:
    """A dependency: address, form and JSON hold text and finite numbers alone.

    Raises:
        Refusal: 422.
    """
    asked = [request.url.path, *(text for pair in request.query_params.multi_items() for text in pair)]
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    form = getattr(
        request, "_form", None
    )  # read already; an upload is read by its own route, after the guard
    if form is not None:
        asked += [text for pair in form.multi_items() for text in pair if isinstance(text, str)]
    elif kind == "application/json" or kind.endswith("+json"):
        read_json(await request.body())
    if any(_UNFIT.search(text) for text in asked):
        raise Refusal(422, "invalid_request")


def read_json(body: bytes) -> Any:
    """JSON without NaN, infinities, endless numbers, depths, NUL and lone surrogates.

    Args:
        body: UTF-8; nothing at all counts as null.

    Raises:
        Refusal: 422.
    """
    if not body:
        return None
    try:
        text = body.decode()
        if _depth(text) > DEEPEST:
            raise ValueError("too deep")
        form = json.loads(text, parse_constant=_never, parse_float=_finite)
        if any(_UNFIT.search(one) for one in _texts(form)):
            raise ValueError("no text")
    except (ValueError, RecursionError):
        raise Refusal(422, "invalid_request") from None
    return form


def _depth(text: str) -> int:
    """How deep brackets go, outside of strings."""
    deepest = depth = 0
    for bracket in re.finditer(r"[\[{]|[\]}]", _STRING.sub("", text)):
        depth += 1 if bracket[0] in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _texts(form: Any) -> Iterator[str]:
    """All texts of a form of JSON, keys as well."""
    if isinstance(form, str):
        yield form
    elif isinstance(form, dict):
        for name, value in form.items():
            yield name
            yield from _texts(value)
    elif isinstance(form, list):
        for value in form:
            yield from _texts(value)


def _never(word: str) -> Any:
    raise ValueError(word)


def _finite(digits: str) -> float:
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        raise ValueError(digits[:20])
    return value
