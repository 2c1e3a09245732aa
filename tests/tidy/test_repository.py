"""The repository tests itself: what review forgets."""

import ast
import re
import subprocess
import tomllib
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver
from typer.core import TyperGroup
from typer.main import get_command

from scripts import catalogues
from vonk.authorisation.errors import table
from vonk.cli.main import app
from vonk.config.options import OPTIONS
from vonk.delivery.matching.refusals import REFUSALS, Refusal
from vonk.events.conversions.contract import STANDARD_NAMES
from vonk.events.conversions.refusals import ConversionRefusal
from vonk.events.records import Kind
from vonk.events.rules import INVALID_RULES, InvalidRule
from vonk.events.validity import EVENT_REFUSALS, DuplicateReason, EventRefusal
from vonk.wire.errors import STATUS_OF_KIND

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "vonk"
MARKS = ("TO" + "DO", "FIX" + "ME", "X" * 3 + " ", "Not" + "ImplementedError")


def files(*suffixes: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    return [ROOT / name for name in listed if name.endswith(suffixes) and (ROOT / name).is_file()]


def own_modules() -> list[Path]:
    return [path for path in files(".py") if "migrations" not in path.parts]


def test_nothing_is_left_unfinished() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {mark}"
        for path in own_modules()
        for mark in MARKS
        if re.search(rf"\b{mark}\b", path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_imports_stand_at_the_top() -> None:
    found = []
    for path in own_modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                found += [
                    f"{path.relative_to(ROOT)}:{inner.lineno}"
                    for inner in ast.walk(node)
                    if isinstance(inner, ast.Import | ast.ImportFrom)
                ]
    assert found == []


def test_every_suppression_has_its_reason() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in own_modules()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"#\s*(noqa|type:\s*ignore)(:\s*[A-Z0-9, ]+|\[[a-z-, ]+\])?\s*$", line)
    ]
    assert found == []


@pytest.mark.django_db
def test_migrations_match_the_models() -> None:
    out = StringIO()
    call_command("makemigrations", check=True, dry_run=True, stdout=out)
    assert "No changes detected" in out.getvalue()


def test_every_setting_is_documented() -> None:
    page = (ROOT / "docs/operating/settings.md").read_text(encoding="utf-8")
    assert [option.name for option in OPTIONS if f"`{option.name}`" not in page] == []


def test_every_command_is_documented() -> None:
    pages = (ROOT / "docs/operating/README.md").read_text(encoding="utf-8")
    group = get_command(app)
    assert isinstance(group, TyperGroup)
    found = []
    for name, command in group.commands.items():
        below = [f"{name} {inner}" for inner in command.commands] if isinstance(command, TyperGroup) else [name]
        found += [words for words in below if f"vonk {words}" not in pages]
    assert found == []


def test_every_refusal_and_kind_of_event_is_documented() -> None:
    delivery = (ROOT / "docs/areas/delivery.md").read_text(encoding="utf-8")
    events = (ROOT / "docs/areas/events.md").read_text(encoding="utf-8")
    assert [refusal for refusal in Refusal if f"| `{refusal}` |" not in delivery] == []
    named = (*EventRefusal, *DuplicateReason, *InvalidRule, *Kind)
    assert [name for name in named if f"| `{name}` |" not in events] == []
    conversions = (ROOT / "docs/areas/conversions.md").read_text(encoding="utf-8")
    assert [name for name in (*ConversionRefusal, *STANDARD_NAMES) if f"`{name}`" not in conversions] == []


def test_every_refusal_says_what_can_be_done() -> None:
    assert set(REFUSALS) == set(Refusal)
    assert set(EVENT_REFUSALS) == set(EventRefusal)
    assert set(INVALID_RULES) == set(InvalidRule)
    assert all(entry.cause and entry.remedy for entry in REFUSALS.values())
    assert all(entry.cause and entry.remedy for entry in EVENT_REFUSALS.values())


def test_errors_of_consent_are_documented_from_their_table() -> None:
    """To mend it: put ``table.markdown(STATUS_OF_KIND)`` between the two comments."""
    page = (ROOT / "docs/areas/authorisation.md").read_text(encoding="utf-8")
    begin, end = "<!-- errors: made from errors/table.py -->\n", "<!-- errors: end -->\n"
    assert page.partition(begin)[2].partition(end)[0] == table.markdown(STATUS_OF_KIND)


def test_every_error_of_consent_can_happen_and_is_tested() -> None:
    """Each is raised, or named where a refusal becomes an error; and each is named by a test, by class or by code."""
    assert {row.code for row in table.TABLE} >= table.REFERENCE
    assert all(row.message and row.remedy for row in table.TABLE)
    modules = {path.stem for path in (PACKAGE / "authorisation/errors").glob("*.py")} - {"__init__", "table"}
    assert {module.__name__.rpartition(".")[2] for module in table.MODULES} == modules
    used = {
        node.id if isinstance(node, ast.Name) else node.attr
        for path in own_modules()
        if path.is_relative_to(PACKAGE)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Name | ast.Attribute)
    }
    assert sorted({row.error.__name__ for row in table.TABLE} - used) == []
    tests = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert [row.code for row in table.TABLE if row.error.__name__ not in tests and row.code not in tests] == []


def test_every_area_has_its_page() -> None:
    areas = [path.parent.name for path in PACKAGE.glob("*/models.py")] + [
        "events",
        "delivery",
        "reporting",
        "discovery",
    ]
    assert [area for area in sorted(set(areas)) if not (ROOT / f"docs/areas/{area}.md").is_file()] == []


def test_areas_hold_only_their_promise_in_init() -> None:
    """A folder of queries may gather its files under one name; an area, an engine or a site says only what it is."""
    found = []
    for path in [
        *PACKAGE.glob("*/__init__.py"),
        *PACKAGE.glob("storage/*/__init__.py"),
        *PACKAGE.glob("web/*/__init__.py"),
    ]:
        body = ast.parse(path.read_text(encoding="utf-8")).body
        if len(body) != 1 or not isinstance(body[0], ast.Expr):
            found.append(str(path.relative_to(ROOT)))
    assert found == []


def test_links_between_documents_lead_somewhere() -> None:
    broken = []
    for page in files(".md"):
        broken += [
            f"{page.relative_to(ROOT)}: {target}"
            for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
            if "://" not in target and not target.startswith("mailto:") and not (page.parent / target).exists()
        ]
    assert broken == []


def test_decisions_are_numbered_once() -> None:
    numbers = [path.name[:4] for path in (ROOT / "docs/decisions").glob("[0-9]*.md")]
    assert len(numbers) == len(set(numbers))


def test_every_decision_is_listed_by_its_title() -> None:
    pages = sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))
    titles = [page.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ") for page in pages]
    rows = [f"{title.replace('. ', '. [', 1)}]({page.name})" for title, page in zip(titles, pages, strict=True)]
    listed = (ROOT / "docs/decisions/README.md").read_text(encoding="utf-8").splitlines()
    assert [line for line in listed if line[:1].isdigit()] == rows


def test_every_dependency_is_argued_and_counted() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    decisions = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "docs/decisions").glob("[0-9]*.md")
    ).lower()
    names = [
        re.split(r"[\[><=~! ]", dependency)[0].lower()
        for group in (
            project["project"]["dependencies"],
            *project["project"]["optional-dependencies"].values(),
            *project["dependency-groups"].values(),
        )
        for dependency in group
    ]
    spoken = decisions.replace("pyav", "av").replace("import linter", "import-linter")
    assert [name for name in names if name not in spoken] == []
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"depends on {len(project['project']['dependencies'])} packages" in readme


def named_patterns(resolver: URLResolver) -> list[str]:
    names: list[str] = []
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            names.append(entry.name or "")
        else:
            names += named_patterns(entry)
    return names


def test_every_address_has_a_name() -> None:
    assert "" not in named_patterns(get_resolver())


def test_every_text_is_translated_and_every_translation_can_stand_for_its_text() -> None:
    assert list(catalogues.faults()) == [], (
        "scripts/texts takes up new texts; docs/translating.md says how to translate."
    )
