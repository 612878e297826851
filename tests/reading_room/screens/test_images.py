"""What the viewer is sent, and to whom."""

from __future__ import annotations

import io
import shutil

import numpy as np
from PIL import Image
from sqlalchemy import select, update

from thirdeye.reading_room.arrivals.files import keep_bytes
from thirdeye.reading_room.opinions.make import make_opinion
from thirdeye.reading_room.store.tables import IMAGE, OPINION


def image_of(house, case: str) -> str:
    with house.room.database.reading() as connection:
        return connection.execute(select(IMAGE.c.id).where(IMAGE.c.case_id == case)).scalar_one()


def test_how_a_case_is_hung_and_its_values(house, read_first) -> None:
    client, case = read_first(lock=False)
    hung = client.get(f"/cases/{case}/stacks.json").json()
    image = image_of(house, case)
    assert hung["images"] == [image]
    (stack,) = hung["stacks"]
    assert (stack["kind"], stack["frames"], stack["rows"], stack["columns"]) == ("frames", [[0, 0]], 40, 40)
    values = client.get(f"/cases/{case}/images/{image}/frames/0/values")
    assert values.headers["content-encoding"] == "deflate"
    assert "immutable" in values.headers["cache-control"]
    assert values.headers["vary"] == "Cookie"  # nobody who signs in later finds it in the cache
    assert len(values.content) > 40 * 40
    shown = Image.open(io.BytesIO(client.get(f"/cases/{case}/images/{image}/preview.png").content))
    assert np.asarray(shown).shape == (40, 40)
    assert client.get(f"/cases/{case}/images/{image}/frames/1/values").status_code == 422
    assert client.get(f"/cases/{case}/images/{image}/tiles/0/0_0.jpeg").status_code == 404


def test_nobody_else_is_sent_anything(house, read_first) -> None:
    _, case = read_first(lock=False)
    image, other = image_of(house, case), house.client("other")
    for path in ("stacks.json", f"images/{image}/frames/0/values", f"images/{image}/frames/0/preview.png"):
        assert other.get(f"/cases/{case}/{path}").status_code == 404
    assert house.audited()[-1] == "case.refused"


def test_nothing_is_sent_before_the_check(house, tmp_path) -> None:
    client, case = house.client("reader"), house.case(tmp_path, opinion=False)
    client.post(f"/cases/{case}/take", data={"csrf": house.token(client.get("/").text)})
    for path in ("stacks.json", f"images/{image_of(house, case)}/frames/0/values"):
        assert client.get(f"/cases/{case}/{path}").status_code == 404
    assert house.audited()[-1] == "image.refused"


def test_a_file_that_is_no_image_costs_itself_alone(house, read_first) -> None:
    client, case = read_first(lock=False)
    name = keep_bytes(house.room.images, b"\x89PNG\r\n\x1a\n" + b"\0" * 50, ".png")
    with house.room.acting(None) as act:
        act.connection.execute(update(IMAGE).where(IMAGE.c.case_id == case).values(file=name))
    assert client.get(f"/cases/{case}/stacks.json").json()["stacks"] == []
    answer = client.get(f"/cases/{case}/images/{image_of(house, case)}/frames/0/values")
    assert answer.status_code == 422
    assert name[:8] not in answer.text


def test_an_image_that_was_changed_since_it_came_is_not_shown(house, read_first) -> None:
    client, case = read_first(lock=False, opinion=False)
    with house.room.database.reading() as connection:
        name = connection.execute(select(IMAGE.c.file).where(IMAGE.c.case_id == case)).scalar_one()
    kept = house.room.images / name
    kept.write_bytes(kept.read_bytes() + b"\0")
    shutil.rmtree(house.room.settings.folder / "pictures", ignore_errors=True)  # made ready at the check
    for path in ("stacks.json", f"images/{image_of(house, case)}/frames/0/values"):
        assert client.get(f"/cases/{case}/{path}").status_code == 409
        assert house.audited()[-1] == "image.changed"
    assert not make_opinion(house.room, case, house.reader)
    with house.room.database.reading() as connection:
        error = connection.execute(select(OPINION.c.error).where(OPINION.c.case_id == case)).scalar_one()
    assert "changed since it came" in error
