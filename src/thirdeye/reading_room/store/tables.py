"""The tables of a room. Instants are UTC in ISO 8601 with microseconds, so that they sort as text.

Rows of `reading`, `reveal`, `decision`, `signature`, `outcome` and `audit` are added and never changed.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _of_case(**more: bool) -> Column[str]:
    return Column("case_id", Text, ForeignKey("case.id"), nullable=False, **more)  # type: ignore[arg-type]


def _by(name: str = "person_id", *, nullable: bool = False) -> Column[int]:
    return Column(name, Integer, ForeignKey("person.id"), nullable=nullable)


# Facts about the room itself ("one_time_secret": hash), one row each.
NOTE = Table("note", METADATA, Column("name", Text, primary_key=True), Column("value", JSON, nullable=False))

PERSON = Table(
    "person",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("login", Text, nullable=False, unique=True),  # case-folded
    Column("shown", Text, nullable=False),  # the name on screens and signatures
    Column("secret", Text),  # argon2; NULL: signs in elsewhere only
    Column("subject", Text, unique=True),  # issuer and subject of OpenID Connect
    Column("roles", Text, nullable=False),  # separated by spaces
    Column("language", Text, nullable=False, server_default="en"),
    Column("disabled", Boolean, nullable=False, default=False),
    Column("made_at", Text, nullable=False),
)

SESSION = Table(
    "session",
    METADATA,
    Column("token_sha256", Text, primary_key=True),  # the cookie itself is nowhere
    _by(),
    Column("csrf", Text, nullable=False),
    Column("made_at", Text, nullable=False),
    Column("seen_at", Text, nullable=False),
)

# A one-time secret with which somebody sets a password of their own; only its hash is kept.
INVITATION = Table(
    "invitation",
    METADATA,
    Column("person_id", Integer, ForeignKey("person.id"), primary_key=True, autoincrement=False),
    Column("secret_sha256", Text, nullable=False, unique=True),
    Column("made_at", Text, nullable=False),
    Column("ends_at", Text, nullable=False),
)

# Sign-ins that failed, by a keyed hash of the name that was typed (it may be anything, a password too).
ATTEMPT = Table(
    "attempt",
    METADATA,
    Column("who", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", Text, nullable=False, index=True),
    Column("blocked_until", Text, nullable=False),
)

# A study folder whose reader gives second opinions here; the folder itself is named at each start.
STUDY = Table(
    "study",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("model_sha256", Text, nullable=False, unique=True),
    Column("task", Text, nullable=False),
    Column("positive", Text),
    Column("classes", JSON, nullable=False),
    Column("names", JSON),  # what the classes are called before people, see case/names.py; NULL: as they are
    Column("policy", JSON, nullable=False),  # see workflow/policy.py
    Column("opened_at", Text, nullable=False),
)

CASE = Table(
    "case",
    METADATA,
    Column("id", Text, primary_key=True),  # random, says nothing of anybody
    Column("study_id", Integer, ForeignKey("study.id"), nullable=False),
    Column("state", Text, nullable=False, index=True),  # see workflow/states.py
    Column("patient", Text, nullable=False, index=True),  # pseudonym: same patient, same text
    Column("identity", JSON, nullable=False),  # name, id, birth date ...: shown at the check, nowhere else
    Column("facts", JSON, nullable=False),  # modality, view, side, date of the examination
    Column("warnings", JSON, nullable=False),
    Column("reason", Text),  # of a quarantine
    Column("source", Text, nullable=False),  # "upload", "folder", "archive"
    Column("digest", Text, nullable=False, index=True),  # of all images: the same examination twice is one
    Column("received_at", Text, nullable=False, index=True),
    Column("examination", Text, index=True),  # keyed hash of the examination's UID; NULL: the files name none
    Column("priority", Integer, nullable=False, server_default="0"),  # 0 routine, 1 urgent, 2 emergency
    _by("reserved_for", nullable=True),  # waits for one person alone; NULL: for anybody
)

IMAGE = Table(
    "image",
    METADATA,
    Column("id", Text, primary_key=True),  # random
    _of_case(index=True),
    Column("position", Integer, nullable=False),
    Column("file", Text, nullable=False),  # name in the folder of images: a hash
    Column("sha256", Text, nullable=False),
    Column("kind", Text, nullable=False),  # "plane", "volume", "slide"
    Column("facts", JSON, nullable=False),  # rows, columns, frames, spacing, photometric, windows
)

# What came at one time: an upload, what lay in a watched folder, what an archive sent.
ARRIVAL = Table(
    "arrival",
    METADATA,
    Column("id", Text, primary_key=True),  # random
    Column("study_id", Integer, ForeignKey("study.id"), nullable=False),
    _by(nullable=True),  # NULL: it came by itself
    Column("source", Text, nullable=False),  # "upload", "folder", "archive"
    Column("state", Text, nullable=False, index=True),  # "waiting", "working", "done", "failed"
    Column("files", Integer, nullable=False),
    Column(
        "asked", JSON, nullable=False
    ),  # what the person said: patient, side, one examination; no file names
    Column("said", JSON, nullable=False),  # what became of it: cases, kept back, left aside
    Column("at", Text, nullable=False, index=True),
    Column("done_at", Text),
)

# Files of a watched folder that were taken in; names are kept as hashes.
WATCHED = Table(
    "watched",
    METADATA,
    Column("name_sha256", Text, primary_key=True),
    Column("bytes", Integer, nullable=False),
    Column("changed_ns", Text, nullable=False),  # larger than some databases' integers
)

ASSIGNMENT = Table(
    "assignment",
    METADATA,
    Column("id", Integer, primary_key=True),
    _of_case(index=True),
    _by(),
    Column("part", Text, nullable=False),  # "first", "second" (adjudication), "unaided", "study"
    Column("given_at", Text, nullable=False),
    Column("checked_at", Text),  # the right patient, said by the reader
    Column("opened_at", Text),  # images first shown: the clock of the reading starts
    UniqueConstraint("case_id", "person_id", "part"),
)

READING = Table(
    "reading",
    METADATA,
    Column("id", Integer, primary_key=True),
    _of_case(index=True),
    _by(),
    Column("part", Text, nullable=False),
    Column("probability", Float, nullable=False),  # of the positive class, else of `answer`, 0 to 1
    Column("answer", Text),  # a class of the study, where no single class is asked for
    Column("marks", JSON, nullable=False),
    Column("note", Text, nullable=False),
    Column("opened_at", Text, nullable=False),
    Column("locked_at", Text, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("sha256", Text, nullable=False),
    UniqueConstraint("case_id", "person_id", "part"),
)

# What a reader has entered and not locked; replaced as they go on, gone when the reading is locked.
DRAFT = Table(
    "draft",
    METADATA,
    _of_case(primary_key=True),
    Column("person_id", Integer, ForeignKey("person.id"), primary_key=True),
    Column("part", Text, primary_key=True),
    Column("form", JSON, nullable=False),
    Column("at", Text, nullable=False),
)

OPINION = Table(
    "opinion",
    METADATA,
    Column("id", Integer, primary_key=True),
    _of_case(unique=True),
    Column("model_sha256", Text, nullable=False),
    Column("state", Text, nullable=False),  # "waiting", "ready", "failed"
    Column("form", JSON),  # the opinion as JSON
    Column("pictures", JSON),  # name to file: heat map, thumbnails
    Column("sha256", Text),  # of the form in canonical JSON
    Column("error", Text),  # one sentence
    Column("made_at", Text),
)

REVEAL = Table(
    "reveal",
    METADATA,
    Column("id", Integer, primary_key=True),
    _of_case(),
    _by(),
    Column("opinion_sha256", Text, nullable=False),  # exactly what was shown
    Column("model_sha256", Text, nullable=False),
    Column("at", Text, nullable=False),
    UniqueConstraint("case_id", "person_id"),
)

DECISION = Table(
    "decision",
    METADATA,
    Column("id", Integer, primary_key=True),
    _of_case(),
    _by(),
    Column("part", Text, nullable=False),  # "first" or "second"
    Column("choice", Text, nullable=False),  # "keep", "change", "contest"; "alone": no opinion was shown
    Column("probability", Float, nullable=False),
    Column("answer", Text),  # as of the reading
    Column("reason", Text, nullable=False),
    Column("second_reader", Boolean, nullable=False),  # whether it goes to one
    Column("at", Text, nullable=False),
    UniqueConstraint("case_id", "person_id", "part"),
)

SIGNATURE = Table(
    "signature",
    METADATA,
    Column("id", Integer, primary_key=True),
    _of_case(unique=True),
    _by(),
    Column("probability", Float, nullable=False),
    Column("answer", Text),
    Column("statement_sha256", Text, nullable=False),  # its text is in `shown`
    Column("model_sha256", Text),  # the model that was shown; NULL: read without
    Column("at", Text, nullable=False),
)

# Exactly what somebody was shown: an opinion in its words, a statement before the signature. Never changed.
SHOWN = Table(
    "shown",
    METADATA,
    Column("id", Integer, primary_key=True),
    _of_case(index=True),
    _by(),
    Column("kind", Text, nullable=False),  # "opinion", "picture", "statement", "disclosure"
    Column("sha256", Text, nullable=False),  # of the content in canonical JSON
    Column("content", JSON, nullable=False),  # sentences, language, the form's hash, the pictures' hashes
    Column("at", Text, nullable=False),
    UniqueConstraint("case_id", "person_id", "kind", "sha256"),
)

# A past case on which the machine was wrong, put before somebody who has not read it.
PLANTED = Table(
    "planted",
    METADATA,
    Column("id", Integer, primary_key=True),
    _of_case(unique=True),
    Column("origin_id", Text, ForeignKey("case.id"), nullable=False),  # whose truth is known
    _by(),
    Column("truth", Text, nullable=False),
    Column("at", Text, nullable=False),
)

# A signed result on its way to the archive.
DELIVERY = Table(
    "delivery",
    METADATA,
    Column("id", Integer, primary_key=True),
    _of_case(unique=True),
    Column("state", Text, nullable=False, index=True),  # "waiting", "queued", "sent", "nowhere", "failed"
    Column("objects", JSON, nullable=False),  # what was written: kind to file name, a hash
    Column("error", Text),  # one sentence
    Column("at", Text, nullable=False),
)

OUTCOME = Table(
    "outcome",
    METADATA,
    Column("id", Integer, primary_key=True),
    _of_case(index=True),
    _by(),
    Column("truth", Text, nullable=False),  # a class of the study
    Column("proof", Text, nullable=False),  # "histology", "follow_up", "consensus", "other"
    Column("on_date", Text),
    Column("at", Text, nullable=False),
)

AUDIT = Table(
    "audit",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=False),  # without gaps, from 1
    Column("at", Text, nullable=False, index=True),
    _by(nullable=True),
    Column("action", Text, nullable=False, index=True),
    Column("case_id", Text, index=True),
    Column("detail", Text, nullable=False),  # canonical JSON
    Column("previous", Text, nullable=False),
    Column("mac", Text, nullable=False),
)

# Reader studies: lists of `thirdeye readers design`. Rows of `study_reading` are never changed.
READER_STUDY = Table(
    "reader_study",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("study_id", Integer, ForeignKey("study.id"), nullable=False),  # whose reader gives the opinions
    Column("design", Text, nullable=False),
    Column("washout_days", Integer, nullable=False),
    Column("sha256", Text, nullable=False),  # of the design and its lists
    Column("made_at", Text, nullable=False),
    Column("closed_at", Text),
)

PLACE = Table(
    "place",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("reader_study_id", Integer, ForeignKey("reader_study.id"), nullable=False, index=True),
    _by(),
    Column("reader", Text, nullable=False),  # as the design calls them
    Column("session", Integer, nullable=False),
    Column("position", Integer, nullable=False),  # within the session, from 1
    Column("name", Text, nullable=False),  # of the case, in the design
    _of_case(index=True),
    Column("arm", Text, nullable=False),  # "alone", "aided"
    Column("opened_at", Text),
    UniqueConstraint("reader_study_id", "person_id", "session", "position"),
)

STUDY_READING = Table(
    "study_reading",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("place_id", Integer, ForeignKey("place.id"), nullable=False),
    Column("step", Text, nullable=False),  # "first", "final"
    Column("probability", Float, nullable=False),
    Column("marks", JSON, nullable=False),
    Column("note", Text, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("opinion_sha256", Text),  # what was shown before it; NULL: nothing
    Column("locked_at", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    UniqueConstraint("place_id", "step"),
)

# Retraining: cases kept for acceptance tests, plans of change, and what the tests measured.
FROZEN = Table(
    "frozen",
    METADATA,
    Column("id", Integer, primary_key=True),
    _of_case(unique=True),
    Column("at", Text, nullable=False),
)

MODEL_CHANGE = Table(
    "model_change",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("study_id", Integer, ForeignKey("study.id"), nullable=False),  # whose model is to be replaced
    Column("plan", JSON, nullable=False),
    Column("sha256", Text, nullable=False),
    _by(nullable=True),
    Column("at", Text, nullable=False),
)

ACCEPTANCE = Table(
    "acceptance",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("change_id", Integer, ForeignKey("model_change.id"), nullable=False),
    Column("model_sha256", Text, nullable=False),  # the model that was tested
    Column("result", JSON, nullable=False),
    Column("passed", Boolean, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("at", Text, nullable=False),
)
