"""Logging in by an identity provider: the code flow of OpenID Connect, with PKCE, state and nonce.

The libraries come with the extra `gatepost[oidc]`. The provider's answers are bounded and checked: its key,
its name, for whom and until when; who somebody is stays what the provider calls them (`sub`) for ever.
"""

from __future__ import annotations

import secrets
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from gatepost.config.schema import Oidc as Settings
from gatepost.config.secrets import read_secret
from gatepost.errors import ConfigError

SECONDS = 10.0
KNOWN_FOR = timedelta(minutes=10)
MOST_BYTES = 200_000
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "ES512", "EdDSA")
LEEWAY_SECONDS = 60
BACK = "/login/oidc/back"


class SignOnFailed(Exception):
    """Nobody was logged in; the text is for the log and holds nothing secret."""


@dataclass(frozen=True, slots=True)
class Start:
    """The address to send a browser to, and what must come back with it."""

    url: str
    words: Mapping[str, str]  # state, nonce, verifier: kept by the browser, sealed


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the provider says it is."""

    subject: str  # the provider and its name for them: never given to another
    name: str  # the claim that names the gateway user


@dataclass(slots=True)
class Provider:
    """The configured provider; what it says of itself is asked for when it is needed."""

    settings: Settings
    _known: Mapping[str, Any] | None = None
    _known_at: datetime | None = None

    async def start(self, back: str, now: datetime) -> Start:
        """Where to log in. Raises SignOnFailed when the provider can't be asked."""
        from authlib.oauth2.rfc7636 import create_s256_code_challenge

        known = await self._discovered(now)
        words = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
        async with self._client(back) as client:
            url, _ = client.create_authorization_url(
                known["authorization_endpoint"],
                state=words["state"],
                nonce=words["nonce"],
                code_challenge=create_s256_code_challenge(words["verifier"]),
                code_challenge_method="S256",
            )
        return Start(str(url), words)

    async def finish(self, back: str, code: str, words: Mapping[str, str], now: datetime) -> Identity:
        """Who logged in there. Raises SignOnFailed."""
        known = await self._discovered(now)
        try:
            async with self._client(back) as client:
                token = await client.fetch_token(
                    known["token_endpoint"], code=code, code_verifier=words["verifier"]
                )
                keys = _object(await client.request("GET", known["jwks_uri"], withhold_token=True))
        except SignOnFailed:
            raise
        except Exception as error:  # the libraries' and the network's own kinds; none may show to a stranger
            raise SignOnFailed(f"the code was not taken: {type(error).__name__}") from error
        claims = self._claims(str(token.get("id_token", "")), keys, words["nonce"], now)
        return Identity(f"{self.settings.issuer} {claims['sub']}", self._name(claims))

    def _claims(self, token: str, keys: Mapping[str, Any], nonce: str, now: datetime) -> Mapping[str, Any]:
        """The claims of an ID token that is ours, whole and of now (OpenID Connect Core §3.1.3.7)."""
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        try:
            found = jwt.decode(token, KeySet.import_key_set(dict(keys)), algorithms=list(ALGORITHMS))  # type: ignore[arg-type]  # the provider's JSON
            jwt.JWTClaimsRegistry(
                now=int(now.timestamp()),
                leeway=LEEWAY_SECONDS,
                iss={"essential": True, "value": self.settings.issuer},
                aud={"essential": True, "value": self.settings.client_id},
                sub={"essential": True},
                exp={"essential": True},
                iat={"essential": True},
                nonce={"essential": True, "value": nonce},
            ).validate(found.claims)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise SignOnFailed(f"the ID token is not good: {type(error).__name__}") from error
        parties = found.claims.get("aud")
        if (
            isinstance(parties, list)
            and len(parties) > 1
            and found.claims.get("azp") != self.settings.client_id
        ):
            raise SignOnFailed("the ID token is for somebody else, too")
        return found.claims

    def _name(self, claims: Mapping[str, Any]) -> str:
        claim = self.settings.name_claim
        if claim == "email" and claims.get("email_verified") is False:
            raise SignOnFailed("the provider has not verified the mail address")
        name = claims.get(claim)
        if not isinstance(name, str) or not name:
            raise SignOnFailed(f"the ID token has no claim {claim}")
        return name

    async def _discovered(self, now: datetime) -> Mapping[str, Any]:
        """What the provider says of itself (OpenID Connect Discovery), for ten minutes at most."""
        if self._known is not None and self._known_at and abs(now - self._known_at) < KNOWN_FOR:
            return self._known
        address = f"{self.settings.issuer.rstrip('/')}/.well-known/openid-configuration"
        try:
            async with self._client("") as client:
                known = _object(await client.request("GET", address, withhold_token=True))
        except SignOnFailed:
            raise
        except Exception as error:  # as above
            raise SignOnFailed(f"the provider does not answer: {type(error).__name__}") from error
        if known.get("issuer") != self.settings.issuer:
            raise SignOnFailed("the provider calls itself by another name")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if urlsplit(str(known.get(name, ""))).scheme != urlsplit(self.settings.issuer).scheme:
                raise SignOnFailed(f"the provider's {name} is none")
        self._known, self._known_at = known, now
        return known

    def _client(self, back: str) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it announces another HTTP client, which is not needed yet
            from authlib.integrations.httpx_client import AsyncOAuth2Client
        settings = self.settings
        try:
            secret = read_secret(settings.client_secret_file) if settings.client_secret_file else None
        except ConfigError as error:
            raise SignOnFailed(str(error)) from error
        return AsyncOAuth2Client(
            settings.client_id,
            secret,
            scope=" ".join(settings.scopes),
            redirect_uri=back,
            code_challenge_method="S256",
            token_endpoint_auth_method="client_secret_basic" if secret else "none",
            timeout=SECONDS,
            follow_redirects=False,
        )


def is_available() -> bool:
    """Whether the libraries are there."""
    return all(find_spec(name) is not None for name in ("authlib", "joserfc", "httpx"))


def _object(response: Any) -> Mapping[str, Any]:
    """The JSON object that the provider answered with."""
    if response.status_code != 200 or len(response.content) > MOST_BYTES:
        raise SignOnFailed(f"the provider answered {response.status_code}")
    found = response.json()
    if not isinstance(found, dict):
        raise SignOnFailed("the provider's answer is no object")
    return found
