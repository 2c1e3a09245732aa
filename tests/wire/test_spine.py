"""One Spark Ad lives its whole life, by API alone, on a real `vonk serve --sandbox`, on each control database."""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import imageio_ffmpeg
import psycopg
import pytest

from tests.contract import jetstream
from tests.wire import host_story
from tests.wire.serving import VONK, Platform, Reply, environment, send, serving, wait_for
from vonk.storage.nats.event_log import NatsEventLog

PASSWORD = "a long sentence nobody guesses"
CPM_BID = 5_000_000
IMPRESSIONS = 3


class Person:
    """One of the cast, calling the platform API with their own token."""

    def __init__(self, platform: Platform, name: str) -> None:
        self.name = name
        self._site = platform.url("site")
        self._token: str | None = None
        self._writes = 0

    def sign_up(self) -> None:
        self.does(
            "POST",
            "/sign_ups",
            {
                "email": f"{self.name}@example.org",
                "password": PASSWORD,
                "handle": self.name,
                "display_name": self.name.title(),
                "language": "en",
                "country": "NL",
                "born_on": "1990-05-17",
            },
        )

    def sign_in(self) -> None:
        session = self.does("POST", "/sessions", {"email": f"{self.name}@example.org", "password": PASSWORD})
        self._token = session["token"]

    def tries(self, method: str, path: str, body: object = None, *, raw: bytes | None = None) -> Reply:
        self._writes += 1
        return send(
            method,
            f"{self._site}/platform/v1{path}",
            body,
            token=self._token,
            key=f"{self.name} {self._writes}",
            raw=raw,
        )

    def does(self, method: str, path: str, body: object = None, *, raw: bytes | None = None) -> Any:
        reply = self.tries(method, path, body, raw=raw)
        assert reply.status < 300, (self.name, method, path, reply.status, reply.body)
        return reply.body


def clip(folder: Path) -> bytes:
    path = folder / "clip.mp4"
    subprocess.run(
        [
            imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "lavfi", "-i",
            "testsrc2=size=180x320:rate=25:duration=1.2", "-f", "lavfi", "-i", "sine=frequency=440:duration=1.2",
            "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", str(path),
        ],
        check=True,
    )  # fmt: skip
    return path.read_bytes()


def published(cleo: Person, folder: Path) -> str:
    """Cleo uploads, waits for her video, and posts it."""
    video_id = cleo.does("POST", "/videos?name=clip.mp4", raw=clip(folder))["id"]
    wait_for(
        lambda: cleo.does("GET", f"/videos/{video_id}")["state"] in {"ready", "failed"}, "the video is not processed"
    )
    video = cleo.does("GET", f"/videos/{video_id}")
    assert (video["state"], video["failure"], video["width"], video["height"]) == ("ready", None, 180, 320)
    post = {"video_id": video_id, "caption": "Bread, slowly #bread", "visibility": "public"}
    post_id: str = cleo.does("POST", "/posts", post)["id"]
    return post_id


def code_for(cleo: Person, post_id: str) -> dict[str, str]:
    cleo.does("PUT", "/me/ad_settings", {"on": True})
    cleo.does("PUT", f"/posts/{post_id}/ad_authorisation", {"on": True})
    issued: dict[str, str] = cleo.does("POST", f"/posts/{post_id}/consents", {"duration_days": 7})
    return issued


def opened_account(ada: Person) -> str:
    account_id: str = ada.does(
        "POST",
        "/accounts",
        {
            "organisation_name": "Ada's bakery",
            "name": "Bread",
            "currency": "EUR",
            "time_zone": "Europe/Amsterdam",
            "country": "NL",
            "advertiser_name": "Ada's bakery",
            "payer_name": "Ada's bakery",
        },
    )["id"]
    ada.does("POST", f"/accounts/{account_id}/spark_terms", {"version": "2026-11"})
    ada.does("POST", f"/accounts/{account_id}/top_ups", {"amount_micros": 100_000_000, "provider_reference": "one"})
    return account_id


def launched(ada: Person, account_id: str, code: str) -> dict[str, str]:
    redeemed = ada.does("POST", f"/accounts/{account_id}/spark_posts", {"code": code})
    return {
        "consent_id": redeemed["consent_id"],
        **ada.does(
            "POST",
            f"/accounts/{account_id}/launches",
            {
                "campaign": {"name": "Bread", "objective": "traffic"},
                "ad_group": {
                    "name": "Netherlands",
                    "billing": "cpm",
                    "bid_micros": CPM_BID,
                    "budget": {"mode": "daily", "micros": 20_000_000},
                    "targeting": {"countries": ["NL"]},
                    "pacing": "fast",
                },
                "ad": {
                    "name": "Bread, slowly",
                    "consent_id": redeemed["consent_id"],
                    "call_to_action": "shop_now",
                    "landing_url": "https://example.org/bread",
                },
            },
        ),
    }


def slot(platform: Platform, vik: Person) -> dict[str, Any]:
    viewer_token = vik.does("GET", "/feed")["viewer_token"]
    reply = send("POST", f"{platform.url('ads')}/v1/decisions", {"viewer": viewer_token, "slots": [{"position": 4}]})
    assert reply.status == 200, reply.body
    found: dict[str, Any] = reply.body["slots"][0]
    return found


def later(platform: Platform, olu: Person, seconds: int) -> None:
    """Move the sandbox's clock, and wait until the ad server goes by it: what was shown is watched meanwhile."""
    olu.does("POST", "/sandbox/clock", {"advance_seconds": seconds})
    moved = time.monotonic()

    def heard() -> bool:
        lag = send("GET", f"{platform.url('ads')}/healthz").body["publication_lag_seconds"]
        return lag is not None and time.monotonic() - lag > moved

    wait_for(heard, "the ad server does not hear of the clock")


def report(platform: Platform, token: str, *kinds: str) -> None:
    at = int(time.time() * 1000)
    events = [{"id": f"{kind}-{token[-12:]}", "kind": kind, "token": token, "at": at} for kind in kinds]
    reply = send("POST", f"{platform.url('ads')}/v1/events", {"events": events})
    assert reply.status == 200, reply.body
    verdicts = {(verdict["verdict"], verdict["reason"]) for verdict in reply.body["verdicts"]}
    assert verdicts == {("accepted", None)}, reply.body


def click_again(platform: Platform, token: str) -> str | None:
    """Click on the same showing once more; return the rule that the click broke."""
    event = {"id": os.urandom(8).hex(), "kind": "click_destination", "token": token, "at": int(time.time() * 1000)}
    (verdict,) = send("POST", f"{platform.url('ads')}/v1/events", {"events": [event]}).body["verdicts"]
    assert verdict["verdict"] == "accepted", verdict
    rule: str | None = verdict["reason"]
    return rule


def converted(platform: Platform, *, secret: str | None = None, **conversion: str) -> tuple[str, str | None]:
    sent = {"name": "purchase", "value": "12.50", "currency": "EUR", **conversion}
    reply = send("POST", f"{platform.url('ads')}/v1/conversions", {"conversions": [sent]}, token=secret)
    assert reply.status == 200, reply.body
    verdict = reply.body["verdicts"][0]
    return verdict["verdict"], verdict["reason"]


def report_of(ada: Person, account_id: str) -> dict[str, Any]:
    today = datetime.now(UTC).date()
    days = urlencode({"start_date": today - timedelta(days=2), "end_date": today + timedelta(days=2), "level": "ad"})
    total: dict[str, Any] = ada.does("GET", f"/accounts/{account_id}/report?{days}")["total"]["metrics"]
    return total


@pytest.fixture(params=["embedded", "scaled"])
def platform(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Platform]:
    data = tmp_path / "data"
    engines = scaled_engines(data, tmp_path / "nats") if request.param == "scaled" else nullcontext()
    with engines, serving(data, "--sandbox") as running:
        yield running


@contextmanager
def scaled_engines(data: Path, nats: Path) -> Iterator[None]:
    """Make a database in PostgreSQL and a log in JetStream for the block, and settings that name them."""
    with jetstream.running(nats, nodes=1) as servers, postgres_database() as database_url:
        data.mkdir()
        (data / "vonk.toml").write_text(
            f'sandbox = true\ndatabase_url = "{database_url}"\nevent_log_url = "{servers.url("EVENTS")}"\n'
        )
        yield
        log = NatsEventLog(servers.url("EVENTS"))
        assert log.end() > 0
        log.close()


@contextmanager
def postgres_database() -> Iterator[str]:
    """Make a database for the block; its address."""
    server = os.environ.get("VONK_TEST_POSTGRES_URL", "postgresql://127.0.0.1:5432/test")
    name = f"vonk_spine_{os.getpid()}"
    try:
        connection = psycopg.connect(server, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"PostgreSQL does not answer: {error}")
    with connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    try:
        yield urlsplit(server)._replace(path="/" + name).geturl()
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def operator(platform: Platform) -> Person:
    subprocess.run(
        [
            *VONK, "admin", "create-operator", "--data", str(platform.data), "--email", "olu@example.org",
            "--handle", "olu", "--password-stdin",
        ],
        input=PASSWORD.encode(), check=True, env=environment(),
    )  # fmt: skip
    olu = Person(platform, "olu")
    olu.sign_in()
    return olu


def test_one_spark_ad_lives_its_whole_life(platform: Platform, tmp_path: Path) -> None:
    cleo, ada, vik = (Person(platform, name) for name in ("cleo", "ada", "vik"))
    for person in (cleo, ada, vik):
        person.sign_up()
        person.sign_in()
    olu = operator(platform)

    # Post, consent, code.
    post_id = published(cleo, tmp_path)
    assert [item["post"]["post_id"] for item in vik.does("GET", "/feed")["items"]] == [post_id]
    issued = code_for(cleo, post_id)

    # Account, code looked at and redeemed; again is no change and no error.
    account_id = opened_account(ada)
    preview = ada.does("POST", f"/accounts/{account_id}/spark_posts/preview", {"code": issued["code"]})
    assert (preview["post"]["id"], preview["post"]["handle"]) == (post_id, "cleo")
    wrong = ada.tries("POST", f"/accounts/{account_id}/spark_posts", {"code": issued["code"][:-2] + "xx"})
    assert wrong.body["code"] in {"auth_code_not_found", "auth_code_format_error"}
    ids = launched(ada, account_id, issued["code"])
    again = ada.does("POST", f"/accounts/{account_id}/spark_posts", {"code": issued["code"]})
    assert again == {"consent_id": issued["id"], "again": True, "state": "active", "missing": []}

    pixel = ada.does("POST", f"/accounts/{account_id}/pixels", {"name": "Shop"})

    # Nothing is shown before review.
    assert slot(platform, vik)["ad"] is None
    review = olu.does("GET", "/reviews")["items"][0]
    assert (review["ad_id"], review["preview"]["handle"]) == (ids["ad_id"], "cleo")
    olu.does("POST", f"/reviews/{review['review']['id']}/approval")
    wait_for(lambda: slot(platform, vik)["ad"] is not None, "the approved ad is not shown")

    # Vik sees it, likes it, follows Cleo from it.
    shown = [slot(platform, vik) for _ in range(IMPRESSIONS)]
    for one in shown:
        assert (one["ad"]["id"], one["ad"]["post"]["handle"], one["currency"]) == (ids["ad_id"], "cleo", "EUR")
        later(platform, olu, 31)  # A viewer who clicks on the same ad sooner does not mean it.
        report(platform, one["token"], "impression", "play", "view_2s", "click_destination")
    vik.does("PUT", f"/posts/{post_id}/like", {"showing_token": shown[0]["token"]})
    vik.does("PUT", f"/profiles/{shown[0]['ad']['post']['profile_id']}/follow", {"showing_token": shown[0]["token"]})
    mismatch = ada.tries("PUT", f"/posts/{post_id}/like", {"showing_token": shown[0]["token"]})
    assert (mismatch.status, mismatch.body["code"]) == (403, "showing_mismatch")
    ada.does("PUT", f"/posts/{post_id}/like", {})

    # He buys at Ada's: her server says so, her page says the same, and somebody unknown buys too.
    order = {"id": "order-17", "pixel": pixel["id"], "click": shown[0]["click_id"]}
    assert converted(platform, secret="mallory's", **order) == ("refused", "secret_invalid")
    assert converted(platform, secret=pixel["secret"], **order) == ("accepted", None)
    assert converted(platform, **order) == ("duplicate", None)
    assert converted(platform, id="order-18", pixel=pixel["id"]) == ("accepted", None)
    vik.does("PUT", f"/posts/{post_id}/favourite", {})  # Off the ad: organic, and within a day of it.

    # Money and numbers.
    spent = sum(one["price_micros"] for one in shown)
    assert spent > 0
    wait_for(lambda: report_of(ada, account_id)["impressions"] == IMPRESSIONS, "impressions are not counted")
    wait_for(lambda: report_of(ada, account_id)["spend"] == spent, "charges are not settled")
    metrics = report_of(ada, account_id)
    assert (metrics["clicks"], metrics["likes"], metrics["view_2s"]) == (IMPRESSIONS, 1, IMPRESSIONS)
    wait_for(lambda: report_of(ada, account_id)["favourites_1d"] == 1, "what followed within a day is not shown apart")
    metrics = report_of(ada, account_id)
    assert (metrics["conversions"], metrics["conversions_click"], metrics["conversion_value"]) == (1, 1, 12_500_000)
    assert (metrics["favourites"], metrics["results"]) == (0, IMPRESSIONS)
    balance = ada.does("GET", f"/accounts/{account_id}/balance")
    assert balance["balance_micros"] == 100_000_000 - spent
    numbers = {one["name"]: one for one in cleo.does("GET", f"/posts/{post_id}/numbers")["numbers"]}
    assert (numbers["likes"]["organic"], numbers["likes"]["paid"], numbers["likes"]["total"]) == (1, 1, 2)
    assert [ad["ad_id"] for ad in cleo.does("GET", f"/posts/{post_id}/ads")["items"]] == [ids["ad_id"]]
    today = datetime.now(UTC).date()
    days = urlencode({"start_date": today - timedelta(days=1), "end_date": today + timedelta(days=1)})
    revenue = olu.does("GET", f"/revenue?{days}")["items"]
    assert sum(day["billed_micros"] for day in revenue) == spent

    # Gross and net: a click too soon after another is invalid, until Olu tunes the rule.
    assert click_again(platform, shown[-1]["token"]) == "duplicate_click"
    wait_for(lambda: report_of(ada, account_id)["invalid_clicks"] == 1, "the invalid click is not counted")
    olu.does("PUT", "/validity/rules/duplicate_click", {"values": {"same_click_ms": 0, "same_ad_s": 0}})
    wait_for(lambda: click_again(platform, shown[-1]["token"]) is None, "the ad server does not hear of the rule")
    wait_for(lambda: report_of(ada, account_id)["clicks"] == IMPRESSIONS + 1, "the valid click is not counted")
    metrics = report_of(ada, account_id)
    assert metrics["gross_clicks"] == metrics["clicks"] + metrics["invalid_clicks"]
    assert (metrics["impressions"], metrics["gross_impressions"], metrics["spend"]) == (
        IMPRESSIONS,
        IMPRESSIONS,
        spent,
    )
    traffic = olu.does("GET", f"/invalid_traffic?{days}")
    by_rule = {one["rule"]: one["events"] for one in traffic["rules"] if one["events"]}
    assert by_rule == {"duplicate_click": metrics["invalid_clicks"]}
    assert olu.does("POST", "/validity/rules/duplicate_click/reset")["as_built"]

    # Revocation: no slot is answered with the ad a second later; Ada sees why.
    cleo.does("POST", f"/consents/{issued['id']}/revocation")
    wait_for(lambda: slot(platform, vik)["ad"] is None, "the ad is shown after its revocation")
    status = ada.does("GET", f"/accounts/{account_id}/statuses")["items"][0]
    assert (status["ad_id"], status["headline"]) == (ids["ad_id"], "consent_revoked")
    wait_for(lambda: any((platform.data / "mail").glob("*")), "Ada got no letter")

    # A host app's post: consented to by its creator, shown with the host's id, counted, deleted.
    def advertised(code: str) -> None:
        launched(ada, account_id, code)
        for one in olu.does("GET", "/reviews")["items"]:
            olu.does("POST", f"/reviews/{one['review']['id']}/approval")

    def counted(token: str) -> None:
        before = report_of(ada, account_id)["impressions"]
        report(platform, token, "impression")
        wait_for(
            lambda: report_of(ada, account_id)["impressions"] == before + 1, "the host's impression is not counted"
        )

    host_story.lives(platform, olu, clip(tmp_path), advertised, counted)

    # The clock: another consent ends by itself.
    second = cleo.does("POST", f"/posts/{post_id}/consents", {"duration_days": 7})
    ada.does("POST", f"/accounts/{account_id}/spark_posts", {"code": second["code"]})
    ada.does("PATCH", f"/accounts/{account_id}/ads/{ids['ad_id']}", {"consent_id": second["id"]})
    review = olu.does("GET", "/reviews")["items"]
    if review:
        olu.does("POST", f"/reviews/{review[0]['review']['id']}/approval")
    wait_for(lambda: slot(platform, vik)["ad"] is not None, "the ad does not come back")
    olu.does("POST", "/sandbox/clock", {"advance_seconds": 7 * 86_400})
    wait_for(lambda: slot(platform, vik)["ad"] is None, "the ad is shown after its consent ended")

    # The books.
    audit = subprocess.run(
        [*VONK, "audit", "--data", str(platform.data), "--json"],
        capture_output=True, text=True, check=False, env=environment(),
    )  # fmt: skip
    assert audit.returncode == 0, audit.stdout + audit.stderr
    assert json.loads(audit.stdout)["holds"] is True
