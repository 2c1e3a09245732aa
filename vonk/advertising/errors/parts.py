"""Problems of a part of a larger request."""

from collections.abc import Iterator
from contextlib import contextmanager

from vonk.core.errors import Problem


@contextmanager
def in_part(prefix: str) -> Iterator[None]:
    """Put ``prefix`` before the name of the field of a problem that rises: the part of a larger request at fault."""
    try:
        yield
    except Problem as problem:
        if problem.field is not None:
            problem.field = prefix + problem.field
            if "field_name" in problem.values:
                problem.values["field_name"] = problem.field
            problem.args = (problem.fill(type(problem).message),)
        raise
