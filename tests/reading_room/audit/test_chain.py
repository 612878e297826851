"""The chain under writers at once, of threads and of processes."""

from __future__ import annotations

import hashlib
import hmac
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select

from thirdeye.reading_room.audit.chain import START, append, canonical, digest, seal
from thirdeye.reading_room.audit.verify import verify
from thirdeye.reading_room.store.database import Database
from thirdeye.reading_room.store.tables import AUDIT

KEY = b"k" * 32
_WRITER = """
import sys
from thirdeye.reading_room.audit.chain import append
from thirdeye.reading_room.store.database import Database
database = Database.open(sys.argv[1])
for number in range(40):
    with database.writing() as connection:
        append(connection, b"k" * 32, at="now", action="x", person=None, case=None,
               detail={"by": sys.argv[2]})
"""


def enter(database, number):
    with database.writing() as connection:
        append(connection, KEY, at="now", action="x", person=None, case=None, detail={"n": number})


def test_many_threads_make_one_chain(tmp_path):
    database = Database.open(f"sqlite:///{tmp_path / 'a.sqlite'}")
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda number: enter(database, number), range(200)))
    with database.reading() as connection:
        seen = verify(connection, KEY)
        details = connection.execute(select(AUDIT.c.detail)).scalars().all()
    assert (seen.whole, seen.entries) == (True, 200)
    assert sorted(json.loads(one)["n"] for one in details) == list(range(200))
    database.close()


def test_several_processes_make_one_chain(tmp_path):
    url = f"sqlite:///{tmp_path / 'a.sqlite'}"
    database = Database.open(url)
    writers = [subprocess.Popen([sys.executable, "-c", _WRITER, url, str(n)]) for n in range(3)]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    with database.reading() as connection:
        seen = verify(connection, KEY)
    assert (seen.whole, seen.entries) == (True, 120)
    database.close()


def test_the_seal_is_the_hmac_of_the_canonical_entry():
    entry = {
        "seq": 1,
        "at": "t",
        "person_id": None,
        "action": "a",
        "case_id": "c",
        "detail": "{}",
        "previous": START,
    }
    text = f'[1,"t",null,"a","c","{{}}","{START}"]'
    assert seal(KEY, entry) == hmac.new(KEY, text.encode(), hashlib.sha256).hexdigest()


def test_one_content_has_one_text():
    assert canonical({"b": 1, "a": [True, "é"]}) == '{"a":[true,"\\u00e9"],"b":1}'
    assert digest({"b": 1, "a": 2}) == digest({"a": 2, "b": 1})


def test_an_undone_act_leaves_no_entry(tmp_path):
    database = Database.open(f"sqlite:///{tmp_path / 'a.sqlite'}")
    try:
        with database.writing() as connection:
            append(connection, KEY, at="now", action="x", person=None, case=None, detail={})
            raise RuntimeError
    except RuntimeError:
        pass
    with database.reading() as connection:
        assert verify(connection, KEY).entries == 0
    database.close()
