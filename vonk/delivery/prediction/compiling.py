"""How kernels are compiled: kept beside the source, and without counting who holds an array."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

_Kernel = TypeVar("_Kernel", bound=Callable[..., Any])


def compiled(**options: Any) -> Callable[[_Kernel], _Kernel]:
    """Return a decorator that compiles a kernel on its first call. ``options`` are Numba's.

    A kernel may not make arrays: the caller holds all of them while it runs, so nobody counts. Counted, each helper's arrays cost
    ten nanoseconds apiece, which was most of the time of a prediction.
    """
    jit: Any = njit  # Numba declares neither ``_nrt`` nor options as a dictionary.
    return cast("Callable[[_Kernel], _Kernel]", jit(cache=True, _nrt=False, **options))
