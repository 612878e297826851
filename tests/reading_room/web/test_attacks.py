"""The items of the attack list that come as requests, each with its safe outcome."""

from __future__ import annotations

import json

import pytest

from thirdeye.reading_room.refusal import Refusal
from thirdeye.reading_room.web.inputs import read_json

PASSWORD = "correct horse battery"
HOSTILE_JSON = {
    "NaN": b'{"probability": NaN}',
    "infinity": b'{"probability": -Infinity}',
    "1e999": b'{"probability": 1e999}',
    "half a surrogate pair": b'{"note": "\\ud800"}',
    "half a pair in a key": b'{"\\udc00": 1}',
    "5,000 digits": b'{"probability": ' + b"9" * 5000 + b"}",
    "100,000 deep": b"[" * 100_000,
    "100,000 deep and closed": b"[" * 100_000 + b"]" * 100_000,
    "objects 10,000 deep": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "NUL": b'{"note": "a\\u0000b"}',
    "no UTF-8": b'{"note": "\xff"}',
    "UTF-16": '{"note": 1}'.encode("utf-16"),
    "cut off": b'{"note": "',
}
SHOWN = [
    "<script>alert(1)</script>", "{{7*7}}", "{% raw %}", "${jndi:ldap://127.0.0.1/x}", "a\u202egnp.exe",
    "\x1b[31mred", '"><img src=x onerror=alert(1)>',
]  # fmt: skip


@pytest.mark.parametrize("body", HOSTILE_JSON.values(), ids=HOSTILE_JSON)
def test_hostile_json_is_422_and_never_500(house, body) -> None:
    client = house.client("reader")
    csrf = house.token(client.get("/account").text)
    for path in ("/account/sessions/end", "/language", "/cases/none/lock"):
        answer = client.post(path, content=body, headers={"content-type": "application/json", "x-csrf": csrf})
        assert answer.status_code in (400, 404, 422), path
    with pytest.raises(Refusal):
        read_json(body)


def test_ordinary_json_is_read() -> None:
    form = {"note": "[[[[" * 50 + ' "quoted" \\u0000 literally 😀', "marks": [[1.5, -2e300]], "n": 10**18}
    assert read_json(json.dumps(form).encode()) == form
    assert read_json(json.dumps(form, ensure_ascii=False).encode()) == form
    assert read_json(b"") is None


@pytest.mark.parametrize("login", ["a\x00b", "\x00"])
def test_nul_in_a_form_is_422(house, login) -> None:
    assert house.client().post("/sign-in", data={"login": login, "password": PASSWORD}).status_code == 422
    parts = {"login": (None, login), "password": (None, PASSWORD)}
    assert house.client().post("/sign-in", files=parts).status_code == 422
    admin = house.client("administrator")
    csrf = {"x-csrf": house.token(admin.get("/account").text)}
    for form in (
        {"data": {"login": login, "shown": "x"}},
        {"files": {"login": (None, login), "shown": (None, "x")}},
    ):
        assert admin.post("/people", headers=csrf, **form).status_code == 422


@pytest.mark.parametrize(
    "path", ["/people/%00", "/cases/%00/check", "/cases/a%00b/read", "/?q=%00", "/sign-in?next=/%00"]
)
def test_nul_in_an_address_is_refused(house, path) -> None:
    assert house.client("administrator").get(path).status_code in (403, 404, 422)
    assert house.client("reader").get(path).status_code in (403, 404, 422)


@pytest.mark.parametrize(
    "path", ["/people/99999999999999999999", "/people/-1", "/people/1e3", "/people/" + "9" * 5000]
)
def test_a_number_that_no_store_holds_is_422(house, path) -> None:
    assert house.client("administrator").get(path).status_code == 422


@pytest.mark.parametrize("text", SHOWN)
def test_markup_and_control_characters_are_shown_as_text(house, text) -> None:
    admin = house.client("administrator")
    csrf = house.token(admin.get("/account").text)
    made = admin.post("/people", data={"csrf": csrf, "login": text, "shown": text, "roles": "reader"})
    assert made.status_code == 200
    for page in (made.text, admin.get("/people").text):
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert not {"\u202e", "\x1b"} & set(page)
    if "{" in text:
        assert text.replace("<", "&lt;") in admin.get("/people").text


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"}, {"origin": "null"}, {"origin": "http://["}, {"origin": ""},
        {"origin": "https://localhost"}, {"origin": "http://localhost:1"}, {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)  # fmt: skip
def test_other_sites_are_refused(house, headers) -> None:
    client = house.client("reader")
    csrf = house.token(client.get("/account").text)
    assert client.post("/language", data={"csrf": csrf, "language": "fr"}, headers=headers).status_code == 403
    assert house.audited()[-1] == "request.refused"
    signed_in = house.client().post(
        "/sign-in", data={"login": "reader", "password": PASSWORD}, headers=headers
    )
    assert signed_in.status_code == 403


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "localhost@evil.example", "", "[::1", "x" * 5000]
)
def test_a_forged_host_is_refused(house, host) -> None:
    answer = house.client().get("/sign-in", headers={"host": host})
    assert answer.status_code == 400
    assert "evil" not in answer.text


@pytest.mark.parametrize(
    "next",
    ["//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example", "javascript:alert(1)"],
)
def test_nobody_is_sent_elsewhere(house, next) -> None:
    form = {"login": "reader", "password": PASSWORD, "next": next}
    assert house.client().post("/sign-in", data=form).headers["location"] == "/"


def test_the_headers_of_safety_are_on_every_answer(house) -> None:
    for path in ("/sign-in", "/nothing", "/static/room.css", "/"):
        headers = house.client().get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
    assert house.client("reader").get("/account").headers["cache-control"] == "no-store"


def test_no_page_has_a_script_or_a_style_of_its_own(house) -> None:
    admin = house.client("administrator")
    for path in ("/", "/people", "/people/1", "/account", "/welcome", "/nothing"):
        page = admin.get(path).text
        assert " style=" not in page
        assert "<style" not in page
        assert page.count("<script") == page.count("<script src=")


def test_the_cookie_is_kept_from_scripts_and_other_sites(house) -> None:
    answer = house.client().post("/sign-in", data={"login": "reader", "password": PASSWORD})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


def test_an_error_says_nothing_of_what_came(house) -> None:
    marker = house.marker
    client = house.client("administrator")
    csrf = house.token(client.get("/account").text)
    answers = [
        client.get(f"/people/{marker}"), client.get(f"/{marker}"),
        client.post("/people", data={"csrf": csrf, "shown": marker, "roles": marker}),
        client.post("/language", data={"csrf": csrf, "language": marker}),
    ]  # fmt: skip
    for answer in answers:
        assert answer.status_code in (404, 422)
        assert marker not in answer.text


@pytest.mark.parametrize(
    ("path", "size"), [("/upload", 400 * 1024**2), ("/sign-in", 2 * 1024**2), ("/people", 10**30)]
)
def test_a_body_of_400_mb_is_413_before_it_comes(house, path, size) -> None:
    answer = house.client("reader").post(path, content=b"", headers={"content-length": str(size)})
    assert answer.status_code == 413
