"""Which operation a method and a path mean. Slashes are folded: clients close paths with one, two or none."""

from collections.abc import Sequence
from typing import Final

from vonk.wire.business.catalogue import UNSUPPORTED
from vonk.wire.business.errors import MethodWrong, NotSupported, PathUnknown
from vonk.wire.business.operation import OPERATIONS, Operation

_PATH_CHARS_MAX: Final = 200


class Routes:
    """Finds declared operations; built at the first request, when every file has declared its own."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        self._operations = operations
        self._by_path: dict[str, dict[str, Operation]] | None = None

    def match(self, method: str, path: str) -> Operation:
        """Return the operation; raises PathUnknown, MethodWrong or NotSupported."""
        folded = "/".join(part for part in path.split("/") if part)
        methods = self._table().get(folded)
        if methods is None:
            why = UNSUPPORTED.get(folded)
            if why is not None:
                raise NotSupported(path=folded, why=why)
            raise PathUnknown(path=folded[:_PATH_CHARS_MAX])
        found = methods.get("GET" if method == "HEAD" else method)
        if found is None:
            raise MethodWrong(path=folded, method=method[:20], allowed=" or ".join(sorted(methods)))
        return found

    def _table(self) -> dict[str, dict[str, Operation]]:
        if self._by_path is None:
            table: dict[str, dict[str, Operation]] = {}
            for one in self._operations:
                for path in (one.path, *one.also):
                    for method in (one.method, one.also_method):
                        if method is not None:
                            known = table.setdefault(path, {}).setdefault(method.value, one)
                            assert known is one, f"{method} {path} is two operations."
            self._by_path = table
        return self._by_path


ROUTES: Final = Routes(OPERATIONS)
