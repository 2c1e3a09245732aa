"""The lists by which invalid traffic is known: the kept list of bots, and the operator's files in the data directory.

``bots.txt`` adds to the kept list and with ``!`` takes away; ``data-centres.txt`` names ranges of addresses. Both may be
absent. They are read again when they change, without a restart.
"""

import stat
from pathlib import Path
from typing import Final

import structlog

from vonk import events
from vonk.events.origins import UNSUSPECTED, BadLine, Bots, Origin, Ranges, bot_tokens, ranges_in

BOTS_FILE: Final = "bots.txt"
DATA_CENTRES_FILE: Final = "data-centres.txt"
LIST_BYTES_MAX: Final = 8_000_000  # Every range of the large clouds together is some 2 MB.
BAD_LINES_NAMED_MAX: Final = 10

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)
_KEPT: Final = (Path(events.__file__).parent / BOTS_FILE).read_text(encoding="utf-8")
_ORIGINS: Final = {
    (bot, data_centre): Origin(bot=bot, data_centre=data_centre)
    for bot in (False, True)
    for data_centre in (False, True)
}


class _File:
    """One list on disk, and how it stood when it was last read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._mark: tuple[int, int, int] | None = None

    def changed(self) -> str | None:
        """Return the text when it has changed since the last call, "" when the file has gone; else None.

        One that cannot be read is named in a warning, and what was read before stays in force.
        """
        try:
            status = self.path.stat()
            mark = (status.st_ino, status.st_mtime_ns, status.st_size)
        except FileNotFoundError:
            gone, self._mark = self._mark is not None, None
            return "" if gone else None
        except OSError as error:
            _log.warning("list.unreadable", file=self.path.name, error=str(error))
            return None
        if mark == self._mark:
            return None
        self._mark = mark
        try:
            if not stat.S_ISREG(status.st_mode):
                raise ValueError("no file")  # noqa: TRY301 - one warning for all; a pipe would be waited for.
            if status.st_size > LIST_BYTES_MAX:
                raise ValueError(f"larger than {LIST_BYTES_MAX} bytes")  # noqa: TRY301 - likewise.
            return self.path.read_text(encoding="utf-8")
        except (OSError, ValueError) as error:  # Also what is no UTF-8.
            _log.warning("list.unreadable", file=self.path.name, error=str(error))
            return None


class Lists:
    """Knows where events come from. With no directory, by the kept list of bots alone."""

    def __init__(self, directory: Path | None) -> None:
        self.bots = Bots(bot_tokens(_KEPT)[0])
        self.data_centres = Ranges(())
        self._bad_lines = {BOTS_FILE: 0, DATA_CENTRES_FILE: 0}
        self._files = [_File(directory / name) for name in self._bad_lines] if directory is not None else []

    @property
    def bad_lines(self) -> int:
        """Lines of the operator's files that are not understood."""
        return sum(self._bad_lines.values())

    def of(self, user_agent: str | None, address: str) -> Origin:
        """Return what is known of them; None and "" when they are not known and so not judged."""
        bot = user_agent is not None and self.bots.has(user_agent)
        if not bot and not (address and self.data_centres.has(address)):
            return UNSUSPECTED
        return _ORIGINS[bot, self.data_centres.has(address)]

    def reread(self) -> None:
        """Take over what has changed in the files. May take a second for a large one; another thread may call ``of``."""
        for file in self._files:
            text = file.changed()
            if text is None:
                continue
            if file.path.name == BOTS_FILE:
                tokens, bad = bot_tokens(_KEPT, text)
                self.bots = Bots(tokens)
                count = self.bots.count
            else:
                networks, bad = ranges_in(text)
                self.data_centres = Ranges(networks)
                count = self.data_centres.count
            self._note(file.path.name, count, bad)

    def _note(self, name: str, count: int, bad: list[BadLine]) -> None:
        self._bad_lines[name] = len(bad)
        _log.info("list.read", file=name, entries=count)
        if bad:
            named = [f"{line.number}: {line.text}" for line in bad[:BAD_LINES_NAMED_MAX]]
            _log.warning("list.lines_not_understood", file=name, count=len(bad), first=named)
