"""Pseudonyms against hmac and the rules of PS3.5."""

from __future__ import annotations

import base64
import hashlib
import hmac
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.uid import UID

from thirdeye.dicom.deidentify.pseudonyms import Pseudonyms

KEY = bytes(range(32))


def test_patient_is_the_hmac_in_base_32() -> None:
    digest = hmac.new(KEY, b"patient\0MRN-1", hashlib.sha256).digest()
    assert Pseudonyms(KEY).patient("MRN-1") == "TE-" + base64.b32encode(digest).decode()[:12]


@given(st.text(max_size=80))
def test_every_uid_is_valid_and_a_uuid(text: str) -> None:
    made = Pseudonyms(KEY).uid(text)
    assert UID(made).is_valid
    assert len(made) <= 44
    number = uuid.UUID(int=int(made.removeprefix("2.25.")))
    assert number.version == 8
    assert number.variant == uuid.RFC_4122


@given(st.text(max_size=80))
def test_days_are_never_none_and_within_ten_years(text: str) -> None:
    assert -3652 <= Pseudonyms(KEY).days(text) <= -1


def test_same_original_same_pseudonym_other_key_another() -> None:
    one, other = Pseudonyms(KEY), Pseudonyms(bytes(32))
    assert one.patient("a") == Pseudonyms(KEY).patient("a") != one.patient("b")
    assert one.patient("a") != other.patient("a")
    assert one.uid("1.2") != other.uid("1.2")
    assert one.fingerprint != other.fingerprint


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes, got 3"):
        Pseudonyms(b"abc")
