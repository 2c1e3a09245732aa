"""The developers' texts, from docs/wire: markdown to HTML, links between texts to links between pages.

In a checkout they are read from docs/; a built package carries them beside this file (setup.py).
"""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Final

from django.utils.safestring import SafeString
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.token import Token

PACKAGED: Final = Path(__file__).with_name("texts")
CHECKED_OUT: Final = Path(__file__).parents[3] / "docs"

PAGES: Final[dict[str, tuple[str, ...]]] = {
    "": ("wire/README.md",),
    "differences": ("wire/differences.md",),
    "errors": ("wire/errors.md",),
    "webhooks": ("wire/webhooks.md", "clients/webhooks.md"),
    "sandbox": ("wire/sandbox.md",),
    "hosts": ("wire/hosts.md",),
}
"""The address below /developers/ of every page that is a text, to its texts."""
_TABLES: Final = {"coverage": "wire/coverage.md"}  # Pages made from tables, whose text in docs/ is the same table.


def exists(text: str) -> bool:
    """Say whether there is such a text."""
    return _path(text).is_file()


@cache
def html(text: str) -> SafeString:
    """Return a text as HTML. Raw HTML in a text is shown, not used."""
    tokens = _MARKDOWN.parse(_path(text).read_text(encoding="utf-8"))
    _address(tokens, PurePosixPath(text))
    rendered: str = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    for scrolled in ("pre", "table"):  # Wider than a phone: keys have to reach them to scroll.
        rendered = rendered.replace(f"<{scrolled}>", f'<{scrolled} tabindex="0">')
    return SafeString(rendered)  # Our own texts, and raw HTML is off.


def page_of(text: PurePosixPath) -> str | None:
    """Return the address of the page that shows a text; None when none does."""
    found: Mapping[str, str] = {
        **{f"wire/{path.name}": f"operations/{path.stem}" for path in _root().joinpath("wire").glob("*.md")},
        **{written: page for page, texts in PAGES.items() for written in texts},
        **{written: page for page, written in _TABLES.items()},
    }
    page = found.get(str(text))
    return None if page is None else f"/developers/{page}/" if page else "/developers/"


def _root() -> Path:
    return PACKAGED if PACKAGED.is_dir() else CHECKED_OUT


def _path(text: str) -> Path:
    return _root() / text


def _address(tokens: Sequence[Token], text: PurePosixPath) -> None:
    """Give headings an id, and links to other texts the address of their page; a link to what no page shows goes."""
    for position, token in enumerate(tokens):
        if token.type == "heading_open":
            token.attrSet("id", slugify(tokens[position + 1].content) or "text")
        for part in token.children or ():
            target = str(part.attrGet("href") or "")
            if part.type == "link_open" and "://" not in target and not target.startswith(("/", "#", "mailto:")):
                path, mark, anchor = target.partition("#")
                page = page_of(_joined(text.parent, path))
                part.attrSet("href", f"{page or '/developers/'}{mark if page else ''}{anchor if page else ''}")


def _joined(folder: PurePosixPath, path: str) -> PurePosixPath:
    parts: list[str] = []
    for part in (folder / path).parts:
        if part == "..":
            parts = parts[:-1]
        else:
            parts.append(part)
    return PurePosixPath(*parts)


_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False}).enable("table")
