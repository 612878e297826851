"""Who gets what at every address of the room: a route without a line here fails."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import select, update

from thirdeye.reading_room.arrivals.process import process_arrival
from thirdeye.reading_room.arrivals.staged import Staging
from thirdeye.reading_room.arrivals.take_in import Arrival, take_in
from thirdeye.reading_room.people.person import ROLES
from thirdeye.reading_room.store.tables import CASE, IMAGE
from thirdeye.reading_room.web.app import make_app

PUBLIC, ANY = "public", ROLES
R, A, D, U, M = "reader", "adjudicator", "data_manager", "auditor", "administrator"
VISITORS = (None, *ROLES, "other")
PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class Line:
    """Who may, and what they get.

    Args:
        roles: that may; PUBLIC: everybody.
        own: status of whoever the case is of, and of everybody where there is no case; None: not asked, the
            request would change what the next ones find.
        others: status of those who have the role and not the case; 0: the same.
        form: what a POST carries.
        more: visitor to another status.
    """

    roles: Any
    own: int | None
    others: int = 0
    form: tuple[tuple[str, str], ...] = ()
    more: tuple[tuple[str, int], ...] = ()


READ = (("probability_percent", "30"),)
LINES = {
    "GET /sign-in": Line(PUBLIC, 200),
    "POST /sign-in": Line(PUBLIC, None, form=(("login", "nobody"), ("password", "x"))),
    "POST /sign-out": Line(PUBLIC, None),
    "GET /first-start": Line(PUBLIC, 303),
    "POST /first-start": Line(
        PUBLIC, 403, form=(("secret", "x"), ("login", "x"), ("shown", "x"), ("password", PASSWORD))
    ),
    "POST /language": Line(PUBLIC, 303, form=(("language", "en"),)),
    "GET /sign-in/house": Line(PUBLIC, 404),
    "GET /account/house": Line(ANY, 404),
    "POST /welcome/house": Line(PUBLIC, 403, form=(("secret", "x"),)),
    "GET /sign-in/house/back": Line(PUBLIC, 403),
    "GET /account": Line(ANY, 200),
    "POST /account/password": Line(ANY, 403, form=(("old", "x"), ("new", "x"))),
    "POST /account/sessions/end": Line(ANY, None),
    "GET /welcome": Line(PUBLIC, 200),
    "POST /welcome": Line(PUBLIC, 403, form=(("secret", "x"), ("password", PASSWORD))),
    "GET /people": Line((M,), 200),
    "POST /people": Line((M,), 409, form=(("login", "reader"), ("shown", "x"))),
    "GET /people/{number}": Line((M,), 200),
    "POST /people/{number}": Line((M,), 422, form=(("shown", "x"), ("roles", "king"))),
    "POST /people/{number}/secret": Line((M,), None),
    "POST /people/{number}/{what}": Line((M,), 404),
    "GET /studies": Line((M,), 200),
    "POST /studies/{study}/policy": Line(
        (M,), 422,
        form=(("second_reader_percent", "nan"), ("planted_percent", "0"), ("unaided_every", "0")),
    ),
    "POST /studies/{study}/again": Line((M,), None),
    "GET /": Line(ANY, 200),
    "POST /cases/{case}/take": Line((R,), 303, 404),
    "POST /cases/{case}/release": Line((R,), 409, 404),
    "POST /cases/{case}/priority": Line((R, D), 404, 404, form=(("priority", "1"),)),
    "GET /upload": Line((R, D, M), 200),
    "POST /upload": Line((R, D, M), None, form=(("study", "1"),)),
    "GET /upload/{arrival}/state": Line((R, D, M), 200, 404),
    "GET /upload/{arrival}/events": Line((R, D, M), 200, 404),
    "GET /kept-back": Line((D,), 200),
    "GET /kept-back/{case}": Line((D,), 200),
    "POST /kept-back/{case}/go-on": Line((D,), 409),
    "POST /kept-back/{case}/put-away": Line((D,), None),
    "GET /cases/{case}/check": Line((R, A), 200, 404),
    "POST /cases/{case}/check": Line((R, A), 303, 404),
    "POST /cases/{case}/wrong": Line((R,), 409, 404),
    "GET /cases/{case}/stacks.json": Line((R, A), 200, 404),
    "GET /cases/{case}/images/{image}/frames/{frame}/values": Line((R, A), 200, 404),
    "GET /cases/{case}/images/{image}/frames/{frame}/preview.png": Line((R, A), 200, 404),
    "GET /cases/{case}/images/{image}/preview.png": Line((R, A), 200, 404),
    "GET /cases/{case}/images/{image}/tiles/{level}/{column}_{row}.jpeg": Line((R, A), 404, 404),
    "GET /cases/{case}/read": Line((R, A), 200, 404),
    "POST /cases/{case}/draft": Line((R, A), 409, 404),
    "POST /cases/{case}/lock": Line((R, A), 409, 404, form=READ),
    "GET /cases/{case}/opinion": Line((R, A), 200, 404),
    "GET /cases/{case}/opinion/pictures/{name}.png": Line((R, A), 200, 404),
    "POST /cases/{case}/decide": Line((R,), 422, 404, form=(("choice", "perhaps"),)),
    "GET /cases/{case}/disclosure": Line((R,), 404, 404),
    "GET /adjudication": Line((A,), 200),
    "POST /adjudication/{case}/take": Line((A,), 404),
    "POST /adjudication/{case}/release": Line((A,), 404),
    "GET /cases/{case}/sign": Line((R,), 403, 404),
    "POST /cases/{case}/sign": Line((R,), 403, 404, form=(("statement", "0" * 64),)),
    "POST /cases/{case}/second-reader": Line((R,), 403, 404),
    "GET /outcomes": Line((R, A, D), 200),
    "GET /cases/{case}/outcome": Line((R, A, D), 403, 404, more=((D, 403),)),
    "POST /cases/{case}/outcome": Line(
        (R, A, D), 403, 404, form=(("truth", "x"), ("proof", "histology")), more=((D, 403),)
    ),
    "GET /monitoring": Line((U, M, D), 200),
    "GET /monitoring/figures/{name}.svg": Line((U, M, D), 404),
    "GET /monitoring.json": Line((U, M, D), 200),
    "GET /reader-studies": Line((R, D, M), 200),
    "GET /reader-studies/{number}/read": Line((R,), 404),
    "POST /reader-studies/{number}/lock": Line(
        (R,), 404, form=(("place", "1"), ("step", "first"), *READ)
    ),
    "GET /reader-studies/{number}/readings.csv": Line((D, M), 404),
    "POST /reader-studies/{number}/close": Line((D, M), 404),
    "GET /retraining": Line((D, M, U), 200),
    "GET /retraining/changes/{number}.json": Line((D, M, U), 404),
    "GET /audit": Line((U,), 200),
    "POST /audit/verify": Line((U,), 200),
    "GET /audit/export.{kind}": Line((U,), 200),
    "GET /audit/entries/{number}": Line((U,), 200),
}  # fmt: skip
_SHOWS_IDENTITY = ("GET /cases/{case}/check", "GET /kept-back/{case}")


def routes_of(app: Any) -> list[str]:
    """Every address with its method; those of routers that were taken in as well."""
    found = []
    for route in app.routes:
        inner = getattr(route, "original_router", None)
        for one in [route] if inner is None else inner.routes:
            found += [f"{method} {one.path}" for method in sorted(getattr(one, "methods", None) or ())]
    return found


@pytest.fixture
def world(house, read_first, tmp_path, caplog) -> Callable[[str], str]:
    """A case that "reader" has locked and seen the opinion on, one kept back, an arrival; fills addresses."""
    caplog.set_level(logging.DEBUG)
    client, case = read_first(percent=30)
    assert client.get(f"/cases/{case}/opinion").status_code == 200
    pixels = np.random.default_rng(5).integers(0, 255, (40, 40)).astype(np.uint8)
    written = io.BytesIO()
    Image.fromarray(pixels).save(written, "PNG")
    staging = Staging(house.room)
    staging.add(f"{house.marker}.png", io.BytesIO(written.getvalue()))
    arrival = staging.hand_in(house.study, person=house.people["reader"], source="upload")
    assert len(process_arrival(house.room, arrival)) == 1
    identity = {"name": house.marker, "id": house.marker}
    lost = Arrival(patient="patient-x", source="upload", identity=identity, reason="unreadable")
    kept_back = take_in(house.room, house.study, lost)
    with house.room.database.reading() as connection:
        image = connection.execute(select(IMAGE.c.id).where(IMAGE.c.case_id == case)).scalar_one()
    filled = {
        "case": case, "image": image, "arrival": arrival, "number": str(house.people["other"]),
        "what": "crown", "study": str(house.study), "frame": "0", "level": "0", "column": "0", "row": "0",
        "name": "plain", "kind": "csv",
    }  # fmt: skip

    def address(path: str) -> str:
        mine = {**filled, "case": kept_back} if path.startswith("/kept-back") else filled
        return path.format(**mine)

    return address


def _expected(entry: Line, visitor: str | None, method: str, path: str) -> int | None:
    role = "reader" if visitor == "other" else visitor
    if entry.roles != PUBLIC:
        if visitor is None:
            return 303 if method == "GET" and ".json" not in path else 401 if method != "GET" else 303
        if role not in entry.roles:
            return 403
    if visitor in dict(entry.more):
        return dict(entry.more)[visitor]
    if entry.others and visitor != "reader":
        return entry.others
    return entry.own


def _looked_at(house, line: str, answer: Any) -> None:
    """What every answer has, and what none has."""
    said = answer.headers
    assert "default-src 'none'" in said["content-security-policy"], line
    assert "unsafe" not in said["content-security-policy"]
    assert said["x-content-type-options"] == "nosniff"
    assert said["x-frame-options"] == "DENY"
    assert said["referrer-policy"] == "same-origin"
    assert "no-store" in said["cache-control"] or "private" in said["cache-control"], line
    assert "public" not in said["cache-control"]
    if line not in _SHOWS_IDENTITY:
        assert house.marker not in answer.text, line
    assert house.marker not in str(said), line
    if said.get("content-type", "").startswith("text/html"):
        _is_a_page(answer.text, line)


def _is_a_page(page: str, line: str) -> None:
    footer = page[page.index('<footer class="notice">') :]
    assert "not a medical device" in footer.lower(), line
    assert not re.search(r"\son[a-z]+\s*=|\sstyle\s*=|<style|javascript:", page), line
    for script in re.findall(r"<script[^>]*>", page):
        assert re.search(r' src="/static/[^"]+"| type="application/json"', script), line


def test_every_route_has_a_line_and_every_line_a_route(house) -> None:
    found = routes_of(make_app(house.room))
    assert len(found) == len(set(found))
    assert set(found) == set(LINES)


@pytest.mark.slow
def test_everybody_gets_what_is_theirs_and_nothing_else(house, world, caplog) -> None:
    wrong = []
    clients = {visitor: house.client(visitor) for visitor in VISITORS}
    tokens = {
        visitor: "" if visitor is None else house.token(client.get("/account").text)
        for visitor, client in clients.items()
    }
    for line, entry in LINES.items():
        method, path = line.split(" ")
        for visitor in (*VISITORS[:1], *VISITORS[2:], "reader"):  # the owner last
            wanted = _expected(entry, visitor, method, path)
            if wanted is None:
                continue
            before = len(house.audited())
            form = None if method == "GET" else {**dict(entry.form), "csrf": tokens[visitor]}
            answer = clients[visitor].request(method, world(path), data=form)
            if answer.status_code != wanted:
                wrong.append((line, visitor, answer.status_code, wanted))
            _looked_at(house, line, answer)
            if visitor not in (None, "reader") and wanted in (403, 404) and entry.others:
                assert len(house.audited()) == before + 1, (line, visitor)
    assert not wrong
    _no_trace(house, caplog)


def _no_trace(house, caplog) -> None:
    """No identity in the log, in the name of a file, in the audit."""
    assert house.marker not in caplog.text
    folder = house.room.settings.folder
    assert not [path for path in folder.rglob("*") if house.marker in str(path.relative_to(folder))]
    allowed = ("room.sqlite", "room.sqlite-wal")
    texts = [path for path in folder.rglob("*") if path.is_file() and path.name not in allowed]
    assert texts
    assert not [path.name for path in texts if house.marker.encode() in path.read_bytes()]


@pytest.mark.parametrize("csrf", [None, "wrong", "of another"])
def test_no_form_without_the_token_of_its_session(house, world, csrf) -> None:
    clients = {role: house.client(role) for role in ROLES}
    other = house.token(house.client("other").get("/account").text)
    given = {} if csrf is None else {"csrf": other if csrf == "of another" else csrf}
    before = house.audited().count("request.refused")
    asked = 0
    for line, entry in LINES.items():
        method, path = line.split(" ")
        if method == "POST":
            role = ROLES[0] if entry.roles in (PUBLIC, ANY) else entry.roles[0]
            answer = clients[role].post(world(path), data={**dict(entry.form), **given})
            assert answer.status_code == 403, line
            _looked_at(house, line, answer)
            asked += 1
    assert asked > 25
    assert house.audited().count("request.refused") == before + asked


@pytest.mark.parametrize("origin", ["http://evil.example", "null"])
def test_no_form_from_another_site(house, world, origin) -> None:
    clients = {role: house.client(role) for role in (*ROLES, None)}
    tokens = {role: house.token(clients[role].get("/account").text) for role in ROLES}
    for line, entry in LINES.items():
        method, path = line.split(" ")
        if method != "POST":
            continue
        role = ROLES[0] if entry.roles in (PUBLIC, ANY) else entry.roles[0]
        for who, csrf in ((role, tokens[role]), (None, "")):
            form = {**dict(entry.form), "csrf": csrf}
            answer = clients[who].post(world(path), data=form, headers={"origin": origin})
            assert answer.status_code == 403, line


ASKED = (
    ("reader", "/", "study", "priority", "view", "modality"),
    ("auditor", "/audit", "before", "person", "action", "case", "since"),
    ("auditor", "/monitoring", "study", "days", "call_from"),
    ("administrator", "/people/1", "done"),
)
HUGE = ("99999999999999999999999", "-1", "9" * 5000, "2147483648", "0", "nan", "../..", "%00")


@pytest.mark.slow
def test_no_number_or_name_in_an_address_breaks_anything(house, world, caplog) -> None:
    """Numbers that no store holds, names that nobody gave: refused, never an error of the server."""
    clients = {role: house.client(role) for role in ROLES}
    tokens = {role: house.token(clients[role].get("/account").text) for role in ROLES}
    broken = []
    for line, entry in LINES.items():
        method, path = line.split(" ")
        role = ROLES[0] if entry.roles in (PUBLIC, ANY) else entry.roles[0]
        for name in re.findall(r"\{(\w+)\}", path):
            for value in HUGE:
                address = world(path.replace(f"{{{name}}}", value))
                form = None if method == "GET" else {**dict(entry.form), "csrf": tokens[role]}
                answer = clients[role].request(method, address, data=form)
                if answer.status_code >= 500:
                    broken.append((line, name, value[:30]))
    assert not broken
    assert "a request failed" not in caplog.text


@pytest.mark.slow
def test_no_value_of_a_form_or_a_question_breaks_anything(house, world, caplog) -> None:
    clients = {role: house.client(role) for role in ROLES}
    tokens = {role: house.token(clients[role].get("/account").text) for role in ROLES}
    numbers = ("place", "priority", "unaided_every", "probability_percent", "second_reader_percent")
    broken = []
    for line, entry in LINES.items():
        method, path = line.split(" ")
        role = ROLES[0] if entry.roles in (PUBLIC, ANY) else entry.roles[0]
        names = [name for name, _ in entry.form] if method == "POST" else []
        for name in {*names, *(numbers if "lock" in path else ())}:
            for value in ("9" * 30, "-1e999", "nan", "😀" * 20_000):
                form = {**dict(entry.form), "csrf": tokens[role], name: value}
                if clients[role].post(world(path), data=form).status_code >= 500:
                    broken.append((line, name, value[:30]))
    for role, path, *names in ASKED:
        for name in names:
            for value in HUGE:
                if clients[role].get(f"{path}?{name}={value}").status_code >= 500:
                    broken.append((path, name, value[:30]))
    assert not broken
    assert "a request failed" not in caplog.text


@pytest.mark.parametrize(
    "path",
    [
        "/static/../web/app.py", "/static/..%2fweb/app.py", "/static/%2e%2e/%2e%2e/room.key",
        "/static//etc/passwd", "/static/..%5c..%5croom.key", "/static/", "/static/vendor/",
        "/static/%00", "/static/room.css%00.png", "/static/" + "a/" * 500,
    ],
)  # fmt: skip
def test_nothing_but_static_files_below_static(house, path) -> None:
    answer = house.client().get(path)
    assert answer.status_code in (404, 405, 422)
    assert "import" not in answer.text


def test_a_reader_says_nothing_of_somebody_elses_urgency(house, read_first, tmp_path) -> None:
    _, taken = read_first(lock=False)
    client, waiting = house.client("other"), house.case(tmp_path, opinion=False)
    csrf = house.token(client.get("/").text)
    form = {"csrf": csrf, "priority": "2"}
    assert client.post(f"/cases/{taken}/priority", data=form).status_code == 404
    assert house.audited()[-1] == "case.refused"
    assert client.post(f"/cases/{waiting}/priority", data=form).status_code == 303
    with house.room.acting(None) as act:
        reserved = {"reserved_for": house.people["reader"]}
        act.connection.execute(update(CASE).where(CASE.c.id == waiting).values(**reserved))
    assert client.post(f"/cases/{waiting}/priority", data=form).status_code == 404
