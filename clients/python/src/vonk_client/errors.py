"""What can go wrong, by name: each error says its cause and what can be done."""


class ClientError(Exception):
    """Any failure of this client. ``remedy`` is for whoever runs the host's server."""

    remedy = ""


class EventInvalid(ClientError):
    """The event could never be taken: the ad server would refuse it."""

    remedy = "Correct the call: a token and a kind are needed, ids are 1 to 64 printable characters, values from 0 up."


class QueueFull(ClientError):
    """More events wait than may be kept; this one was not taken."""

    remedy = "See why the ad server does not answer (`last_failure`), or allow a longer queue."


class PixelUnknown(ClientError):
    """A conversion was reported for a pixel whose secret this client was not given."""

    remedy = "Give the client `pixels={pixel id: secret}`."


class SpoolUnusable(ClientError):
    """The spool file cannot be opened or written."""

    remedy = "Give the process a writable place on a disk with room, or repair what the message names."


class ClientClosed(ClientError):
    """The client was closed before."""

    remedy = "Report before `close()`; use one client as long as the process lives."


class Unreachable(ClientError):
    """The ad server did not answer in time."""

    remedy = "Go on without an ad. If it lasts, see whether the ad server runs and its address is right."


class Refused(ClientError):
    """The ad server answered, and did not do what was asked.

    ``status`` is HTTP's, ``code`` the problem's name, ``retry_after`` the seconds that it asks to be left alone, if any.
    """

    def __init__(self, status: int, code: str, title: str, remedy: str, retry_after: float | None = None) -> None:
        super().__init__(f"{status} {code}: {title}")
        self.status = status
        self.code = code
        self.remedy = remedy
        self.retry_after = retry_after
