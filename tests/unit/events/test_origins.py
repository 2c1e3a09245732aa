"""Bots by their user agent, data centres by their address; the operator's lists in any state."""

import ipaddress
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vonk.delivery.server.lists import Lists
from vonk.events.origins import BadLine, Bots, Origin, Ranges, bot_tokens, number_of, ranges_in

PEOPLE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile",
    "Mozilla/5.0 (Android 14; Mobile; rv:131.0) Gecko/131.0 Firefox/131.0",
    "Mozilla/5.0 (Linux; Android 10; CUBOT X30) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 14; SM-S921B; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/130.0 Mobile",
    "Dalvik/2.1.0 (Linux; U; Android 14; Pixel 8 Build/UD1A)",
    "okhttp/4.12.0",
    "Dart/3.5 (dart:io)",
    "Bread/1.0 CFNetwork/1568 Darwin/24.0.0",
)
MACHINES = (
    "",
    "  ",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/130.0.0.0 Safari/537.36",
    "facebookexternalhit/1.1",
    "curl/8.5.0",
    "python-requests/2.32.3",
    "Go-http-client/2.0",
    "Wget/1.24",
    "okhttp-spider",
)


def test_people_are_no_bots_and_bots_no_people() -> None:
    bots = Lists(None).bots
    assert [text for text in PEOPLE if bots.has(text)] == []
    assert [text for text in MACHINES if not bots.has(text)] == []


def test_an_operator_adds_and_takes_away() -> None:
    tokens, wrong = bot_tokens("curl/\nwget/\n", "# ours\n!CURL/\nRobby # the robot\nab\n! x\n\n")
    assert tokens == {"wget/", "robby"}
    assert wrong == [BadLine(4, "ab"), BadLine(5, "! x")]


@pytest.mark.parametrize(
    ("address", "inside"),
    [
        ("192.0.2.0", True),
        ("192.0.2.255", True),
        ("192.0.3.0", True),
        ("192.0.4.0", False),
        ("192.0.1.255", False),
        ("203.0.113.5", True),
        ("::ffff:192.0.2.9", True),
        ("198.51.100.9", True),
        ("::ffff:198.51.100.9", True),
        ("2001:db8::1", True),
        ("2001:db8::1%eth0", True),
        ("2001:db9::1", False),
        ("", False),
        ("testclient", False),
        ("192.0.2.1:80", False),
        ("192.0.2.1\x00", False),
    ],
)
def test_addresses_and_ranges(address: str, inside: bool) -> None:  # noqa: FBT001 - a parameter of the table above.
    networks, wrong = ranges_in(
        "# clouds\n192.0.2.0/24\n192.0.3.0/24 # next\n203.0.113.5\n2001:db8::/32\n::ffff:198.51.100.0/120\nnext door\n1.2.3.4/40"
    )
    assert [line.text for line in wrong] == ["next door", "1.2.3.4/40"]
    ranges = Ranges(networks)
    assert ranges.count == 4
    assert ranges.has(address) is inside


NETWORKS = st.lists(
    st.one_of(
        st.tuples(st.integers(0, 1_023), st.integers(22, 32)).map(
            lambda made: ipaddress.ip_network((made[0], made[1]), strict=False)
        ),
        st.tuples(st.integers(0, 1_023), st.integers(118, 128)).map(
            lambda made: ipaddress.ip_network((made[0] + 2**120, made[1]), strict=False)
        ),
    ),
    max_size=12,
)


@settings(deadline=None)
@given(NETWORKS, st.integers(0, 1_500))
def test_bisection_finds_what_a_search_of_all_would(
    networks: list[ipaddress.IPv4Network | ipaddress.IPv6Network], number: int
) -> None:
    ranges = Ranges(networks)
    for address in (ipaddress.IPv4Address(number), ipaddress.IPv6Address(number + 2**120)):
        assert ranges.has(str(address)) is any(address in network for network in networks)
        assert number_of(str(address)) == (address.version, int(address))


def test_lists_are_read_again_when_they_change(tmp_path: Path) -> None:
    lists = Lists(tmp_path)
    lists.reread()
    assert lists.of("Robby/1.0", "192.0.2.1") == Origin()
    (tmp_path / "bots.txt").write_text("robby\n!curl/\nx\n")
    (tmp_path / "data-centres.txt").write_text("192.0.2.0/24\nnext door\n")
    lists.reread()
    assert lists.of("Robby/1.0", "192.0.2.1") == Origin(bot=True, data_centre=True)
    assert lists.of("curl/8", "") == Origin()
    assert lists.of(None, "192.0.2.1") == Origin(data_centre=True)
    assert lists.bad_lines == 2
    (tmp_path / "data-centres.txt").write_text("198.51.100.0/24\n")
    (tmp_path / "bots.txt").unlink()
    lists.reread()
    assert lists.of("curl/8", "192.0.2.1") == Origin(bot=True)
    assert lists.bad_lines == 0


@pytest.mark.parametrize("harm", ["not text", "too large", "a folder", "a pipe"])
def test_a_list_that_cannot_be_read_changes_nothing(tmp_path: Path, harm: str) -> None:
    file = tmp_path / "data-centres.txt"
    file.write_text("192.0.2.0/24\n")
    lists = Lists(tmp_path)
    lists.reread()
    if harm == "not text":
        file.write_bytes(b"\xff\xfe")
    elif harm == "too large":
        os.truncate(file, 9_000_000)
    elif harm == "a pipe":
        file.unlink()
        os.mkfifo(file)
    else:
        file.unlink()
        file.mkdir()
    lists.reread()
    assert lists.data_centres.has("192.0.2.1")


def test_as_many_user_agents_are_remembered_as_there_is_room_for() -> None:
    bots = Bots({"robby"})
    for number in range(10_001):
        assert not bots.has(f"Browser/{number}")
    assert len(bots._known) == 1


@given(st.lists(st.text("ab/", min_size=3, max_size=6), max_size=8), st.text("abB/ ", max_size=12))
def test_a_bot_is_found_as_a_search_for_each_token_would(tokens: list[str], user_agent: str) -> None:
    wanted = not user_agent.strip() or any(token in user_agent.lower() for token in tokens)
    assert Bots(tokens).has(user_agent) is wanted
