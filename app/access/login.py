"""The login of a shared server: a password, a file of users, or one of Panel's OAuth providers, as `panel.serve` takes it."""

import argparse
import json
import os
import secrets
from pathlib import Path
from typing import Any

from engine.runtime.errors import InputError

VARIABLES = {
    "basic_auth": "PANEL_BASIC_AUTH",
    "oauth_provider": "PANEL_OAUTH_PROVIDER",
    "oauth_key": "PANEL_OAUTH_KEY",
    "oauth_secret": "PANEL_OAUTH_SECRET",
    "oauth_redirect_uri": "PANEL_OAUTH_REDIRECT_URI",
    "oauth_extra_params": "PANEL_OAUTH_EXTRA_PARAMS",
    "oauth_jwt_user": "PANEL_OAUTH_JWT_USER",
    "oauth_encryption_key": "PANEL_OAUTH_ENCRYPTION",
    "cookie_secret": "PANEL_COOKIE_SECRET",
}
"""Option -> environment variable that stands in for it, by the names that Panel has for them; none is ever printed."""

_HELP = {
    "basic_auth": ("FILE|PASSWORD", "login: a JSON file of {user: password}, or one password for all"),
    "oauth_provider": ("NAME", "login by a provider of Panel, such as github, google, azure, okta, gitlab or generic"),
    "oauth_key": ("KEY", "the client's identifier at the provider"),
    "oauth_secret": ("SECRET", "the client's secret at the provider"),
    "oauth_redirect_uri": ("URI", "where the provider sends visitors back to"),
    "oauth_extra_params": ("JSON", "further parameters of the provider, such as its tenant or addresses"),
    "oauth_jwt_user": ("NAME", "the key of the provider's token that names the user"),
    "oauth_encryption_key": ("KEY", "encrypts what cookies hold of the provider's tokens (32 bytes in base64)"),
    "cookie_secret": ("SECRET", "signs the cookies of the login (default: another one at each start, which ends all logins)"),
}

_WITHOUT_KEY = ("pam",)
_WITHOUT_SECRET = ("pam", "password", "auth_code")
_LETS_GUESTS_IN = ("PANEL_OAUTH_OPTIONAL", "PANEL_OAUTH_GUEST_ENDPOINTS")

FOLDER = Path(__file__).parent


def add_options(options: argparse.ArgumentParser) -> None:
    """Add the options of the login to those of the server."""
    group = options.add_argument_group(
        "login", "Each can come from an environment variable instead, such as PANEL_BASIC_AUTH: arguments are seen by others."
    )
    for name, (metavar, words) in _HELP.items():
        group.add_argument(f"--{name.replace('_', '-')}", metavar=metavar, help=f"{words} [{VARIABLES[name]}]")


def login(chosen: argparse.Namespace) -> dict[str, Any]:
    """Return the arguments of the login for `panel.serve`, empty without one; raises InputError for one that cannot work."""
    given = {name: getattr(chosen, name) or os.environ.get(variable) for name, variable in VARIABLES.items()}
    if chosen.basic_auth == "":
        raise InputError("--basic-auth is empty; expected a password or a JSON file of {user: password}")
    if given["basic_auth"] and given["oauth_provider"]:
        raise InputError("--basic-auth and --oauth-provider are both given; expected one of them: leave the other out")
    if not given["basic_auth"] and not given["oauth_provider"]:
        others = [name for name in ("oauth_key", "oauth_secret") if getattr(chosen, name)]
        if others:
            raise InputError(f"--{others[0].replace('_', '-')} is given without --oauth-provider; name the provider")
        return {}
    arguments: dict[str, Any] = _basic(str(given["basic_auth"])) if given["basic_auth"] else _oauth(given)
    return {
        **arguments,
        "cookie_secret": given["cookie_secret"] or secrets.token_urlsafe(32),
        "login_template": str(FOLDER / "login.html"),
        "logout_template": str(FOLDER / "logout.html"),
    }


def _basic(given: str) -> dict[str, Any]:
    path = Path(given)
    if not path.is_file():
        if given.endswith(".json") or os.sep in given:
            raise InputError("--basic-auth looks like a file, and there is none there; expected a JSON file or a password")
        return {"basic_auth": given}
    try:
        users = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise InputError(f"{path} cannot be read as JSON ({type(error).__name__}); expected " + '{"user": "password"}') from error
    if not isinstance(users, dict) or not users or not all(isinstance(each, str) and each for each in users.values()):
        raise InputError(f"{path} holds no users; expected JSON such as " + '{"user": "password"}')
    return {"basic_auth": str(path.resolve())}


def _oauth(given: dict[str, str | None]) -> dict[str, Any]:
    from panel.auth import AUTH_PROVIDERS

    provider = str(given["oauth_provider"]).lower()
    if provider not in AUTH_PROVIDERS:
        raise InputError(f"--oauth-provider is {provider!r}; expected one of {', '.join(sorted(AUTH_PROVIDERS))}")
    for name, without in (("oauth_key", _WITHOUT_KEY), ("oauth_secret", _WITHOUT_SECRET)):
        if not given[name] and provider not in without:
            raise InputError(
                f"--oauth-provider {provider} needs --{name.replace('_', '-')}, or {VARIABLES[name]} in the environment"
            )
    guests = next((variable for variable in _LETS_GUESTS_IN if os.environ.get(variable)), None)
    if guests:
        raise InputError(f"{guests} lets visitors in without a login; expected it unset where --oauth-provider is given")
    extra = given["oauth_extra_params"]
    if extra:
        try:
            parsed = json.loads(extra)
        except ValueError as error:
            raise InputError("--oauth-extra-params is no JSON; expected an object such as " + '{"tenant": "..."}') from error
    else:
        parsed = {}
    _encrypt(given["oauth_encryption_key"])
    names = ("oauth_key", "oauth_secret", "oauth_redirect_uri", "oauth_jwt_user")
    return {"oauth_provider": provider, "oauth_extra_params": parsed, **{name: given[name] for name in names if given[name]}}


def _encrypt(key: str | None) -> None:
    """Have Panel encrypt what cookies hold of the provider's tokens, which `panel.serve` does not do by itself."""
    if not key:
        return
    import panel as pn

    try:
        from cryptography.fernet import Fernet

        pn.state.encryption = Fernet(key.encode())
    except ImportError as error:
        raise InputError("--oauth-encryption-key needs the package cryptography: pip install cryptography") from error
    except ValueError as error:
        raise InputError(
            "--oauth-encryption-key is no key; expected 32 bytes in URL-safe base64, as `panel oauth-secret` makes"
        ) from error
