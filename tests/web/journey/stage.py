"""What every journey needs of a platform: an operator, and where the tour's pictures go."""

import subprocess
from pathlib import Path

from tests.web.journey.person import PASSWORD
from tests.wire.serving import VONK, environment

TOUR = Path(__file__).parents[3] / "docs/tour"


def create_operator(data: Path) -> None:
    """Make Olu, who reviews."""
    command = [*VONK, "admin", "create-operator", "--data", str(data), "--email", "olu@example.org", "--handle", "olu"]
    subprocess.run(
        [*command, "--password-stdin"], input=PASSWORD.encode(), check=True, env=environment(), capture_output=True
    )
