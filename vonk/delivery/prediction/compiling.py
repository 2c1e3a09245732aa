"""How kernels are compiled: kept beside the source, and without counting who holds an array."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar, cast

from numba import njit

_Kernel = TypeVar("_Kernel", bound=Callable[..., Any])


def digest_of(directory: Path) -> str:
    """Return what changes with any source file of the directory."""
    found = hashlib.sha256()
    for path in sorted(directory.glob("*.py")):
        found.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


SOURCES: Final = digest_of(Path(__file__).parent)
"""Of all files that kernels take constants and each other from: Numba itself looks only at the file that a kernel is in."""


def compiled(**options: Any) -> Callable[[_Kernel], _Kernel]:
    """Return a decorator that compiles a kernel on its first call. ``options`` are Numba's.

    A kernel may not make arrays: the caller holds all of them while it runs, so nobody counts. Counted, each helper's arrays cost
    ten nanoseconds apiece, which was most of the time of a prediction.
    """
    jit: Any = njit  # Numba declares neither ``_nrt`` nor options as a dictionary.

    def compile_it(kernel: _Kernel) -> _Kernel:
        dispatcher = jit(cache=True, _nrt=False, **options)(kernel)
        kept = dispatcher._cache._cache_file  # noqa: SLF001 - there is no other way to tell Numba what else counts.
        kept._source_stamp = (kept._source_stamp, SOURCES)  # noqa: SLF001 - likewise.
        return cast("_Kernel", dispatcher)

    return compile_it
