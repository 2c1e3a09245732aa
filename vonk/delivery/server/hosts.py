"""Host apps' servers, known by their key: they speak for their viewers, and their own address and user agent say nothing."""

from typing import ClassVar

from vonk.core.errors import Actor, Forbidden, SignInRequired
from vonk.delivery.server.runtime import Runtime
from vonk.events.tokens import HostClaims, TokenExpired, TokenInvalid


class HostKeyInvalid(Forbidden):
    """A request came with a key that is not, or is no longer, a host's."""

    code = "host_key_invalid"
    message = "The host key is not good: %(reason)s."
    cause = "It was changed, has expired, was made with a key that has since been retired, or is another kind of token."
    remedy = "The operator makes a new one with `vonk token host`."
    actor: ClassVar[Actor] = Actor.OPERATOR


def check(runtime: Runtime, authorization: bytes) -> HostClaims:
    """Return which host sends the request; SignInRequired without a bearer token, HostKeyInvalid with a bad one."""
    scheme, _, key = authorization.partition(b" ")
    if scheme.lower() != b"bearer" or not key.strip():
        raise SignInRequired
    try:
        return runtime.signer.read_host(key.strip().decode("latin-1"), now_ms=runtime.clock.now_ms())
    except TokenInvalid as error:
        raise HostKeyInvalid(reason=error.reason) from error
    except TokenExpired as error:
        raise HostKeyInvalid(reason=error.code) from error
