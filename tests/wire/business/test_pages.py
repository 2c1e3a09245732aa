"""The developers' pages: everything that is declared is shown, and no page leads nowhere."""

import ast
import re
from pathlib import Path, PurePosixPath

import pytest
from django.test import Client

from vonk.authorisation.errors.table import TABLE
from vonk.wire.business import errors, pages, texts, urls
from vonk.wire.business.operation import OPERATIONS

assert urls.PARTS, "Importing the addresses declares the operations."

ADDRESSES = ["/developers/", *(f"/developers/{page}/" for page in (*pages.TITLES, "coverage", "console") if page)]


def read(address: str) -> str:
    answer = Client().get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


@pytest.mark.django_db
def test_every_page_is_open_to_everybody_and_its_links_lead_somewhere() -> None:
    groups = sorted({one.group for one in OPERATIONS})
    found = {address: read(address) for address in (*ADDRESSES, *(f"/developers/operations/{one}/" for one in groups))}
    assert Client().get("/developers/operations/nothing/").status_code == 404
    inside = {link for page in found.values() for link in re.findall(r'href="(/developers/[^"#]*)', page)}
    assert sorted(inside - found.keys() - {"/developers/apps/"}) == []
    for one in OPERATIONS:
        assert f'id="{one.name}"' in found[f"/developers/operations/{one.group}/"], one.name
        assert f'value="{one.name}"' in found["/developers/console/"]
    for number in {*errors.CODES.values(), *errors.CODE_OF_KIND.values()}:
        assert f"<code>{number}</code>" in found["/developers/errors/"], number
    assert [row.code for row in TABLE if f'id="error-{row.code}"' not in found["/developers/errors/"]] == []


def test_a_text_becomes_a_page_and_its_links_become_addresses() -> None:
    page = texts.html("wire/README.md")
    assert '<h1 id="business-api">' in page
    assert 'href="/developers/differences/"' in page
    assert ".md" not in re.sub(r"<code>.*?</code>", "", page)
    assert texts.page_of(PurePosixPath("areas/wire.md")) is None


def test_a_built_package_carries_every_text() -> None:
    repository = Path(__file__).parents[3]
    tree = ast.parse((repository / "setup.py").read_text(encoding="utf-8"))
    (patterns,) = (
        ast.literal_eval(one.value)
        for one in tree.body
        if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == "TEXTS"
    )
    docs = repository / "docs"
    carried = {str(path.relative_to(docs)) for pattern in patterns for path in docs.glob(pattern)}
    assert {text for shown in texts.PAGES.values() for text in shown} <= carried
    assert {f"wire/{path.name}" for path in docs.glob("wire/*.md")} <= carried
