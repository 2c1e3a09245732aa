from decimal import Decimal
from pathlib import Path

import pytest

from vonk.config import keys, wiring
from vonk.config.options import OPTIONS, OptionInvalid, Setting, load, settings_in_force
from vonk.storage.nats.errors import ServersUnreachable
from vonk.storage.sqlite.publication_feed import SqlitePublicationFeed


def test_defaults_need_nothing(tmp_path: Path) -> None:
    options = load(tmp_path, {})
    assert (options.database_url, options.sandbox) == (f"sqlite:///{tmp_path / 'control.sqlite3'}", False)
    assert (options.creator_share_ppm, options.reserve_cpm_micros) == (200_000, 500_000)
    assert options.daily_minimum_micros("campaign", "EUR") == 50_000_000
    assert options.daily_minimum_micros("ad_group", "JPY") == 2_000_000_000


def test_the_environment_wins_over_the_file_and_the_file_over_the_default(tmp_path: Path) -> None:
    (tmp_path / "vonk.toml").write_text(
        'sandbox = true\nallowed_hosts = ["a.example", "b.example"]\nlanguage = "fr"\n', encoding="utf-8"
    )
    options = load(tmp_path, {"VONK_LANGUAGE": "nl", "VONK_CAMPAIGN_DAILY_MINIMUM_UNITS": "12.5"})
    assert (options.language, options.sandbox, options.allowed_hosts) == ("nl", True, ("a.example", "b.example"))
    assert options.campaign_daily_minimum_units == Decimal("12.5")
    origins = {one.option.name: one.origin for one in settings_in_force(tmp_path, {"VONK_LANGUAGE": "nl"})}
    assert (origins["language"], origins["sandbox"], origins["site_url"]) == (
        "VONK_LANGUAGE",
        str(tmp_path / "vonk.toml"),
        "default",
    )


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({"VONK_SANDBOX": "perhaps"}, "sandbox = 'perhaps' (from VONK_SANDBOX): use true or false"),
        ({"VONK_WORK_THREADS": "-1"}, "work_threads = '-1' (from VONK_WORK_THREADS): use a number from 0 up"),
        (
            {"VONK_CREATOR_SHARE_PERCENT": "101"},
            "creator_share_percent = '101' (from VONK_CREATOR_SHARE_PERCENT): use a percentage from 0 to 100",
        ),
    ],
)
def test_a_wrong_setting_is_named_with_its_origin(tmp_path: Path, environ: dict[str, str], message: str) -> None:
    with pytest.raises(OptionInvalid) as refusal:
        load(tmp_path, environ)
    assert str(refusal.value) == message


@pytest.mark.parametrize("text", ["colour = 1\n", "sandbox = \n", "\x00"])
def test_a_wrong_file_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "vonk.toml").write_text(text, encoding="utf-8")
    with pytest.raises(OptionInvalid, match=r"vonk\.toml"):
        load(tmp_path, {})


def test_every_setting_says_what_it_means() -> None:
    assert [option.name for option in OPTIONS if not option.meaning.endswith((".", "directory."))] == []


def test_keys_are_made_once_and_kept_from_others(tmp_path: Path) -> None:
    made = keys.load_or_create(tmp_path)
    assert keys.load_or_create(tmp_path) == made
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "keys").iterdir()} == {0o600}
    (tmp_path / "keys/codes").write_bytes(b"short")
    with pytest.raises(ValueError, match="restore it from a backup"):
        keys.load_or_create(tmp_path)


def test_engines_follow_from_settings(tmp_path: Path) -> None:
    options = load(tmp_path, {})
    log = wiring.event_log(options)
    assert log.end() == 0
    log.close()
    assert (tmp_path / "events/log.sqlite3").is_file()
    assert isinstance(wiring.publication_feed(options), SqlitePublicationFeed)
    feed = wiring.publication_feed(load(tmp_path, {"VONK_DATABASE_URL": "postgresql://vonk@127.0.0.1/vonk"}))
    assert type(feed).__name__ == "PostgresPublicationFeed"
    with pytest.raises(OptionInvalid, match="neither sqlite:// nor postgresql://"):
        wiring.publication_feed(load(tmp_path, {"VONK_DATABASE_URL": "redis://127.0.0.1"}))


def test_the_log_is_where_its_address_says(tmp_path: Path) -> None:
    options = load(tmp_path, {"VONK_EVENT_LOG_URL": "nats://127.0.0.1:1/EVENTS?replicas=1"})
    with pytest.raises(ServersUnreachable, match=r"nats://127\.0\.0\.1:1 \(ConnectionRefusedError\)"):
        wiring.event_log(options)
    assert not (tmp_path / "events").exists()
    for text, reason in (
        ("nats://vonk:secret@127.0.0.1/EVENTS?durability=none", "durability: use synced or replicated"),
        ("redis://vonk:secret@127.0.0.1", "begin with nats:// or tls://"),
    ):
        with pytest.raises(OptionInvalid, match=reason) as caught:
            load(tmp_path, {"VONK_EVENT_LOG_URL": text})
        assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("nats://vonk:p@ss/w:rd@127.0.0.1/EVENTS", "nats://vonk:***@127.0.0.1/EVENTS"),
        ("postgresql://vonk:secret@db.example/vonk", "postgresql://vonk:***@db.example/vonk"),
        ("smtp://olu%40example.org:secret@mail.example:587", "smtp://olu%40example.org:***@mail.example:587"),
        ("redis://:secret@127.0.0.1:6379/0", "redis://:***@127.0.0.1:6379/0"),
        ("postgresql://vonk@127.0.0.1:5432/vonk", "postgresql://vonk@127.0.0.1:5432/vonk"),
        ("https://vonk.example:8000", "https://vonk.example:8000"),
        ("vonk@example.org", "vonk@example.org"),
    ],
)
def test_passwords_in_addresses_are_not_shown(text: str, shown: str) -> None:
    assert Setting(OPTIONS[0], text, "default").shown == shown
