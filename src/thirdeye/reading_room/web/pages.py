"""Pages from templates: everything escaped, nothing inline, in the language of whoever looks."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from thirdeye.case.opinion import RESEARCH_USE
from thirdeye.inference.wording import readable
from thirdeye.reading_room.telling.named import names_kept
from thirdeye.reading_room.web.guard import visiting
from thirdeye.reading_room.web.navigation import navigation
from thirdeye.reading_room.web.words import LANGUAGES, chosen, translator

LANGUAGE_COOKIE = "language"


def templates() -> Environment:
    """The templates of the room."""
    made = Environment(
        loader=PackageLoader("thirdeye.reading_room", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["navigation"] = navigation
    made.filters["named"] = _named
    made.filters["readable"] = readable  # control characters and bidirectional overrides taken out
    return made


@pass_context
def _named(shown: Context, name: str, row: Any) -> str:
    """A class as it is called in the language of the page; `row` has the names of its study."""
    return readable(names_kept(row.names).of(name, shown["language"]))


def page(request: Request, template: str, *, status: int = 200, **shown: Any) -> HTMLResponse:
    """A page.

    Args:
        request: whose language, session and navigation it has.
        template: file in ``templates/``.
        status: of HTTP.
        shown: what the template shows.
    """
    session, language = visiting(request), language_of(request)
    text = request.app.state.templates.get_template(template).render(
        t=translator(language),
        language=language,
        languages=LANGUAGES,
        person=None if session is None else session.person,
        csrf="" if session is None else session.csrf,
        here="/" if template == "refusal.html" else request.url.path,  # a refusal repeats nothing
        notice=RESEARCH_USE if language == "en" else translator(language)("room.notice"),
        **shown,
    )
    return HTMLResponse(text, status)


def language_of(request: Request) -> str:
    """The language of a request: of the person, else of the cookie, else of the browser."""
    session = visiting(request)
    if session is not None:
        return session.person.language
    kept = request.cookies.get(LANGUAGE_COOKIE, "")
    return kept if kept in LANGUAGES else chosen(request.headers.get("accept-language", ""))
