"""The identity token: whose it is, and every reason not to believe it (OpenID Connect Core, 3.1.3.7)."""

from __future__ import annotations

from typing import Any, TypeGuard

from thirdeye.reading_room.people.house.forged import Forged

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
LEEWAY_S = 60
_LONGEST = 16_384
_PUBLIC = ("RSA", "EC")


def keys_of(form: Any) -> Any:
    """The public keys of a JSON Web Key Set; others, a shared secret above all, are left out.

    Raises:
        Forged: there is none.
    """
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    listed = form.get("keys") if isinstance(form, dict) else None
    usable = [
        one
        for one in (listed if isinstance(listed, list) else [])
        if isinstance(one, dict) and one.get("kty") in _PUBLIC and one.get("use", "sig") == "sig"
    ]
    if not usable:
        raise Forged("keys")
    try:
        return KeySet.import_key_set({"keys": usable})
    except (JoseError, ValueError, KeyError):
        raise Forged("keys") from None


def subject_of(token: str, keys: Any, *, issuer: str, client: str, nonce: str, now: float) -> str:
    """Whose token it is: issuer and subject, which together name somebody for good.

    Args:
        token: signed (JWS); never encrypted, never unsigned.
        keys: of the provider, see `keys_of`.
        now: Unix time in seconds.

    Raises:
        Forged: "key", "issuer", "audience", "nonce", "expired", "subject" or "token".
    """
    claims = _signed(token, keys)
    if claims.get("iss") != issuer:
        raise Forged("issuer")
    audience = claims.get("aud")
    meant = audience if isinstance(audience, list) else [audience]
    if client not in meant or ((len(meant) > 1 or "azp" in claims) and claims.get("azp") != client):
        raise Forged("audience")
    if claims.get("nonce") != nonce:
        raise Forged("nonce")
    ends, begins, made = (claims.get(name) for name in ("exp", "nbf", "iat"))
    if not _number(ends) or ends + LEEWAY_S < now or not _number(made) or made - LEEWAY_S > now:
        raise Forged("expired")
    if begins is not None and (not _number(begins) or begins - LEEWAY_S > now):
        raise Forged("expired")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 1 <= len(subject) <= 255 or not subject.isprintable():
        raise Forged("subject")
    return f"{issuer} {subject}"


def _signed(token: str, keys: Any) -> dict[str, Any]:
    from joserfc import jwt
    from joserfc.errors import JoseError

    if not isinstance(token, str) or len(token) > _LONGEST or token.count(".") != 2:
        raise Forged("token")
    try:
        claims = jwt.decode(token, keys, algorithms=list(ALGORITHMS)).claims
    except (JoseError, ValueError, TypeError, KeyError):
        raise Forged("key") from None
    if not isinstance(claims, dict):
        raise Forged("token")
    return claims


def _number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e12
