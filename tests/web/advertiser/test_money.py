"""Ada's money: sources, tax before paying, refunds, statements, invoices, credit notes; and nobody else's."""

from datetime import timedelta

import pytest
from django.conf import settings

from tests.area.advertising.town import EUR
from tests.web.creator.stage import CAST, Stage, text_of
from vonk.billing.actions import findings, invoices, terms, upkeep, vouchers
from vonk.billing.funding import Mode
from vonk.billing.models import CreditNote, Invoice, Payment, Refund
from vonk.config import wiring
from vonk.control.scope import Right, Scope
from vonk.events.records import Kind
from vonk.identity.models import Membership, Person

FUNDS = "/advertiser/funds/"
OLU = Scope(person_id=9, rights=frozenset({Right.OPERATE}))


@pytest.fixture
def busy(stage: Stage) -> Stage:
    """Ada's account after a click for half a euro, with a voucher, tax and a credit line with an open invoice."""
    account_id = stage.town.ada.account
    stage.pay(EUR)
    terms.set_tax(OLU, country="NL", rate_ppm=210_000, now=stage.now)
    terms.set_terms(
        OLU, account_id, mode=Mode.THRESHOLD, credit_limit_micros=50 * EUR, threshold_micros=EUR, now=stage.now
    )
    vouchers.grant(
        OLU,
        account_id,
        amount_micros=EUR,
        reason="Welcome",
        reference="v",
        expires_at=stage.now + timedelta(days=30),
        now=stage.now,
    )
    ad_id = stage.town.approved_ad()
    for price in (EUR // 2, 2 * EUR, EUR // 2):
        stage.happen(ad_id, Kind.CLICK_DESTINATION, price=price)
    invoices.issue(stage.now)
    return stage


def find(stage: Stage, *positions: int) -> CreditNote:
    log = wiring.event_log(settings.VONK)
    try:
        findings.reverse(OLU, log, positions=positions, rule="too_many", reason="One machine", now=stage.now)
    finally:
        log.close()
    return CreditNote.objects.get()


def words(response: object) -> str:
    return text_of(response).replace("\N{NO-BREAK SPACE}", " ")  # type: ignore[arg-type]  # Whatever a client returns.


def test_the_balance_is_told_by_source(busy: Stage) -> None:
    page = words(busy.browser("Ada").get(FUNDS))

    assert "Balance 49.00 EUR" in page
    assert "Owed 1.00 EUR of 50.00 EUR credit" in page
    assert "Spent 3.00 EUR" in page
    assert "Spend by day" in page
    assert "Collected as it is owed" in page


def test_tax_is_shown_before_it_is_paid(busy: Stage) -> None:
    ada, asked = busy.browser("Ada"), {"amount_micros": "100", "provider_reference": "with-tax"}
    before = Payment.objects.count()

    shown = words(ada.post(FUNDS, asked))
    assert "Added to the balance 100.00 EUR Tax (21.0%) 21.00 EUR You pay 121.00 EUR" in shown
    assert Payment.objects.count() == before

    assert ada.post(FUNDS, asked | {"confirmed": "1"}).status_code == 302
    assert Payment.objects.latest("pk").tax_micros == 21 * EUR


def test_a_refund_is_confirmed_first_and_then_waits(stage: Stage) -> None:
    stage.pay(10 * EUR)
    ada, asked = stage.browser("Ada"), {"amount_micros": "4", "reason": "Done <here>", "reference": "r1"}

    assert "Ask for 4.00 EUR" in words(ada.post(f"{FUNDS}refunds/", asked))
    assert not Refund.objects.exists()
    assert ada.post(f"{FUNDS}refunds/", asked | {"confirmed": "1"}).status_code == 302
    assert ada.post(f"{FUNDS}refunds/", asked | {"confirmed": "1"}).status_code == 302
    assert Refund.objects.get().amount_micros == 4 * EUR
    page = words(ada.get(f"{FUNDS}refunds/"))
    assert "Done <here> Asked for 4.00 EUR" in page
    assert "There are 6.00 EUR of unspent cash." in page
    too_much = ada.post(f"{FUNDS}refunds/", asked | {"amount_micros": "7", "reference": "r2", "confirmed": "1"})
    assert (too_much.status_code, "At most 6.00 EUR can be paid back." in words(too_much)) == (422, True)


def test_an_invoice_is_read_and_paid(busy: Stage) -> None:
    ada, invoice = busy.browser("Ada"), Invoice.objects.get()

    assert "INV-" in words(ada.get(f"{FUNDS}invoices/"))
    assert "To pay 1.21 EUR" in words(ada.get(f"{FUNDS}invoices/{invoice.pk}/"))
    assert ada.post(f"{FUNDS}invoices/{invoice.pk}/").status_code == 302
    assert ada.post(f"{FUNDS}invoices/{invoice.pk}/").status_code == 409
    assert "Pay 1.21 EUR" not in words(ada.get(f"{FUNDS}invoices/{invoice.pk}/"))


def test_statements_are_pages_and_files(busy: Stage) -> None:
    ada = busy.browser("Ada")
    page = ada.get(f"{FUNDS}statements/?month={busy.now:%Y-%m}")
    local = busy.now.date().isoformat()

    assert "Opening balance" in words(page)
    (row,) = page.context["page"].table.rows
    assert [cell.text.replace("\N{NO-BREAK SPACE}", " ") for cell in row[1:]] == [
        "0.00",
        "1.00",
        "1.00",
        "-3.00",
        "-1.00",
    ]
    month = b"".join(ada.get(f"{FUNDS}statements.csv?month={busy.now:%Y-%m}")).decode()
    assert f"{local},EUR,0.00,1.00,1.00,-3.00,-1.00" in month
    day = b"".join(ada.get(f"{FUNDS}statements/{local}.csv")).decode()
    assert day.count(",charge,") == 5  # The second click was paid from three sources.
    for wrong in ("2026-02-30", "9999-12-31", "today"):
        assert ada.get(f"{FUNDS}statements/{wrong}.csv").status_code == 404
    for odd in ("", "1", "2026-13", "0001-01", "9999-12"):
        assert ada.get(f"{FUNDS}statements/?month={odd}").status_code == 200


def test_a_credit_note_is_read_with_its_events(busy: Stage) -> None:
    note = find(busy, 1, 3)
    ada = busy.browser("Ada")

    assert "One machine 2 1.00 EUR" in words(ada.get(f"{FUNDS}credit-notes/"))
    assert "2 events were billed and found invalid later." in words(ada.get(f"{FUNDS}credit-notes/{note.pk}/"))
    lines = b"".join(ada.get(f"{FUNDS}credit-notes/{note.pk}.csv")).decode().splitlines()
    assert [line.split(",")[1] for line in lines[1:]] == ["3", "1"]
    assert Invoice.objects.get().credited_micros == EUR // 2


@pytest.mark.parametrize("path", ["statements/", "invoices/", "credit-notes/", "refunds/"])
def test_empty_pages_say_what_belongs_there(stage: Stage, path: str) -> None:
    page = stage.browser("Ada").get(FUNDS + path)

    assert page.status_code == 200
    assert "v-empty" in page.content.decode()


def test_nobody_else_reads_or_pays(busy: Stage) -> None:
    note, invoice = find(busy, 1), Invoice.objects.get()
    paths = [f"invoices/{invoice.pk}/", f"credit-notes/{note.pk}/", f"credit-notes/{note.pk}.csv"]
    before = Payment.objects.count()
    for name in CAST:
        if name == "Ada":
            continue
        browser = busy.browser(name)
        for path in paths:
            assert browser.get(FUNDS + path).status_code in {302, 404}, (name, path)
        browser.post(f"{FUNDS}invoices/{invoice.pk}/")
        browser.post(f"{FUNDS}refunds/", {"amount_micros": "1", "reason": "m", "reference": "m", "confirmed": "1"})
    assert (Payment.objects.count(), Refund.objects.count()) == (before, 0)


def test_a_stopped_account_is_told_why(busy: Stage) -> None:
    terms.set_terms(
        OLU, busy.town.ada.account, mode=Mode.MONTHLY, credit_limit_micros=50 * EUR, due_days=0, now=busy.now
    )
    Invoice.objects.update(mode="monthly", next_attempt_at=None)
    upkeep.keep_up(busy.now + timedelta(seconds=1))
    page = words(busy.browser("Ada").get(FUNDS))
    assert "An invoice is overdue. Your ads stand still until it is paid. Show the invoices" in page
    assert "Balance 0.00 EUR" in page
    assert "Your ads stand still An invoice is overdue." in words(busy.browser("Ada").get("/advertiser/"))


@pytest.mark.parametrize(("role", "pays"), [("finance_manager", True), ("finance_analyst", False)])
def test_finance_roles_see_money_and_only_the_manager_moves_it(busy: Stage, role: str, pays: bool) -> None:  # noqa: FBT001 - a parameter of the test.
    person = Person.objects.get(email="vik@example.org")
    Membership.objects.create(account_id=busy.town.ada.account, person=person, role=role)
    vik, invoice = busy.browser("Vik"), Invoice.objects.get()

    assert "Balance 49.00 EUR" in words(vik.get(FUNDS))
    assert ("Pay 1.21 EUR" in words(vik.get(f"{FUNDS}invoices/{invoice.pk}/"))) is pays
    assert vik.post(f"{FUNDS}invoices/{invoice.pk}/").status_code == (302 if pays else 403)
    assert vik.get("/advertiser/campaigns/new/").status_code == 403
