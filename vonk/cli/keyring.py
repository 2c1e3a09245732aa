"""The keys that sign tokens, from a terminal: rotate them, and make host apps' keys with them."""

from pathlib import Path

import typer

from vonk.cli.start import refuse
from vonk.config import keys, wiring
from vonk.core.clock import DAY_MS, MachineClock
from vonk.core.errors import Problem
from vonk.events.tokens import HostClaims


def rotate(data: Path, *, force: bool, confirmed: bool) -> None:
    """Rotate the keys of tokens, after asking; ends the command when that would lose events, unless forced."""
    try:
        plan = keys.plan_rotation(data)
        typer.echo(_told(plan, force=force))
        if plan.loses and not force:
            keys.rotate(data, plan, force=False)  # Refuses, and says why.
        if not confirmed:
            typer.confirm("Rotate?", abort=True)
        keys.rotate(data, plan, force=force)
    except Problem as problem:
        refuse(f"{problem} {problem.fill(problem.cause)} {problem.fill(problem.remedy)}")
    except (OSError, ValueError) as error:
        refuse(str(error))
    typer.echo("The keys are rotated. Running processes use the new one within a second.")


def rotate_receipts(data: Path) -> None:
    """Rotate the key that signs receipts."""
    try:
        keys.rotate_receipts(data)
    except (OSError, ValueError) as error:
        refuse(str(error))
    typer.echo("Receipts are signed with a new key from now on. The former one is still published.")


def host_key(data: Path, *, name: str, days: int) -> str:
    """Return a new key of a host app's server; refuses a directory without keys."""
    try:
        signer = wiring.signer(data)
    except (OSError, ValueError) as error:
        refuse(str(error))
    return signer.sign_host(HostClaims(name, MachineClock().now_ms() + days * DAY_MS))


def _told(plan: keys.Rotation, *, force: bool) -> str:
    lines = [f"The key in use is {plan.made_ago_seconds / 86_400:.1f} days old. It will read tokens, and sign none."]
    if plan.drops:
        lines.append("The key before it goes: host keys (`vonk token host`) that were made with it end now.")
    if plan.loses and force:
        lines.append(
            "Tokens signed with that one less than seven days ago still count. Their events will be refused, and what"
            " they would have billed is lost."
        )
    return "\n".join(lines)
