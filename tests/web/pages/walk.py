"""Every page of the site as each of the cast finds it: those without arguments by their addresses, the others by links."""

import re
from collections.abc import Iterator, Mapping
from html import unescape
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

import msgspec
from django.test import Client
from django.urls import NoReverseMatch, Resolver404, URLPattern, URLResolver, get_resolver, resolve, reverse

from tests.web.creator.stage import Stage

WALKERS: Final = (None, "Vik", "Cleo", "Ada", "Olu")
_LINK: Final = re.compile(r"""href="(/[^"#]*)""")
_SAMPLES: Final = {"IdConverter": 1, "IntConverter": 1, "HandleConverter": "nobody"}
_LEFT_OUT: Final = ("/static/", "/media/", "/open_api/", "/platform/", "/logout/")


class Page(msgspec.Struct, frozen=True):
    """One page: the name of its pattern, who reads it, its address and its HTML."""

    name: str
    who: str | None
    address: str
    html: str


class Pattern(msgspec.Struct, frozen=True):
    """An address of the site: its name, and the names of the converters of its arguments."""

    name: str
    arguments: dict[str, str]


def patterns(
    resolver: URLResolver | None = None, space: str = "", arguments: Mapping[str, str] | None = None
) -> Iterator[Pattern]:
    """Yield every address of the site."""
    for entry in (resolver or get_resolver()).url_patterns:
        own = dict.fromkeys(entry.pattern.regex.groupindex, "")  # Of patterns that allauth writes as expressions.
        own |= {name: type(converter).__name__ for name, converter in entry.pattern.converters.items()}
        with_own = {**(arguments or {}), **own}
        if isinstance(entry, URLPattern):
            yield Pattern(f"{space}{entry.name}", with_own)
        else:
            yield from patterns(entry, f"{space}{entry.namespace}:" if entry.namespace else space, with_own)


def is_read(stage: Stage, pattern: Pattern) -> bool:
    """Say whether anybody may be shown something at the address; where things are only done, GET is refused (405)."""
    given = {name: _SAMPLES.get(kind, "x") for name, kind in pattern.arguments.items()}
    try:
        address = reverse(pattern.name, kwargs=given)
    except NoReverseMatch:
        return True  # A pattern of its own kind: it has to be excused by name.
    return all(stage.browser(who).get(address).status_code != HTTPStatus.METHOD_NOT_ALLOWED for who in (None, "Ada"))


def walk(stage: Stage, who: str | None) -> list[Page]:
    """Return one page of each name that somebody can read, by links from those without arguments."""
    browser = stage.browser(who)
    pages: dict[str, Page] = {}
    waiting = [reverse(pattern.name) for pattern in patterns() if not pattern.arguments]
    seen = set(waiting)
    while waiting:
        address = waiting.pop(0)
        name = name_of(address)
        if name is None or name in pages or address.startswith(_LEFT_OUT):
            continue
        html = _read(browser, address)
        if html is None:
            continue
        pages[name] = Page(name, who, address, html)
        found = [unescape(link) for link in _LINK.findall(html)]
        waiting += [link for link in dict.fromkeys(found) if link not in seen]
        seen.update(found)
    return list(pages.values())


def name_of(address: str) -> str | None:
    """Return the name of the address' pattern; None when nothing is there."""
    try:
        return resolve(urlsplit(address).path).view_name
    except Resolver404:
        return None


def _read(browser: Client, address: str) -> str | None:
    """Return the page at the address; None for what is no page to this reader: refused, elsewhere, a file or a part."""
    answer = browser.get(address, headers={"accept": "text/html"})
    if answer.status_code != 200 or not answer.headers.get("Content-Type", "").startswith("text/html"):
        for close in getattr(answer, "_resource_closers", ()):
            close()  # The file alone: closing the answer would tell Django that the request's database can go, too.
        return None
    html = str(answer.content.decode())
    return html if "<html" in html else None
