"""What is told of the business API: the catalogue of v1.3, the coverage page, the OpenAPI document."""

import json
import re
from pathlib import Path

from django.test import Client

from vonk.wire.business import catalogue, coverage, openapi, urls
from vonk.wire.business.asked import from_body, from_query
from vonk.wire.business.operation import OPERATIONS, Over

assert urls.PARTS, "Importing the addresses declares the operations."

REPOSITORY = Path(__file__).parents[3]


def test_every_operation_of_v1_3_is_declared_or_refused_with_a_reason() -> None:
    silent = [
        line.path for group in coverage.groups(OPERATIONS) for line in group.lines if line.why == "no reason is given"
    ]
    assert silent == []


def test_the_catalogue_knows_every_declared_operation_with_its_method() -> None:
    known = {(row.method, row.path) for row in catalogue.CATALOGUE}
    assert len(known) == len(catalogue.CATALOGUE), "A row is there twice."
    assert [one.name for one in OPERATIONS if (one.method.value, one.path) not in known] == []
    paths = {path for _, path in known}
    assert [path for one in OPERATIONS for path in one.also if path not in paths] == []


def test_every_reason_is_of_a_path_that_exists_and_is_not_served() -> None:
    declared = {path for one in OPERATIONS for path in (one.path, *one.also)}
    missing = [row.path for row in catalogue.CATALOGUE if row.path not in declared]
    idle = [one for one in catalogue.WHY if not any(f"{path}/".startswith(f"{one}/") for path in missing)]
    assert idle == [], "All under it is served by now: take the reason out."


def test_the_coverage_page_is_what_the_tables_say() -> None:
    written = (REPOSITORY / coverage.PAGE).read_text(encoding="utf-8")
    assert written == coverage.page(OPERATIONS), "Run: python -m vonk.wire.business.coverage"


def test_the_document_tells_every_operation_and_every_reference_resolves() -> None:
    answer = Client().get("/open_api/v1.3/openapi.json")
    document = json.loads(answer.content)
    assert (answer.status_code, document["openapi"]) == (200, "3.1.0")
    told = {told["operationId"] for methods in document["paths"].values() for told in methods.values()}
    assert told == {operation.name for operation in OPERATIONS}
    named = set(re.findall(r'"#/components/schemas/([^"]+)"', answer.content.decode()))
    assert named <= document["components"]["schemas"].keys()
    assert document["paths"]["/open_api/v1.3/user/info/"]["get"]["responses"]["200"]


def test_every_example_is_one_that_the_operation_reads() -> None:
    for one in OPERATIONS:
        example = openapi.example_of(one)
        if one.over in (Over.ADVERTISER, Over.BUSINESS):
            assert one.over_parameter in example, f"{one.name}: the example names what the right is over."
        if one.writes:
            assert from_body(one.asked, json.dumps(example).encode()), one.name
        else:
            texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in example.items()}
            assert from_query(one.asked, texts), one.name
