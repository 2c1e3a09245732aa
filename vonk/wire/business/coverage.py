"""Which operations of v1.3 this platform has, told from the tables: ``python -m vonk.wire.business.coverage`` writes it."""

import os
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

import django
import msgspec

from vonk.wire.business.catalogue import CATALOGUE, Known, why_not

if TYPE_CHECKING:  # Operations need Django set up, which `main` does.
    from vonk.wire.business.operation import Operation

PAGE: Final = Path("docs/wire/coverage.md")
_HEAD: Final = """# Coverage of v1.3

Every operation of TikTok's Business API v1.3 that the official SDKs or documentation know, and whether this platform has
it. Written by `python -m vonk.wire.business.coverage`; a test compares.
"""


class Line(msgspec.Struct, frozen=True):
    """One operation of v1.3: "" in ``why`` when this platform has it."""

    method: str
    path: str
    in_sdk: bool
    why: str


class Group(msgspec.Struct, frozen=True):
    """The operations that share the first segment of their path."""

    name: str
    lines: tuple[Line, ...]

    @property
    def supported(self) -> int:
        """Return how many of them this platform has."""
        return sum(not line.why for line in self.lines)


def groups(operations: Iterable["Operation"], known: Iterable[Known] = CATALOGUE) -> tuple[Group, ...]:
    """Return every group of the catalogue, in order."""
    declared = {path for one in operations for path in (one.path, *one.also)}
    by_group: dict[str, list[Line]] = {}
    for row in known:
        why = "" if row.path in declared else why_not(row.path) or "no reason is given"
        by_group.setdefault(row.group, []).append(Line(row.method, row.path, row.in_sdk, why))
    return tuple(Group(name, tuple(lines)) for name, lines in sorted(by_group.items()))


def page(operations: Sequence["Operation"]) -> str:
    """Return the page as markdown."""
    told = groups(operations)
    lines = [line for group in told for line in group.lines]
    of_sdk = [line for line in lines if line.in_sdk]
    summary = (
        f"\n{sum(not line.why for line in lines)} of {len(lines)} operations; of the {len(of_sdk)} in the official SDKs, "
        f"{sum(not line.why for line in of_sdk)}. Every other path answers 40008 and says why.\n"
    )
    return _HEAD + summary + "".join(_section(group) for group in told)


def _section(group: Group) -> str:
    rows = "".join(
        f"| {line.method} | `{line.path}/` | {'yes' if line.in_sdk else ''} | {_cell(line)} |\n" for line in group.lines
    )
    return (
        f"\n## {group.name} ({group.supported} of {len(group.lines)})\n\n"
        f"| Method | Path | SDK | Here |\n|---|---|---|---|\n{rows}"
    )


def _cell(line: Line) -> str:
    return f"no: {line.why}" if line.why else "**yes**"


def main() -> None:
    """Write the page."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vonk.config.settings")
    django.setup()
    import_module("vonk.wire.business.urls")  # Declares the operations.
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(import_module("vonk.wire.business.operation").OPERATIONS), encoding="utf-8")


if __name__ == "__main__":
    main()
