"""What the declarations are documented as."""

import json
import re

from django.test import Client

from vonk.wire.operation import OPERATIONS


def test_the_document_tells_every_operation_and_every_reference_resolves() -> None:
    answer = Client().get("/platform/v1/openapi.json")
    document = json.loads(answer.content)
    assert (answer.status_code, document["openapi"]) == (200, "3.1.0")
    told = {told["operationId"] for methods in document["paths"].values() for told in methods.values()}
    assert told == {operation.name for operation in OPERATIONS}
    named = set(re.findall(r'"#/components/schemas/([^"]+)"', answer.content.decode()))
    assert named <= document["components"]["schemas"].keys()


def test_ids_are_strings_in_the_document() -> None:
    schemas = json.loads(Client().get("/platform/v1/openapi.json").content)["components"]["schemas"]
    assert schemas["IssuedConsent"]["properties"]["id"]["type"] == "string"
    assert schemas["PostFacts"]["properties"]["duet_of"]["anyOf"][0]["type"] == "string"
    assert schemas["NewPost"]["properties"]["sound_id"]["anyOf"][0]["type"] == "string"


def test_a_page_shows_every_operation() -> None:
    answer = Client().get("/platform/v1/docs")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert [operation.name for operation in OPERATIONS if f'id="{operation.name}"' not in page] == []


def test_every_write_with_a_body_has_an_example() -> None:
    bodies = [one for one in OPERATIONS if one.body.__struct_fields__ and not one.uploads]
    assert [operation.name for operation in bodies if operation.example is None] == []
