"""Problems of the areas name their own fields; whoever called the business API knows the fields that were sent."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from vonk.core.errors import Problem


@contextmanager
def named_as_sent(names: Mapping[str, str]) -> Iterator[None]:
    """Name the field of a problem that rises as the caller sent it; fields without a name of their own keep theirs."""
    try:
        yield
    except Problem as problem:
        sent = names.get(problem.field or "")
        if sent is not None:
            problem.field = sent
            if "field_name" in problem.values:
                problem.values["field_name"] = sent
            problem.args = (problem.fill(type(problem).message),)
        raise
