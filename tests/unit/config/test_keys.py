"""Keys of tokens rotate: atomically, under running processes, and not so often that events are lost."""

import os
import secrets
import threading
import time
from pathlib import Path

import pytest

from vonk.config import keys, wiring
from vonk.config.keys import RotatedMeanwhile, RotatedTooSoon, TokenKeys, plan_rotation, rotate
from vonk.events.records import Claims
from vonk.events.tokens import HostClaims, Signer, TokenInvalid, ViewerClaims, key_id

CLAIMS = Claims(1, 0, 0, 0, 0, 0, 5, 6, "vik", "", 0, "", 0, "for_you")
DAY = 86_400


@pytest.fixture
def data(tmp_path: Path) -> Path:
    keys.load_or_create(tmp_path)
    return tmp_path


def rotated(data: Path, *, days: float = 0, force: bool = False) -> None:
    now = time.time() + days * DAY
    rotate(data, plan_rotation(data, now_seconds=now), force=force, now_seconds=now)


def test_the_newest_signs_the_former_reads_and_the_one_before_is_gone(data: Path) -> None:
    signer = wiring.signer(data)
    first = signer.sign_showing(CLAIMS)
    rotated(data)
    assert signer.sign_showing(CLAIMS) == first, "Nobody has looked yet."
    assert signer.refresh()
    second = signer.sign_showing(CLAIMS)
    assert second != first
    assert [signer.read_showing(token) for token in (first, second)] == [CLAIMS, CLAIMS]
    rotated(data, days=7)
    assert signer.refresh()
    assert not signer.refresh()
    assert signer.read_showing(second) == CLAIMS
    with pytest.raises(
        TokenInvalid
    ):  # Foreign, or one time in 128 forged: a key in use has the name of the one that is gone.
        signer.read_showing(first)
    assert signer.generation == 2


def test_a_token_of_a_key_not_seen_yet_is_looked_up_at_once(data: Path) -> None:
    reader, other = wiring.signer(data), wiring.signer(data)
    rotated(data)
    other.refresh()
    assert reader.read_showing(other.sign_showing(CLAIMS)) == CLAIMS


def test_keys_rotate_only_when_no_token_is_lost_by_it(data: Path) -> None:
    rotated(data)  # There was but one key: nothing is lost.
    before = keys.token_keys(data)
    with pytest.raises(RotatedTooSoon, match=r"6\.9 days ago"):
        rotated(data, days=6.9)
    assert keys.token_keys(data) == before
    rotated(data, force=True)
    rotated(data, days=7)
    assert len(keys.token_keys(data)) == 2
    assert set(keys.token_keys(data)).isdisjoint(before)


def test_two_at_once_rotate_once(data: Path) -> None:
    plan = plan_rotation(data)
    failures: list[type[Exception]] = []

    def turn() -> None:
        try:
            rotate(data, plan, force=True)
        except RotatedMeanwhile as error:
            failures.append(type(error))

    threads = [threading.Thread(target=turn) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == [RotatedMeanwhile] * 3
    assert keys.token_keys(data)[1] == plan.newest


def test_a_machine_that_dies_between_the_two_files_loses_nothing(data: Path) -> None:
    signer = wiring.signer(data)
    token = signer.sign_showing(CLAIMS)
    newest = plan_rotation(data).newest
    keys._replace(data / "keys" / keys.PREVIOUS, newest)  # And then the power went.
    assert not signer.refresh()
    assert keys.token_keys(data) == (newest,)
    rotated(data)
    assert signer.refresh()
    assert signer.read_showing(token) == CLAIMS


def test_keys_in_use_differ_in_the_byte_that_names_them(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    newest = plan_rotation(data).newest
    drawn = iter([newest, newest, *(bytes([number] * 32) for number in range(4))])
    monkeypatch.setattr(secrets, "token_bytes", lambda _count: next(drawn))
    rotated(data)
    assert key_id(keys.token_keys(data)[0]) != key_id(newest)


def test_keys_that_cannot_be_read_leave_those_in_force(data: Path) -> None:
    watched = TokenKeys(data)
    file = data / "keys" / keys.NEWEST
    good = file.read_bytes()
    file.write_bytes(b"half")
    assert watched.renewed() is None
    file.write_bytes(good)
    os.utime(file, (1, 1))
    assert watched.renewed() is None
    file.unlink()
    assert watched.renewed() is None
    assert watched.keys == (good,)


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        ("", "token_malformed"),
        ("%%%", "token_malformed"),
        ("é" * 60, "token_malformed"),
        ("A" * 4_000, "token_malformed"),
        ("A" * 20, "token_malformed"),
        (Signer([bytes(32)]).sign_showing(CLAIMS), "token_foreign"),
        (Signer([bytes(range(32))]).sign_showing(CLAIMS)[:-4] + "AAAA", "token_forged"),
        (Signer([bytes(range(32))]).sign_viewer(ViewerClaims("vik", 9)), "token_purpose"),
        (Signer([bytes(range(32))]).sign_host(HostClaims("app", 9)), "token_purpose"),
    ],
)
def test_every_way_to_be_wrong_has_its_name(token: str, reason: str) -> None:
    with pytest.raises(TokenInvalid) as refusal:
        Signer([bytes(range(32))]).read_showing(token)
    assert (refusal.value.reason, refusal.value.code) == (reason, "token_invalid")
