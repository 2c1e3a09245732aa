"""The client believes what the platform signs, and nothing else."""

import pytest
from vonk_client.webhooks import SignatureInvalid, verify

from vonk.control.webhooks.rules import signature

BODY, SECRET, NOW = b'{"id":"1"}', "whsec_new", 1_700_000_000


def test_what_the_platform_signs_is_believed() -> None:
    verify(BODY, signature([SECRET], BODY, NOW), SECRET, NOW + 300)
    both = signature([SECRET, "whsec_former"], BODY, NOW)
    verify(BODY, both, SECRET, NOW)
    verify(BODY, both, "whsec_former", NOW)


@pytest.mark.parametrize(
    ("body", "header", "secret", "now"),
    [
        (BODY + b" ", signature([SECRET], BODY, NOW), SECRET, NOW),
        (BODY, signature([SECRET], BODY, NOW), "whsec_other", NOW),
        (BODY, signature([SECRET], BODY, NOW), SECRET, NOW + 301),
        (BODY, signature([SECRET], BODY, NOW), SECRET, NOW - 301),
        (BODY, signature([SECRET], BODY, NOW).replace(f"t={NOW}", f"t={NOW + 1}"), SECRET, NOW),
        (BODY, f"t={NOW}," + signature([SECRET], BODY, NOW), SECRET, NOW),
        (BODY, f"t={NOW}", SECRET, NOW),
        (BODY, f"t={NOW},v1=", SECRET, NOW),
        (BODY, "", SECRET, NOW),
        (BODY, "v1=é", SECRET, NOW),
        (BODY, "t=1," * 1_000, SECRET, NOW),
    ],
)
def test_anything_else_is_refused(body: bytes, header: str, secret: str, now: int) -> None:
    with pytest.raises(SignatureInvalid):
        verify(body, header, secret, now)
