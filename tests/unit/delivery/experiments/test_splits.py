"""Splits over any number of arms."""

import numpy as np
import pytest

from vonk.delivery.experiments import proportions
from vonk.delivery.experiments.splits import balance, broken, chi_square_above


@pytest.mark.parametrize(
    ("value", "degrees", "above"),
    [(3.841459, 1, 0.05), (5.991465, 2, 0.05), (7.814728, 3, 0.05), (18.307038, 10, 0.05), (20.515006, 5, 0.001), (0, 4, 1)],
)  # fmt: skip
def test_the_tables_values(value: float, degrees: int, above: float) -> None:
    assert chi_square_above(value, degrees) == pytest.approx(above, rel=1e-5)


def test_two_arms_are_what_two_arms_were() -> None:
    assert balance([480, 520]) == pytest.approx(proportions.balance(480, 520))
    assert balance([]) == balance([7]) == balance([0, 0]) == 1.0


def test_a_fair_split_is_called_broken_once_in_a_thousand_and_a_skewed_one_always() -> None:
    rng = np.random.default_rng(4)
    fair = rng.multinomial(9_000, [1 / 3] * 3, size=2_000)
    assert sum(broken(arms.tolist()) for arms in fair) <= 8
    skewed = rng.multinomial(9_000, [0.38, 0.31, 0.31], size=100)
    assert all(broken(arms.tolist()) for arms in skewed)
