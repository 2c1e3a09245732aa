"""The triggers that refuse to change or delete a transfer, whoever asks and in whatever language."""

from typing import Final

from django.db.backends.base.base import BaseDatabaseWrapper

TRIGGERS: Final = ("billing_transfer_append_only_update", "billing_transfer_append_only_delete")
_REFUSAL: Final = "transfers are appended, never changed"
_FUNCTION: Final = (
    "CREATE OR REPLACE FUNCTION billing_refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$"
)
_GUARD: Final[dict[str, tuple[str, ...]]] = {
    "sqlite": tuple(
        f"CREATE TRIGGER IF NOT EXISTS {trigger} BEFORE {act} ON billing_transfer "
        f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        for trigger, act in zip(TRIGGERS, ("UPDATE", "DELETE"), strict=True)
    ),
    "postgresql": (
        _FUNCTION,
        *(
            f"CREATE OR REPLACE TRIGGER {trigger} BEFORE {act} ON billing_transfer "
            "FOR EACH ROW EXECUTE FUNCTION billing_refuse_change()"
            for trigger, act in zip(TRIGGERS, ("UPDATE", "DELETE"), strict=True)
        ),
    ),
}
_LIFT: Final[dict[str, tuple[str, ...]]] = {
    "sqlite": tuple(f"DROP TRIGGER IF EXISTS {trigger}" for trigger in TRIGGERS),
    "postgresql": tuple(f"DROP TRIGGER IF EXISTS {trigger} ON billing_transfer" for trigger in TRIGGERS),
}


def guard(connection: BaseDatabaseWrapper) -> None:
    """Have the database refuse UPDATE and DELETE on transfers from now on."""
    _execute(connection, _GUARD[connection.vendor])


def lift(connection: BaseDatabaseWrapper) -> None:
    """Take the guard away: for the migration's way back and for emptying a database as a whole."""
    _execute(connection, _LIFT[connection.vendor])


def _execute(connection: BaseDatabaseWrapper, statements: tuple[str, ...]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
