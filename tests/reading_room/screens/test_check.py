"""The check: who, what, which side, what is unusual; in both languages; never a result."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update

from thirdeye.reading_room.store.tables import CASE


def _checked(house: Any, case: str) -> Any:
    client = house.client("reader")
    client.post(f"/cases/{case}/take", data={"csrf": house.token(client.get("/").text)})
    return client


def _in_french(client: Any, house: Any, path: str) -> str:
    csrf = house.token(client.get("/").text)
    client.post("/language", data={"csrf": csrf, "language": "fr"})
    return str(client.get(path).text)


def test_quality_and_envelope_are_said_without_a_result(house, tmp_path) -> None:
    case = house.case(tmp_path)
    far = (
        "it looks unlike the images that the reader knows (1.7 times the distance that nearly all known "
        "images stay below)"
    )
    noisy = "The image is noisier than the training images."
    with house.room.acting(None) as act:
        act.connection.execute(update(CASE).values(warnings=["warning_no_header", far, noisy]))
    client = _checked(house, case)
    shown = client.get(f"/cases/{case}/check").text
    assert "It looks unlike the images that the machine knows" in shown
    assert "noisier" in shown
    assert "The file has no header" in shown
    assert "malignant" not in shown
    french = _in_french(client, house, f"/cases/{case}/check")
    assert "pas d&#39;en-tête" in french
    assert "Est-ce le bon examen" in french


def test_a_missing_side_is_said(house, tmp_path) -> None:
    case = house.case(tmp_path)
    assert "not said" in _checked(house, case).get(f"/cases/{case}/check").text


def test_that_an_identity_was_shown_is_on_record(house, tmp_path) -> None:
    case = house.case(tmp_path)
    _checked(house, case).get(f"/cases/{case}/check")
    assert house.audited()[-1] == "identity.shown"


def test_what_is_not_right_is_kept_back(house, tmp_path) -> None:
    case = house.case(tmp_path)
    client = _checked(house, case)
    csrf = house.token(client.get(f"/cases/{case}/check").text)
    assert client.post(f"/cases/{case}/wrong", data={"csrf": csrf}).headers["location"] == "/?told=kept_back"
    assert "Nobody reads it until a data manager has looked into it" in client.get("/?told=kept_back").text
    assert "vérifié" in _in_french(client, house, "/?told=kept_back")
    assert 'role="status"' not in client.get("/?told=anything").text
    assert house.client("reader").get(f"/cases/{case}/check").status_code == 404
    assert "case.kept_back" in house.audited()
