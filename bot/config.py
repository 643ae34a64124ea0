"""Settings: the environment, and `.env` in the working directory. `.env.example` explains each.

Loaded by the commands that need them and by no other: pydantic takes longer to load than help takes to show.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic_core import ErrorDetails

DATABASE_SCHEMES = ("sqlite", "postgresql", "postgres")


def database_address(secret: SecretStr) -> SecretStr:
    """Check the form of a database's address; whether it answers is the store's to say."""
    scheme, separator, rest = secret.get_secret_value().partition("://")
    if scheme not in DATABASE_SCHEMES or not separator or not rest.strip("/"):
        raise ValueError("must be like sqlite:///papers.db or postgresql://user:password@host/name")
    return secret


def bot_token(secret: SecretStr | None) -> SecretStr | None:
    """Check that a token is one word; whether it is the right one is the platform's to say."""
    token = secret.get_secret_value().strip() if secret else ""
    if not (token.isascii() and token.isprintable()) or " " in token:
        raise ValueError("must be the token alone, as it was shown once: one word without blanks")
    return SecretStr(token) if token else None


LEAST_KEY = 32


def long_key(secret: SecretStr | None) -> SecretStr | None:
    """Check that a key is long enough for nobody to guess it."""
    key = secret.get_secret_value().strip() if secret else ""
    if key and len(key) < LEAST_KEY:
        raise ValueError(f"must be {LEAST_KEY} characters or more, such as `openssl rand -hex 32` prints")
    return SecretStr(key) if key else None


def secret_of(setting: SecretStr | None) -> str:
    """Return what a secret setting holds; empty where it is not set."""
    return setting.get_secret_value() if setting else ""


def web_address(text: str) -> str:
    """Check an upstream's address, and take the slash off its end."""
    try:
        parts = urlsplit(text)
        is_whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets or a port that make no sense
        is_whole = False
    if not is_whole:
        raise ValueError("must be an address that begins with http:// or https://")
    return text.rstrip("/")


def small(text: object) -> object:
    """Let `INFO` stand for `info`."""
    return text.lower() if isinstance(text, str) else text


def number(least: int, most: int) -> Callable[[object], int]:
    """Return what reads a whole number from `least` to `most`."""

    def read(given: object) -> int:
        text = str(given).strip()
        is_whole = text.isascii() and text.isdigit() and len(text) <= len(str(most))
        if not is_whole or not least <= int(text) <= most:
            raise ValueError(f"must be a whole number from {least:,} to {most:,}")
        return int(text)

    return read


USUAL_ZONE = "UTC"


def zone(name: str) -> str:
    """Check the name of a time zone, and return it as the database of zones spells it."""
    if name == USUAL_ZONE:  # defaults are checked at each start, and reading all names takes its time
        return name
    names = files("tzdata").joinpath("zones").read_text("utf-8").split()
    spelled = {each.lower(): each for each in names}
    if name.strip().lower() not in spelled:
        raise ValueError("must be a time zone of the IANA database, such as Europe/Paris")
    return spelled[name.strip().lower()]


PLACE = re.compile(r"(discord|slack|terminal|email):[^\s/:]+/[^\s/:]+")


def place(text: str | None) -> str | None:
    """Check the form of a place; whether the bot can speak there is the platform's to say."""
    if not text:
        return None
    if not PLACE.fullmatch(text.strip()):
        raise ValueError("must be a place, such as discord:<server>/<channel> or terminal:local/main")
    return text.strip()


WebAddress = Annotated[str, AfterValidator(web_address)]
LogLevel = Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(small)]
LogFormat = Annotated[Literal["text", "json"], BeforeValidator(small)]


class Settings(BaseSettings):
    """All that can be set. Only what works is here."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    database_url: Annotated[SecretStr, AfterValidator(database_address)] = SecretStr("sqlite:///papers.db")
    log_level: LogLevel | None = None
    """None: `info` for the service, `error` for commands that are typed."""
    log_format: LogFormat = "text"
    default_timezone: Annotated[str, AfterValidator(zone)] = USUAL_ZONE
    admin_place: Annotated[str | None, AfterValidator(place)] = None
    """Where faults of the service are told; None: in the log and in `status` alone."""
    communities: Annotated[Literal["one", "separate"], BeforeValidator(small)] = "one"
    """Whether all servers vote together, or each alone until its managers join it with others."""
    silence_hour: Annotated[int, BeforeValidator(number(0, 23))] = 12
    """The hour (UTC) by which a weekday's list is expected."""
    source_wait: Annotated[int, BeforeValidator(number(0, 1_440))] = 120
    """Minutes that an edition waits for a source that is down."""
    max_per_place: Annotated[int, BeforeValidator(number(1, 1_000))] = 5
    max_per_server: Annotated[int, BeforeValidator(number(1, 100_000))] = 50
    slack_bot_token: Annotated[SecretStr | None, AfterValidator(bot_token)] = None
    """The bot's token for one Slack workspace (`xoxb-`); None: nothing of Slack is loaded."""
    slack_app_token: Annotated[SecretStr | None, AfterValidator(bot_token)] = None
    """The app-level token of Socket Mode (`xapp-`)."""
    slack_signing_secret: Annotated[SecretStr | None, AfterValidator(bot_token)] = None
    """What Slack signs its requests with, where it reaches the bot over HTTP."""
    slack_client_id: str = ""
    """With the secret: any workspace installs the bot at /slack/install."""
    slack_client_secret: Annotated[SecretStr | None, AfterValidator(bot_token)] = None
    encryption_key: Annotated[SecretStr | None, AfterValidator(long_key)] = None
    """Under which the tokens of installations are kept; None: as they are."""
    slack_managers: Annotated[Literal["members", "admins"], BeforeValidator(small)] = "members"
    """Who manages what is posted on Slack: full members of a channel, or administrators of the workspace."""
    discord_token: Annotated[SecretStr | None, AfterValidator(bot_token)] = None
    """The token of the Discord application's bot; None: nothing of Discord is loaded."""
    port: Annotated[int, BeforeValidator(number(0, 65_535))] = 8080
    """Where the service answers on HTTP; 0: on any port that is free."""
    huggingface_url: WebAddress = "https://huggingface.co"
    arxiv_url: WebAddress = "https://export.arxiv.org"
    slack_api_url: WebAddress = "https://slack.com/api"
    slack_authorize_url: WebAddress = "https://slack.com/oauth/v2/authorize"
    discord_api_url: WebAddress = "https://discord.com/api/v10"


@dataclass(frozen=True, slots=True)
class SettingMistake:
    """A setting is wrong. The sentence names it, says how it would be right, and holds no secret."""

    sentence: str


def read_settings() -> Settings | SettingMistake:
    """Read the settings of this process and of the working directory's `.env`."""
    try:
        return Settings()
    except ValidationError as fault:
        return SettingMistake(sentence_of(fault.errors()[0]))
    except (OSError, UnicodeDecodeError):
        return SettingMistake("The file .env here cannot be read as text: mend it, or move it away.")


def sentence_of(fault: ErrorDetails) -> str:
    """Return what is wrong with one setting, and how it would be right. A secret's value is not in it."""
    name = str(fault["loc"][0]).upper()
    why = rule_of(fault)
    given = str(fault["input"])
    if is_secret(name.lower()) or "@" in given:
        return f"{name} is not right: it {why}."
    return f"{name} is “{given}”: it {why}."


def rule_of(fault: ErrorDetails) -> str:
    """Return the rule that a setting breaks, as it follows `it`."""
    context = fault.get("ctx", {})
    if "expected" in context:
        return f"must be one of {context['expected'].replace(chr(39), '')}"
    return str(context["error"]) if "error" in context else fault["msg"]


def is_secret(name: str) -> bool:
    """Tell whether a setting's value must never be shown."""
    return name in Settings.model_fields and "SecretStr" in str(Settings.model_fields[name].annotation)
