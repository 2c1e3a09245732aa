"""The console's tests stand on the studio's stage."""

from tests.web.creator.conftest import stage

__all__ = ["stage"]
