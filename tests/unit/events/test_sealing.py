import hmac
import os
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.events.making import showing
from vonk.events.sealing import Mac, Nonces
from vonk.events.tokens import Signer

KEYS = st.binary(min_size=1, max_size=64)


@given(KEYS, st.lists(st.binary(max_size=300), min_size=1, max_size=4))
def test_the_mac_is_hmac_sha_256_each_time(key: bytes, messages: list[bytes]) -> None:
    mac = Mac(key)
    for message in messages:
        assert mac.digest(message) == hmac.digest(key, message, "sha256")


def test_a_key_longer_than_a_block_is_refused() -> None:
    with pytest.raises(ValueError, match="64 bytes"):
        Mac(bytes(65))


def test_no_nonce_comes_twice_whoever_takes_it() -> None:
    nonces = Nonces()
    taken: list[list[bytes]] = [[] for _ in range(4)]

    def take(into: list[bytes]) -> None:
        into += [nonces.take() for _ in range(1_000)]

    threads = [threading.Thread(target=take, args=(into,)) for into in taken]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    given_out = [nonce for into in taken for nonce in into]
    assert len(set(given_out)) == 4_000
    assert {len(nonce) for nonce in given_out} == {12}


def test_another_process_gives_out_none_of_what_it_inherited() -> None:
    nonces = Nonces()
    nonces.take()
    inherited = set(nonces._ready)  # noqa: SLF001 - what a fork copies.
    assert inherited
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.write(writing, b"".join(nonces.take() for _ in range(len(inherited))))
        os._exit(0)  # Not a word of pytest's from the child.
    os.close(writing)
    with os.fdopen(reading, "rb") as told:
        taken = told.read()
    os.waitpid(child, 0)
    theirs = {taken[at : at + 12] for at in range(0, len(taken), 12)}
    assert len(theirs) == len(inherited)
    assert theirs.isdisjoint(inherited)


def test_token_and_click_made_together_read_as_those_made_apart() -> None:
    signer = Signer([bytes(range(32))])
    shown = showing()
    token, click = signer.showing_and_click(shown)
    assert token == signer.sign_showing(shown)
    assert (signer.read_showing(token), signer.open_click(click)) == (shown, shown)
    assert signer.seal_click(shown) != click
