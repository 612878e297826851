"""Every screen in both languages: its language, one heading, names for whatever can be worked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from fastapi.testclient import TestClient

from thirdeye.reading_room.web.words import LANGUAGES

FIELDS = ("input", "select", "textarea")
PRESSED = ("button", "a", "summary")
EMPTY = ("input", "img", "meta", "link", "br", "hr", "path", "rect", "circle", "line")
OF_ROLES = {
    "reader": ("/", "/upload", "/outcomes", "/reader-studies", "/account", "/no-such-page"),
    "adjudicator": ("/adjudication",),
    "data_manager": ("/", "/kept-back"),
    "auditor": ("/audit", "/audit/entries/1", "/monitoring", "/retraining"),
    "administrator": ("/people", "/people/1", "/studies"),
}


class Page(HTMLParser):
    """The elements of a page, each with its attributes, its text and what it lies in."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[dict[str, Any]] = []
        self._open: list[dict[str, Any]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        made = {"tag": tag, "text": "", "within": list(self._open), **{k: v or "" for k, v in attrs}}
        self.elements.append(made)
        if tag not in EMPTY:
            self._open.append(made)

    def handle_endtag(self, tag: str) -> None:
        """An element ends, and what was left open in it."""
        while tag not in EMPTY and self._open and self._open.pop()["tag"] != tag:
            pass

    def handle_data(self, data: str) -> None:
        """Text belongs to all that is open."""
        for one in self._open:
            one["text"] += data.strip()

    def all(self, *tags: str) -> list[dict[str, Any]]:
        """The elements of some kinds."""
        return [one for one in self.elements if one["tag"] in tags]


def complaints(text: str, language: str) -> Iterator[str]:
    """What is wrong with a page for somebody who does not see it, or has no mouse."""
    page = Page(text)
    ids = [one["id"] for one in page.elements if "id" in one]
    labelled = {one["for"]: one["text"] for one in page.all("label") if "for" in one}
    if [one.get("lang") for one in page.all("html")] != [language]:
        yield "its language is not said"
    for tag in ("h1", "main", "title"):
        if [bool(one["text"]) for one in page.all(tag)] != [True]:
            yield f"not one {tag} with text"
    if len(ids) != len(set(ids)):
        yield "an id stands twice"
    for one in page.elements:
        if one.get("tabindex", "0") not in ("0", "-1"):
            yield f"the order of keys is changed: {one['tag']}"
        if not set(one.get("aria-labelledby", "").split()) <= set(ids):
            yield f"named by something that is not there: {one['tag']}"
    for one in page.all(*FIELDS):
        named = any(label["tag"] == "label" and label["text"] for label in one["within"])
        if one.get("type") != "hidden" and not (
            named or one.get("aria-label") or labelled.get(one.get("id", ""))
        ):
            yield f"a field without a label: {one.get('name')}"
    for one in page.all("img"):
        if "alt" not in one:
            yield f"a picture without alt: {one.get('src')}"
    for one in page.all(*PRESSED):
        if not (one["text"] or one.get("aria-label")):
            yield f"a {one['tag']} without a name"
    for one in page.all("th"):
        if not (one["text"] or one.get("aria-label")):
            yield "a column without a name"


def look(client: TestClient, token: str, *paths: str) -> None:
    """Look at pages in both languages."""
    for language in LANGUAGES:
        if token:
            client.post("/language", data={"csrf": token, "language": language})
        for path in paths:
            answer = client.get(path, headers={"accept-language": language})
            assert answer.status_code == (404 if path == "/no-such-page" else 200), (path, answer.status_code)
            assert not list(complaints(answer.text, language)), (path, language)


def test_screens_of_every_role(house, tmp_path) -> None:
    house.case(tmp_path, opinion=False)
    look(house.client(), "", "/sign-in", "/welcome")
    for role, paths in OF_ROLES.items():
        client = house.client(role)
        look(client, house.token(client.get("/account").text), *paths)


def test_the_way_of_a_case(house, read_first) -> None:
    client, case = read_first(lock=False)
    token, here = house.token(client.get("/account").text), f"/cases/{case}"
    look(client, token, "/", f"{here}/check", f"{here}/read")
    client.post(f"{here}/lock", data={"csrf": token, "probability_percent": 30})
    look(client, token, f"{here}/opinion")
    client.post(f"{here}/decide", data={"csrf": token, "choice": "keep"})
    look(client, token, f"{here}/sign")
    seal = re.search(r'name="statement" value="([0-9a-f]{64})"', client.get(f"{here}/sign").text)[1]
    client.post(f"{here}/sign", data={"csrf": token, "statement": seal})
    look(client, token, f"{here}/sign", f"{here}/outcome", "/outcomes")


def test_what_would_be_complained_about() -> None:
    wrong = (
        '<html lang="en"><title>x</title><main><h2 id="a">x</h2><input name="who"><img src="x">'
        '<a href="/"></a><p tabindex="3" id="a"></p><div aria-labelledby="b"></div>'
        "<table><th></th></table></main></html>"
    )
    said = " ".join(complaints(wrong, "fr"))
    for part in ("language", "h1", "twice", "order", "not there", "label", "alt", "a name", "column"):
        assert part in said, part
