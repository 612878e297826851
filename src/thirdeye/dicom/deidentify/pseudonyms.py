"""Pseudonyms from a key: one original always gives the same one, and nothing leads back without the key."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Literal

KEY_BYTES = 32
MOST_DAYS = 3652  # ten years
Kind = Literal["patient", "uid", "days", "name", "fingerprint"]


class Pseudonyms:
    """HMAC-SHA256 of what is replaced, with another domain for each kind of thing (RFC 2104).

    Args:
        key: 32 secret bytes.
    """

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"expected a key of {KEY_BYTES} bytes, got {len(key)}")
        self._key = key

    @property
    def fingerprint(self) -> str:
        """Eight digits that tell two keys apart and say nothing of them."""
        return self._digest("fingerprint", "").hex()[:8]

    def patient(self, patient_id: str) -> str:
        """``"TE-K3QZ7M2PXA5V"``: 60 bits in base 32, fit for LO, PN, CS and file names."""
        return "TE-" + base64.b32encode(self._digest("patient", patient_id)[:8]).decode()[:12]

    def uid(self, uid: str) -> str:
        """A UID of the root 2.25 (PS3.5 B.2: a UUID as a decimal number), at most 44 characters."""
        value = int.from_bytes(self._digest("uid", uid)[:16], "big")
        value = (value & ~(0xF << 76)) | (0x8 << 76)  # version 8, made by rule (RFC 9562 section 5.8)
        value = (value & ~(0x3 << 62)) | (0x2 << 62)
        return f"2.25.{value}"

    def days(self, patient_id: str) -> int:
        """By how many days the dates of a patient are moved: -1 to -3,652, never 0."""
        return -1 - int.from_bytes(self._digest("days", patient_id)[:8], "big") % MOST_DAYS

    def name(self, text: str, digits: int = 12) -> str:
        """Hexadecimal digits that take the place of a file or folder name."""
        return self._digest("name", text).hex()[:digits]

    def _digest(self, kind: Kind, text: str) -> bytes:
        message = kind.encode() + b"\0" + text.encode("utf-8", "surrogatepass")
        return hmac.new(self._key, message, hashlib.sha256).digest()
