"""Every setting of the platform: declared once, read from the environment or ``vonk.toml``, shown by ``vonk settings``."""

import re
import tomllib
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import msgspec

from vonk.config import readers
from vonk.core.money import CURRENCY_DECIMALS, MICROS_PER_UNIT
from vonk.delivery.matching.places import Policy, policies_of
from vonk.delivery.matching.separation import Apart
from vonk.delivery.snapshot import FrequencyCap

FILE_NAME: Final = "vonk.toml"
PREFIX: Final = "VONK_"
_PASSWORD: Final = re.compile(r"(://[^:/@\s]*:).*@")


class OptionInvalid(ValueError):
    """A setting has a value that it cannot have; the message names the setting and where the value came from."""


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """The settings in force. Paths are absolute; money is in micros; shares in parts per million."""

    data_dir: Path
    database_url: str
    event_log_url: str
    counters_url: str
    site_url: str
    ads_url: str
    host_origins: tuple[str, ...]
    host_media_origins: tuple[str, ...]
    trusted_proxies: tuple[str, ...]
    sandbox: bool
    allowed_hosts: tuple[str, ...]
    language: str
    log_format: str
    upload_bytes_max: int
    video_seconds_max: int
    video_pixels_max: int
    creator_share_ppm: int
    reserve_cpm_micros: int
    reserve_ppm: int
    user_value_ppm: int
    campaign_daily_minimum_units: Decimal
    ad_group_daily_minimum_units: Decimal
    reservation_seconds: int
    advertiser_caps: tuple[FrequencyCap, ...]
    neighbours_apart: tuple[Apart, ...]
    ad_places: dict[str, Policy]
    random_slots_ppm: int
    models_dir: str
    model_learn_minutes: int
    model_publish_minutes: int
    model_second_stage: bool
    express_lane: bool
    email_url: str
    email_from: str
    platform_name: str
    spark_terms_version: str
    work_threads: int
    webhook_networks: tuple[str, ...]
    fetch_networks: tuple[str, ...]
    site_threads: int
    log_keep_days: int
    archive_keep_days: int
    spark_ads_per_account_max: int
    spark_ads_per_identity_max: int
    business_per_minute: int

    @property
    def models_directory(self) -> Path:
        """Where prediction models are kept."""
        return Path(self.models_dir).absolute() if self.models_dir else self.data_dir / "models"

    @property
    def feed_models_directory(self) -> Path:
        """Where what was learnt for the feed is kept."""
        return self.models_directory / "feed"

    def daily_minimum_micros(self, noun: str, currency: str) -> int:
        """Return the least daily budget of a "campaign" or an "ad_group" in the currency."""
        units = self.campaign_daily_minimum_units if noun == "campaign" else self.ad_group_daily_minimum_units
        # A currency without decimals counts in units a hundred times smaller (JPY, KRW, VND).
        scale = 100 if CURRENCY_DECIMALS.get(currency, 2) == 0 else 1
        return int(units * scale * MICROS_PER_UNIT)


class Option(msgspec.Struct, frozen=True):
    """One setting: its name, what it means, its default, and how its text is read."""

    name: str
    meaning: str
    default: str
    parse: Callable[[str], Any]

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return PREFIX + self.name.upper()


class Setting(msgspec.Struct, frozen=True):
    """A setting in force: its option, its text, and where that came from."""

    option: Option
    text: str
    origin: str

    @property
    def shown(self) -> str:
        """The text as it may be shown: without the password of an address."""
        return _PASSWORD.sub(r"\1***@", self.text)


OPTIONS: Final[tuple[Option, ...]] = (
    Option(
        "database_url",
        "Control database: sqlite:///PATH or postgresql://USER@HOST/NAME. Empty: SQLite in the data directory.",
        "",
        readers.text,
    ),
    Option(
        "event_log_url",
        "Event log: nats://USER:PASSWORD@HOST:PORT,HOST:PORT/STREAM?replicas=3&durability=synced."
        " Empty: SQLite in the data directory.",
        "",
        readers.log_address,
    ),
    Option(
        "counters_url",
        "Counters that several ad servers share: redis://HOST:PORT/DB (or rediss://, unix://). Empty: this server's memory.",
        "",
        readers.text,
    ),
    Option("site_url", "Address at which browsers reach the site.", "http://127.0.0.1:8000", readers.text),
    Option("ads_url", "Address at which browsers reach the ad server.", "http://127.0.0.1:8001", readers.text),
    Option(
        "host_origins",
        "Origins of host apps' pages that ask the ad server for ads, with commas between them; * for any.",
        "",
        readers.words,
    ),
    Option(
        "host_media_origins",
        "Origins at which host apps' films, posters and avatars may stay, with commas between them: https://media.example.org.",
        "",
        readers.media_origins,
    ),
    Option(
        "sandbox", "Whether the platform's clock can be moved and test payments are accepted.", "false", readers.flag
    ),
    Option(
        "allowed_hosts",
        "Host names that the site answers to, with commas between them.",
        "127.0.0.1,localhost,[::1]",
        readers.words,
    ),
    Option(
        "trusted_proxies",
        "Addresses or ranges of the proxies whose X-Forwarded-For the ad server believes, with commas between them.",
        "127.0.0.1,::1",
        readers.networks,
    ),
    Option("language", "Language of whoever has not chosen one.", "en", readers.text),
    Option("log_format", "text or json.", "text", readers.text),
    Option("upload_bytes_max", "Largest upload, in bytes; 0 for no ceiling.", "2147483648", readers.count),
    Option("video_seconds_max", "Longest video, in seconds; 0 for no ceiling.", "0", readers.count),
    Option(
        "video_pixels_max",
        "Most pixels in one picture of a video, against decompression bombs.",
        "67108864",
        readers.count,
    ),
    Option(
        "creator_share_percent", "The creator's share of what a Spark Ad is billed, in percent.", "20", readers.percent
    ),
    Option(
        "reserve_cpm_units",
        "Least price of a thousand impressions, in units of the account's currency.",
        "0.50",
        readers.micros,
    ),
    Option(
        "reserve_percent",
        "Where more than that: this share of what a surface's slots usually cost in thirty days; 50 is usual, 0 is off.",
        "0",
        readers.percent,
    ),
    Option(
        "user_value_percent",
        "How much what viewers think of an ad weighs in the auction, in percent of a slot's usual price; 0 is off.",
        "5",
        readers.percent,
    ),
    Option(
        "campaign_daily_minimum_units",
        "Least daily budget of a campaign, in units of its currency.",
        "50",
        readers.units,
    ),
    Option(
        "ad_group_daily_minimum_units",
        "Least daily budget of an ad group, in units of its currency.",
        "20",
        readers.units,
    ),
    Option(
        "reservation_seconds",
        "How long a decision holds its expected cost before it is given back.",
        "600",
        readers.count,
    ),
    Option(
        "advertiser_caps",
        "How often one viewer sees ads of one advertiser at most: TIMES/DAYS, several by commas, such as 4/1,12/7; or empty.",
        "",
        readers.caps,
    ),
    Option(
        "neighbours_apart",
        "What two neighbouring slots of one request never share: account, category, both with a comma between, or empty.",
        "account",
        readers.apart,
    ),
    Option(
        "ad_places",
        "Where the ad server lets ads stand, by surface: FIRST/BETWEEN positions, as in for_you:4/4; or empty, for anywhere.",
        "",
        policies_of,
    ),
    Option(
        "random_slots_percent",
        "Share of slots that go to any ad that may be shown, at the least price: predictions learn from them. 0 is off.",
        "1",
        readers.percent,
    ),
    Option(
        "models_dir",
        "Where prediction models are kept, for all processes to reach. Empty: models in the data directory.",
        "",
        readers.text,
    ),
    Option("model_learn_minutes", "How often work learns from the newest events; 0 for never.", "10", readers.count),
    Option(
        "model_publish_minutes",
        "How often what was learnt is judged on held-back events and, if it is not worse, served.",
        "60",
        readers.count,
    ),
    Option(
        "model_second_stage",
        "Whether work also grows trees that answer after the first stage, where they are better on held-back events.",
        "false",
        readers.flag,
    ),
    Option(
        "express_lane",
        "Whether the ad server answers whole, plain requests for slots as they come off the connection.",
        "false",
        readers.flag,
    ),
    Option(
        "email_url",
        "smtp://USER:PASSWORD@HOST:PORT, or empty to write letters as files into the data directory.",
        "",
        readers.text,
    ),
    Option("email_from", "Sender of letters.", "vonk@localhost", readers.text),
    Option("platform_name", "What the platform calls itself.", "Vonk", readers.text),
    Option("spark_terms_version", "Version of the Spark terms that advertisers accept.", "2026-11", readers.text),
    Option("work_threads", "Videos processed at the same time.", "1", readers.count),
    Option(
        "webhook_networks",
        "Networks that are not public and to which webhooks may be sent all the same, with commas between them.",
        "",
        readers.networks,
    ),
    Option(
        "fetch_networks",
        "Networks that are not public and from which files may be fetched by their address all the same, with commas between them.",
        "",
        readers.networks,
    ),
    Option("site_threads", "Requests that the site answers at the same time.", "8", readers.count),
    Option(
        "log_keep_days",
        "Days for which records stay in the event log before they go to the archive; at least 1.",
        "8",
        readers.log_days,
    ),
    Option(
        "archive_keep_days",
        "Days for which the archive keeps records, at least 31; 0 for ever.",
        "0",
        readers.archive_days,
    ),
    Option(
        "spark_ads_per_account_max",
        "Spark Ads that an ad account may have at the same time; deleted ones do not count.",
        "10000",
        readers.count,
    ),
    Option(
        "spark_ads_per_identity_max",
        "Spark Ads, of all accounts together, that may show posts of one creator at the same time.",
        "10000",
        readers.count,
    ),
    Option(
        "business_per_minute",
        "Calls of the business API a minute that one app or person may make for one ad account.",
        "6000",
        readers.count,
    ),
)

# Settings whose value is kept under another name because it is converted.
_STRUCT_NAMES: Final = {
    "random_slots_percent": "random_slots_ppm",
    "creator_share_percent": "creator_share_ppm",
    "reserve_cpm_units": "reserve_cpm_micros",
    "reserve_percent": "reserve_ppm",
    "user_value_percent": "user_value_ppm",
}


def settings_in_force(data_dir: Path, environ: Mapping[str, str]) -> list[Setting]:
    """Return every setting with its text and origin: the environment, then the file, then the default."""
    file = data_dir / FILE_NAME
    in_file: dict[str, Any] = {}
    if file.is_file():
        try:
            in_file = tomllib.loads(file.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise OptionInvalid(f"{file}: {error}") from error
    unknown = sorted(set(in_file) - {option.name for option in OPTIONS})
    if unknown:
        raise OptionInvalid(f"{file}: there is no setting named {', '.join(unknown)}")
    found = []
    for option in OPTIONS:
        if option.variable in environ:
            found.append(Setting(option, environ[option.variable], option.variable))
        elif option.name in in_file:
            value = in_file[option.name]
            text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
            found.append(Setting(option, text, str(file)))
        else:
            found.append(Setting(option, option.default, "default"))
    return found


def load(data_dir: Path, environ: Mapping[str, str]) -> Options:
    """Return the settings in force for a data directory; OptionInvalid names a wrong one and its origin."""
    data_dir = data_dir.absolute()
    values: dict[str, Any] = {}
    for setting in settings_in_force(data_dir, environ):
        try:
            value = setting.option.parse(setting.text)
        except (ValueError, ArithmeticError) as error:
            raise OptionInvalid(
                f"{setting.option.name} = {setting.shown!r} (from {setting.origin}): {error or 'not a number'}"
            ) from error
        values[_STRUCT_NAMES.get(setting.option.name, setting.option.name)] = value
    if not values["database_url"]:
        values["database_url"] = f"sqlite:///{data_dir / 'control.sqlite3'}"
    return Options(data_dir=data_dir, **values)
