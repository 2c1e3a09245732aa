"""What may be pushed: each limit of reference §4 at its edge, refused by name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vonk.content.errors import (
    PushBitRateTooLow,
    PushDurationNotSupported,
    PushFormatNotSupported,
    PushResolutionTooLow,
    PushTooLarge,
)
from vonk.content.pushes import Measures, floor_of, refusal
from vonk.core.errors import Problem


def measures(**changed: object) -> Measures:
    values: dict[str, object] = {
        "name": "loaf.mp4",
        "container": "mov",
        "source_bytes": 4_000_000,
        "duration_ms": 10_000,
        "width": 1080,
        "height": 1920,
    }
    return Measures(**{**values, **changed})  # type: ignore[arg-type]  # Built from names.


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({}, None),
        ({"container": "mpeg", "name": "loaf"}, None),
        ({"container": "matroska"}, PushFormatNotSupported),  # Whatever its name says.
        ({"container": "", "name": "LOAF.MOV"}, None),  # From before containers were kept.
        ({"container": "", "name": "loaf.webm"}, PushFormatNotSupported),
        ({"container": "", "name": ".mp4"}, PushFormatNotSupported),
        ({"source_bytes": 500_000_000}, None),
        ({"source_bytes": 500_000_001}, PushTooLarge),
        ({"duration_ms": 5_000}, None),
        ({"duration_ms": 4_899}, PushDurationNotSupported),
        ({"duration_ms": 0}, PushDurationNotSupported),
        ({"duration_ms": 60_000, "source_bytes": 20_000_000}, None),
        ({"duration_ms": 60_101, "source_bytes": 20_000_000}, PushDurationNotSupported),
        ({"source_bytes": 3_125_000}, None),
        ({"source_bytes": 3_123_749}, PushBitRateTooLow),
        ({"width": 540, "height": 960}, None),
        ({"width": 538, "height": 960}, PushResolutionTooLow),
        ({"width": 960, "height": 540}, None),
        ({"width": 960, "height": 538}, PushResolutionTooLow),
        ({"width": 640, "height": 640}, None),
        ({"width": 638, "height": 638}, PushResolutionTooLow),
        ({"width": 720, "height": 900}, None),  # 4:5
        ({"width": 536, "height": 670}, PushResolutionTooLow),
    ],
)
def test_each_limit_has_its_name(changed: dict[str, object], problem: type[Problem] | None) -> None:
    found = refusal(measures(**changed))
    assert (type(found) if found is not None else None) is problem
    assert found is None or "%" not in found.fill(found.message), "Its text is whole."


@given(st.integers(2, 1_920), st.integers(2, 1_920))
def test_a_larger_picture_of_the_same_shape_is_never_worse(width: int, height: int) -> None:
    small = refusal(measures(width=width, height=height))
    large = refusal(measures(width=width * 2, height=height * 2))
    assert small is not None or large is None
    width_min, height_min = floor_of(width, height)
    assert min(width_min, height_min) >= 540
    assert max(width_min, height_min) <= 960
