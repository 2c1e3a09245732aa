"""Olu's side of money: accounts, terms, vouchers, refunds, invoices, tax, an event followed to its transfers."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse

from tests.area.advertising.town import EUR
from tests.web.creator.stage import CAST, Stage, text_of
from vonk.billing import queries
from vonk.billing.actions import invoices, refunds
from vonk.billing.models import Invoice, Refund, TaxRate, Voucher
from vonk.control import event_log
from vonk.control.scope import Right, Scope
from vonk.events.log import Position
from vonk.events.records import EventRecord, Kind
from vonk.reporting import showing_events

MONEY = "/console/money/"
LISTS = ("money", "refunds", "invoices", "credit_notes", "holds", "event_money", "taxes")


def words(response: object) -> str:
    return text_of(response).replace("\N{NO-BREAK SPACE}", " ")  # type: ignore[arg-type]  # Whatever a client returns.


def ask(stage: Stage) -> int:
    stage.pay(10 * EUR)
    ada = Scope(
        person_id=stage.town.ada.person,
        rights=frozenset({Right.FUNDS_EDIT, Right.ACCOUNT_VIEW}),
        account_id=stage.town.ada.account,
    )
    return refunds.ask(ada, amount_micros=4 * EUR, reason="Over", reference="r", now=stage.now)


@pytest.mark.parametrize("name", LISTS)
def test_money_is_the_operators(stage: Stage, name: str) -> None:
    address = reverse(f"operator:{name}")

    codes = {person: stage.browser(person).get(address).status_code for person in CAST}

    assert codes == {**dict.fromkeys(CAST, 403), "Olu": 200}


def test_how_an_account_pays_is_set_and_a_voucher_granted(stage: Stage) -> None:
    stage.pay(EUR)
    account_id, olu = stage.town.ada.account, stage.browser("Olu")
    address = reverse("operator:account_money", args=[account_id])
    monthly = {"mode": "monthly", "credit_limit_micros": "500", "threshold_micros": "", "due_days": "14"}
    voucher = {"amount_micros": "25", "reason": "Welcome", "days": "30", "reference": "once"}

    assert "Ada's bread Prepaid 1.00 EUR 1.00 EUR" in words(olu.get(MONEY))
    assert olu.get(f"{MONEY}?account={account_id}").headers["Location"] == address
    assert olu.post(address, monthly).status_code == 302
    assert [olu.post(address, voucher).status_code for _ in range(2)] == [302, 302]
    found = queries.balance(account_id, now=stage.now)
    assert (found.micros, found.mode, Voucher.objects.count()) == (526 * EUR, "monthly", 1)
    refused = olu.post(address, monthly | {"credit_limit_micros": "0"})
    assert (refused.status_code, "A credit line is above 0" in words(refused)) == (422, True)
    mallory = stage.browser("Mallory")
    assert [mallory.post(address, sent).status_code for sent in (monthly, voucher | {"reference": "m"})] == [403, 403]
    assert Voucher.objects.count() == 1


def test_a_refund_is_decided(stage: Stage) -> None:
    refund_id = ask(stage)
    address, olu = reverse("operator:refund", args=[refund_id]), stage.browser("Olu")

    assert "Refunds to decide 1" in words(olu.get("/console/"))
    assert "Over" in words(olu.get(f"{MONEY}refunds/"))
    unknown = olu.post(address, {"act": "pay"})
    assert (unknown.status_code, "Done." in words(unknown)) == (422, False)
    assert olu.post(address, {"act": "decline", "answer": ""}).status_code == 422
    assert stage.browser("Ada").post(address, {"act": "approve"}).status_code == 403
    assert Refund.objects.get().state == "asked"
    assert olu.post(address, {"act": "approve"}).status_code == 302
    assert Refund.objects.get().state == "approved"
    again = olu.post(address, {"act": "decline", "answer": "No"})
    assert (again.status_code, "This refund is approved already." in words(again)) == (422, True)
    refunds.pay_out(stage.now + timedelta(minutes=1))
    assert "No refund waits for you" in words(olu.get(f"{MONEY}refunds/"))
    assert "Paid back" in words(olu.get(f"{MONEY}refunds/?show=all"))
    assert "Gone its way" in words(olu.get(f"{MONEY}holds/"))


def test_tax_is_set_in_percent(stage: Stage) -> None:
    olu = stage.browser("Olu")
    assert olu.post(f"{MONEY}taxes/", {"country": "NL", "percent": "20.5"}).status_code == 302
    assert TaxRate.objects.get().rate_ppm == 205_000
    assert "NL 20.50%" in words(olu.get(f"{MONEY}taxes/"))
    assert olu.post(f"{MONEY}taxes/", {"country": "NL", "percent": "51"}).status_code == 422


def test_an_invoice_is_noted_as_paid(stage: Stage) -> None:
    olu = stage.browser("Olu")
    address = reverse("operator:account_money", args=[stage.town.ada.account])
    olu.post(address, {"mode": "threshold", "credit_limit_micros": "9", "threshold_micros": "1", "due_days": ""})
    stage.happen(stage.town.approved_ad(), Kind.CLICK_DESTINATION, price=2 * EUR)
    invoices.issue(stage.now)
    invoice = Invoice.objects.get()

    assert "INV-" in words(olu.get(f"{MONEY}invoices/"))
    paid = reverse("operator:invoice", args=[invoice.pk])
    assert olu.post(paid, {"reference": "statement 3"}).status_code == 302
    assert queries.balance(stage.town.ada.account).owed_micros == 0
    assert olu.post(paid, {"reference": "statement 4"}).status_code == 422


def test_an_event_is_followed_to_its_transfers(stage: Stage) -> None:
    stage.pay(EUR)
    stage.happen(stage.town.approved_ad(), Kind.CLICK_DESTINATION, price=EUR // 2)
    olu = stage.browser("Olu")

    page = words(olu.get(f"{MONEY}events/?position=1"))

    assert "billed, price 0.50 EUR" in page
    assert "Charge advertiser platform revenue 1 0.50 EUR" in page
    assert "There is no event at this position." in words(olu.get(f"{MONEY}events/?position=99"))


def test_an_event_is_found_by_its_showing(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.pay(EUR)
    stage.happen(stage.town.approved_ad(), Kind.CLICK_DESTINATION, Kind.VIEW_6S, price=EUR // 2)
    with event_log.lent() as log:
        events = [stored.record for stored in log.read(Position(0), 10)]
    assert isinstance(events[0], EventRecord)
    assert isinstance(events[1], EventRecord)
    showing, olu = events[0].claims, stage.browser("Olu")
    token = settings.VONK_SIGNER.sign_showing(showing)

    for named in (str(showing.decision_id), token):
        page = words(olu.get(f"{MONEY}events/", {"showing": named}))
        assert f"Events of decision {showing.decision_id}." in page
        assert f"click destination {events[0].event_id} 1 0.50 EUR" in page
        assert f"{events[1].event_id} 2 0.00 EUR" in page
    one = olu.get(f"{MONEY}events/", {"showing": token, "event_id": events[1].event_id})
    assert ("?position=1" in one.content.decode(), "?position=2" in one.content.decode()) == (False, True)
    for wrong in ("no token", token[:-4]):
        assert "neither a decision's id" in words(olu.get(f"{MONEY}events/", {"showing": wrong}))
    assert "No events found" in words(olu.get(f"{MONEY}events/", {"showing": "12345678"}))
    assert "Name a position of the log, or a showing." in words(olu.get(f"{MONEY}events/?position=&showing="))

    monkeypatch.setattr(showing_events, "RECORDS_MAX", 1)
    bounded = olu.get(f"{MONEY}events/", {"showing": token})
    assert "The search ended after 1 records" in words(bounded)
    more = f"?showing={showing.decision_id}&amp;event_id=&amp;after=1"
    assert more in bounded.content.decode()
    assert events[1].event_id in words(olu.get(f"{MONEY}events/{more.replace('&amp;', '&')}"))
