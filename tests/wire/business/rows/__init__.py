"""What each operation is tried with, one file a group; ``test_cast`` tries it as each of the cast."""

import msgspec

ADA = ("ada",)
PEOPLE = ("vik", "cleo", "ada", "olu", "mallory")


class Row(msgspec.Struct, frozen=True):
    """What is asked (``{name}`` stands for the town's id), and who of the cast is answered ``code``.

    Everybody else is refused with ``refused``, and nothing changes. ``files``: parts of a multipart body.
    """

    asked: dict[str, object] = {}
    may: tuple[str, ...] = ADA
    code: int = 0
    refused: int = 40001
    files: dict[str, bytes] = {}
