"""Signing in with an account of the house: OpenID Connect, the code flow with PKCE."""
