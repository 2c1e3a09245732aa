"""Mallory should not get in: tries the addresses of others."""

from collections.abc import Iterable

from tests.web.journey.person import Person


class Mallory(Person):
    name = "mallory"

    def tries(self, paths: Iterable[str]) -> dict[str, int]:
        """Return the status that each address answers with; 302 where it leads somewhere else."""
        found = {}
        with self.watch.expecting(403, 404):
            for path in paths:
                response = self.page.goto(path)
                assert response is not None
                found[path] = response.status if self.path == path else 302
        return found
