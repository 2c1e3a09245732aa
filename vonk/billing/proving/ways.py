"""Every transfer goes the way of its reason, between accounts of one currency and of those whom it concerns."""

from typing import Final

from django.db import connection

from vonk.billing.ledger import WAYS, AccountKind, Reason
from vonk.billing.proving.checks import Check, Finding

# One statement: transfers with their accounts, and the ad account that each of the two belongs to, if it does to one.
_SIDE: Final = """
    CASE {0}.kind
        WHEN 'advertiser' THEN {0}.owner_id WHEN 'credit' THEN {0}.owner_id WHEN 'refund' THEN {0}.owner_id
        WHEN 'voucher' THEN (SELECT account_id FROM billing_voucher WHERE billing_voucher.id = {0}.owner_id)
        WHEN 'hold' THEN (SELECT account_id FROM billing_hold WHERE billing_hold.id = {0}.owner_id)
    END
"""
_STATEMENT: Final = f"""
    SELECT transfer.key, transfer.reason, transfer.currency, transfer.amount_micros, transfer.account_id,
           debit.kind, debit.owner_id, debit.currency, {_SIDE.format("debit")},
           credit.kind, credit.owner_id, credit.currency, {_SIDE.format("credit")}
    FROM billing_transfer AS transfer
    LEFT JOIN billing_ledger_account AS debit ON debit.id = transfer.debit_id
    LEFT JOIN billing_ledger_account AS credit ON credit.id = transfer.credit_id
    ORDER BY transfer.id
"""  # noqa: S608 - of our own words.
_PLATFORMS: Final = frozenset({"payment_provider", "platform_revenue", "tax", "write_off"})  # Whose owner is nobody.


def check() -> Check:
    """Hold the two accounts of each transfer against its reason."""
    finding = Finding("transfers_go_their_way")
    with finding.timed(), connection.chunked_cursor() as cursor:
        cursor.execute(_STATEMENT)
        for row in cursor:
            finding.count()
            key, reason, currency, micros, account_id, *sides = row
            debit, credit = tuple(sides[:4]), tuple(sides[4:])
            if not _allowed(reason, debit[0], credit[0]) or not _of_one(reason, account_id, debit, credit):
                finding.complain(f"{key}: goes from {debit[0]} {debit[1]} to {credit[0]} {credit[1]}")
            if {debit[2], credit[2]} != {currency}:
                finding.complain(f"{key}: is in {currency}, its accounts are not")
            if micros <= 0:
                finding.complain(f"{key}: moves {micros}")
    return finding.check()


def _allowed(reason: str, debit: str, credit: str) -> bool:
    try:
        return WAYS[Reason(reason)].allows(AccountKind(debit), AccountKind(credit))
    except (ValueError, KeyError):
        return False


def _of_one(
    reason: str,
    account_id: int | None,
    debit: tuple[str, int, str, int | None],
    credit: tuple[str, int, str, int | None],
) -> bool:
    """Tell whether both sides are those of the ad account concerned, and the platform's own are nobody's."""
    concerned = set()
    for kind, owner_id, _, of_account in (debit, credit):
        if kind in _PLATFORMS and owner_id != 0:
            return False
        if kind not in _PLATFORMS and kind != AccountKind.CREATOR_EARNINGS:
            concerned.add(of_account)
    if None in concerned or len(concerned) > 1:
        return False
    if concerned and reason in {Reason.CHARGE, Reason.CREDIT_NOTE}:
        return concerned == {account_id}
    return True
