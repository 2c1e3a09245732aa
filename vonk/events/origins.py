"""Where an event comes from: known bots by their user agent, data centres by their address.

Pure: lists in, answers out. An address is looked at and forgotten; nothing here keeps one.
"""

import ipaddress
import socket
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

TOKEN_CHARS_MIN: Final = 3  # A shorter one is part of nearly every browser's name.
TOKEN_CHARS_MAX: Final = 200
USER_AGENTS_REMEMBERED_MAX: Final = 10_000
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Origin(msgspec.Struct, frozen=True, gc=False):
    """What is known of where an event comes from."""

    bot: bool = False
    data_centre: bool = False


UNSUSPECTED: Final = Origin()


class BadLine(msgspec.Struct, frozen=True):
    """A line of a list that says nothing we understand."""

    number: int
    text: str


class Bots:
    """Which user agents are bots': those that contain one of the tokens, in any case of letters.

    Looked for by their first letters, so that many tokens cost no more than few: whoever sends another name with every
    request would else keep the ad server busy.
    """

    def __init__(self, tokens: Iterable[str]) -> None:
        self._tokens = frozenset(tokens)
        lengths: dict[str, set[int]] = {}
        for token in self._tokens:
            assert len(token) >= TOKEN_CHARS_MIN, "A shorter one would begin in nearly every name."
            lengths.setdefault(token[:TOKEN_CHARS_MIN], set()).add(len(token))
        self._lengths = {start: tuple(sorted(found)) for start, found in lengths.items()}
        self._known: dict[str, bool] = {}
        self.count = len(self._tokens)

    def has(self, user_agent: str) -> bool:
        """Tell whether it is a bot's, or empty: every browser has a name."""
        found = self._known.get(user_agent)
        if found is None:
            found = not user_agent.strip() or self._names_one(user_agent.lower())
            if len(self._known) >= USER_AGENTS_REMEMBERED_MAX:
                self._known.clear()
            self._known[user_agent] = found
        return found

    def _names_one(self, user_agent: str) -> bool:
        for place in range(len(user_agent) - TOKEN_CHARS_MIN + 1):
            for length in self._lengths.get(user_agent[place : place + TOKEN_CHARS_MIN], ()):
                if user_agent[place : place + length] in self._tokens:
                    return True
        return False


def bot_tokens(kept: str, added: str = "") -> tuple[set[str], list[BadLine]]:
    """Return the tokens of the kept list and of an operator's, which adds to it, or with ``!`` takes away.

    A token a line; ``#`` begins a comment. The lines that are neither are the operator's: the kept list is ours.
    """
    tokens = {token for _, token in _lines(kept.lower())}
    wrong = []
    for number, line in _lines(added):
        token = line.lower().removeprefix("!").strip()
        if not TOKEN_CHARS_MIN <= len(token) <= TOKEN_CHARS_MAX or not token.isprintable():
            wrong.append(BadLine(number, line[:TOKEN_CHARS_MAX]))
        elif line.startswith("!"):
            tokens.discard(token)
        else:
            tokens.add(token)
    return tokens, wrong


class Ranges:
    """Which addresses lie in one of the ranges, found by bisection."""

    def __init__(self, networks: Sequence[Network]) -> None:
        merged = {version: _merge(net for net in networks if net.version == version) for version in (4, 6)}
        self._starts = {version: [start for start, _ in found] for version, found in merged.items()}
        self._ends = {version: [end for _, end in found] for version, found in merged.items()}
        self.count = sum(map(len, merged.values()))

    def has(self, address: str) -> bool:
        """Tell whether the address lies in one; False for what is no address."""
        if not self.count:
            return False
        number = number_of(address)
        if number is None:
            return False
        version, value = number
        place = bisect_right(self._starts[version], value) - 1
        return place >= 0 and value <= self._ends[version][place]


def number_of(address: str) -> tuple[int, int] | None:
    """Return version and number of an address, None when it is none. An IPv4 address in IPv6's clothes is IPv4."""
    try:
        if ":" not in address:
            return 4, int.from_bytes(socket.inet_pton(socket.AF_INET, address))
        packed = socket.inet_pton(socket.AF_INET6, address.partition("%")[0])
    except (OSError, ValueError):
        return None
    if packed.startswith(_IPV4_MAPPED):
        return 4, int.from_bytes(packed[12:])
    return 6, int.from_bytes(packed)


def ranges_in(text: str) -> tuple[list[Network], list[BadLine]]:
    """Return the ranges of a list, a CIDR or an address a line, and the lines that are neither; ``#`` begins a comment."""
    networks: list[Network] = []
    wrong = []
    for number, line in _lines(text):
        try:
            networks.append(_unmapped(ipaddress.ip_network(line, strict=False)))
        except ValueError:
            wrong.append(BadLine(number, line[:TOKEN_CHARS_MAX]))
    return networks, wrong


_IPV4_MAPPED: Final = bytes(10) + b"\xff\xff"
_IPV4_MAPPED_BITS: Final = 8 * len(_IPV4_MAPPED)


def _unmapped(network: Network) -> Network:
    """Return a range of IPv4 addresses in IPv6's clothes as what it is, as ``number_of`` does with addresses."""
    if network.version == 4 or network.prefixlen < _IPV4_MAPPED_BITS:
        return network
    packed = network.network_address.packed
    if not packed.startswith(_IPV4_MAPPED):
        return network
    return ipaddress.IPv4Network((packed[12:], network.prefixlen - _IPV4_MAPPED_BITS))


def _lines(text: str) -> Iterable[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), 1):
        said = line.partition("#")[0].strip()
        if said:
            yield number, said


def _merge(networks: Iterable[Network]) -> list[tuple[int, int]]:
    """Return first and last number of each range, in order, with those that touch as one."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted((int(net.network_address), int(net.broadcast_address)) for net in networks):
        if merged and start <= merged[-1][1] + 1:
            merged[-1] = merged[-1][0], max(merged[-1][1], end)
        else:
            merged.append((start, end))
    return merged
