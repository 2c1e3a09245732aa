"""Seals the codes of a list while its lines wait: opened by the job that redeems them, and by nobody else."""

import base64
from typing import Final

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_KEY_PURPOSE: Final = b"vonk.authorisation.imports/encrypt/1"


class LineSeals:
    """Seals and opens the codes of one list; a seal that lies in another list's line does not open there."""

    def __init__(self, key: bytes, import_id: int) -> None:
        purpose = _KEY_PURPOSE + b"/" + str(import_id).encode()
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(key)
        self._fernet = Fernet(base64.urlsafe_b64encode(derived))

    def seal(self, code: str) -> bytes:
        """Return the code, sealed."""
        return self._fernet.encrypt(code.encode())

    def open(self, sealed: bytes) -> str:
        """Return the code. cryptography's InvalidToken when another list's key sealed it."""
        return self._fernet.decrypt(sealed).decode()
