"""Which published system a study follows, and whether its data were made up: kept for its report."""

from __future__ import annotations

from typing import Any

from thirdeye.case.study import Study
from thirdeye.journey.published import Published
from thirdeye.recipes.recipe import KNOWN
from thirdeye.recipes.words import EXACTNESS

PUBLISHED_FILE = "published.json"


def write_origin(study: Study, asked: Published | None, *, fixture: bool = False) -> list[str]:
    """Write ``published.json``; a study that follows no published system has none.

    Args:
        study: where to.
        asked: the system.
        fixture: whether the data are the system's own fixture, made here.

    Returns:
        The names of the files written.
    """
    if asked is None:
        return []
    study.write_json(PUBLISHED_FILE, origin_json(asked, fixture=fixture))
    return [PUBLISHED_FILE]


def origin_json(asked: Published, *, fixture: bool = False) -> dict[str, Any]:
    """The form of ``published.json``."""
    recipe, claimed = asked.recipe, asked.recipe.row.result
    return {
        "version": 1,
        "id": recipe.id,
        "title": recipe.title,
        "question": recipe.question,
        "claimed": {"text": claimed.text, "known": KNOWN[claimed.known]},
        "sources": list(recipe.sources),
        "specification": EXACTNESS[recipe.exactness],
        "lighter": asked.lighter,
        "flaws": [one.text for one in recipe.flaws if one.switch and one.switch in asked.switches],
        "fixture": recipe.fixture.about if fixture else "",
        "small": sorted(recipe.fixture.overrides) if fixture else [],
    }
