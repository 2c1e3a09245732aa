"""Judges a run of the market by the measures of delivery science §6, over the campaigns whose budget binds."""

from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from vonk.delivery.market import kernel
from vonk.delivery.market.kernel import Method, Run, Ways
from vonk.delivery.market.world import ENDLESS, MINUTES, Floats, Ints, World

_ROUNDS: Final = 14
BINDS_BELOW: Final = 0.97


class Figures(msgspec.Struct, frozen=True):
    """Shares are of 1, hours of a day."""

    method: str
    delivered: float
    delivered_p5: float
    tracking_mean: float  # Of |spent share - planned share| over minutes, days and campaigns.
    tracking_max: float  # Its highest in a day, on average over days and campaigns.
    spent_99_at: float  # The hour at which 99 % were spent, of those days on which they were.
    value_per_spend: float
    overspent_micros: int


# The reference's own figures, with its own market: method -> delivered, p5, tracking mean and max, hour, value per spend.
REFERENCE: Final[dict[str, tuple[float, float, float, float, float, float]]] = {
    "none (ASAP)": (0.997, 1.0, 0.258, 0.707, 10.5, 2.08),
    "skip probability +-10 % per minute": (0.997, 0.988, 0.0084, 0.0396, 23.4, 2.43),
    "PID on multiplier (1, .05, .05)": (0.999, 0.998, 0.0015, 0.0077, 23.5, 4.36),
    "PID (.3, .02, 0)": (0.999, 0.998, 0.0036, 0.0167, 23.2, 4.37),
    "dual mirror, eta .02": (1.0, 0.999, 0.0055, 0.0229, 23.4, 4.38),
    "dual mirror, eta .05": (0.999, 0.999, 0.0029, 0.0142, 23.4, 4.38),
    "dual mirror, eta .1": (1.0, 0.999, 0.0019, 0.0092, 23.4, 4.36),
    "EWMA log-ratio (.1, .1, .05)": (0.999, 0.999, 0.0056, 0.0209, 23.4, 4.36),
}


def binding(world: World, budgets: Ints) -> npt.NDArray[np.bool_]:
    """Tell whose budget binds where everybody bids what hindsight would: who then must bid below the full value.

    Multipliers are moved until each campaign's spend of all days meets its budgets, or its bid is whole.
    """
    bound = budgets < ENDLESS
    held = np.where(bound, 0.5, 1.0)
    wanted = np.where(bound, budgets, 0) * world.days
    for _ in range(_ROUNDS):
        spent = kernel.run(world, Ways("hindsight", Method.HELD), held=held).spent.sum(axis=0)
        moved = np.minimum(1.0, held * np.clip(wanted / np.maximum(spent, 1), 0.25, 4.0) ** 0.5)
        held = np.where(bound, moved, 1.0)
    return np.asarray(bound & (held < BINDS_BELOW))


def judge(name: str, world: World, run: Run, budgets: Ints, bound: npt.NDArray[np.bool_]) -> Figures:
    """Return the figures of a run over the campaigns whose budget binds."""
    limit = budgets[bound]
    by_day = np.cumsum(run.spent[:, bound].reshape(world.days, MINUTES, -1), axis=1)
    share: Floats = by_day / limit
    planned = np.cumsum(world.plan.reshape(world.days, MINUTES), axis=1)[:, :, None]
    error = np.abs(share - planned)
    delivered = share[:, -1, :].ravel()
    whole = share >= 0.99
    reached = np.argmax(whole, axis=1)[whole[:, -1, :]]
    return Figures(
        method=name,
        delivered=float(delivered.mean()),
        delivered_p5=float(np.quantile(delivered, 0.05)),
        tracking_mean=float(error.mean()),
        tracking_max=float(error.max(axis=1).mean()),
        spent_99_at=float(reached.mean() / 60) if len(reached) else 24.0,
        value_per_spend=float(run.value[bound].sum() / max(run.spent[:, bound].sum(), 1)),
        overspent_micros=int(np.maximum(by_day[:, -1, :] - limit, 0).sum()),
    )


def table(figures: list[Figures]) -> str:
    """Return the figures for people, each above the reference's."""
    lines = [f"{'method':38}{'delivered':>10}{'p5':>8}{'tracking':>10}{'max':>8}{'99 % at':>9}{'value':>7}{'over':>6}"]
    for of_one in figures:
        lines.append(
            f"{of_one.method:38}{of_one.delivered:>10.2%}{of_one.delivered_p5:>8.1%}{of_one.tracking_mean:>10.2%}"
            f"{of_one.tracking_max:>8.2%}{of_one.spent_99_at:>7.1f} h{of_one.value_per_spend:>7.2f}"
            f"{of_one.overspent_micros:>6}"
        )
        known = REFERENCE.get(of_one.method)
        if known is not None:
            lines.append(
                f"{'  the reference in its market':38}{known[0]:>10.1%}{known[1]:>8.1%}{known[2]:>10.2%}{known[3]:>8.2%}"
                f"{known[4]:>7.1f} h{known[5]:>7.2f}{0:>6}"
            )
    return "\n".join(lines)
