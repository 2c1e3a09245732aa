"""The site's listener."""

import socket

import pytest

from vonk.cli.site import limit_silence


def test_who_says_nothing_in_the_middle_of_a_request_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        limit_silence(listener, 0.05)
        with socket.create_connection(listener.getsockname()) as vik:
            site, _ = listener.accept()
            with site:
                vik.sendall(b"POST")
                assert site.recv(10) == b"POST"
                with pytest.raises(BlockingIOError):
                    site.recv(10)
