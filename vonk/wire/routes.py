"""Which operation a method and a path mean."""

from collections.abc import Iterable
from typing import Final

from vonk.wire.errors import MethodMissing, RouteMissing
from vonk.wire.operation import OPERATIONS, Operation

SEGMENTS_MAX: Final = 12


class Routes:
    """Matches by segments; a fixed segment wins over a name in braces."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._operations = operations
        self._by_length: dict[int, list[tuple[tuple[str, ...], dict[str, Operation]]]] | None = None

    def match(self, method: str, path: str) -> tuple[Operation, dict[str, str]]:
        """Return the operation and what the path names. Raises RouteMissing, MethodMissing."""
        if "\0" in path:  # No database compares it.
            raise RouteMissing(path=path[:200])
        segments = tuple(path.strip("/").split("/"))[: SEGMENTS_MAX + 1]
        for template, methods in self._table().get(len(segments), []):
            named = _named(template, segments)
            if named is None:
                continue
            operation = methods.get("GET" if method == "HEAD" else method)
            if operation is None:
                raise MethodMissing(path=path[:200], method=method[:20], allowed=", ".join(sorted(methods)))
            return operation, named
        raise RouteMissing(path=path[:200])

    def _table(self) -> dict[int, list[tuple[tuple[str, ...], dict[str, Operation]]]]:
        if self._by_length is None:  # Built at the first request, when every file has declared its operations.
            found: dict[tuple[str, ...], dict[str, Operation]] = {}
            for operation in self._operations:
                template = tuple(operation.path.strip("/").split("/"))
                found.setdefault(template, {})[operation.method.value] = operation
            self._by_length = {}
            # Braces sort after letters, so fixed segments come first.
            for template, methods in sorted(found.items()):
                self._by_length.setdefault(len(template), []).append((template, methods))
        return self._by_length


def _named(template: tuple[str, ...], segments: tuple[str, ...]) -> dict[str, str] | None:
    named = {}
    for part, segment in zip(template, segments, strict=True):
        if part.startswith("{"):
            if not segment:
                return None
            named[part[1:-1]] = segment
        elif part != segment:
            return None
    return named


ROUTES: Final = Routes(OPERATIONS)
