"""uvicorn's protocol, with each answer's head and body written at once: one call of the kernel instead of two.

What goes over the wire is the same, byte by byte; only where it is cut may differ.
"""

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_STATUS: Final = b"HTTP/1.1 "
_CONTINUE: Final = b"HTTP/1.1 100 "
_HEAD_END: Final = b"\r\n\r\n"


class WholeAnswers(asyncio.Transport):
    """A connection that keeps an answer's head until the next write, the answer's end or the connection's."""

    def __init__(self, transport: asyncio.Transport) -> None:
        super().__init__()
        self._transport = transport
        self._head = b""
        self.write_now = transport.write  # What is whole already.

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Write, or keep what looks like a head and nothing more."""
        if self._head:
            head, self._head = self._head, b""
            self.write_now(head + data)
        elif (
            isinstance(data, bytes)
            and data.startswith(_STATUS)
            and data.endswith(_HEAD_END)
            and not data.startswith(_CONTINUE)
        ):
            self._head = data
        else:
            self.write_now(data)

    def flush(self) -> None:
        """Write what is kept."""
        if self._head:
            head, self._head = self._head, b""
            self.write_now(head)

    def close(self) -> None:
        """Write what is kept and close the connection."""
        self.flush()
        self._transport.close()

    def is_closing(self) -> bool:
        """Tell whether the connection is closing or closed."""
        return self._transport.is_closing()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Return what the connection knows of itself: addresses, the socket."""
        return self._transport.get_extra_info(name, default)

    def pause_reading(self) -> None:
        """Take nothing in until told to."""
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Take in again."""
        self._transport.resume_reading()


class Gathered(HttpToolsProtocol):
    """One connection."""

    transport: WholeAnswers

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # As uvicorn narrows it.
        super().connection_made(WholeAnswers(transport))

    def on_response_complete(self) -> None:
        self.transport.flush()  # An answer without a body.
        super().on_response_complete()
