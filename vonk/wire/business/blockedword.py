"""Words that an ad account blocks: new comments with them are hidden below its ads, where the creator lets it."""

from typing import Annotated, Final, Literal

import msgspec

from vonk.content.actions import blocked_words, moderation_exports
from vonk.content.moderation import WORDS_MAX, ExportKind
from vonk.content.queries import moderation
from vonk.control.scope import Right
from vonk.wire.business import comment_files
from vonk.wire.business.asked import AskedOfAccount, numbering
from vonk.wire.business.given import Digits, Given, PageInfo, page_info
from vonk.wire.business.operation import Call, operation
from vonk.wire.codec import Id

PAGE_SIZE_MAX: Final = 500
Words = Annotated[
    list[Annotated[str, msgspec.Meta(max_length=1_000)]], msgspec.Meta(min_length=1, max_length=WORDS_MAX)
]
_EXAMPLE: Final = {"advertiser_id": "1838681029295206400", "blocked_words": ["scam"]}


class BlockedWords(AskedOfAccount, frozen=True):
    """Words of 1 to 100 characters, or several words with spaces between."""

    blocked_words: Words


@operation(
    "POST", "blockedword/create", may=Right.CAMPAIGN_EDIT, summary="Block words below one's ads", example=_EXAMPLE
)
def create(call: Call[BlockedWords]) -> None:
    """From the next comment on; at most 500. Those that are blocked already stay."""
    blocked_words.block(call.scope, call.asked.blocked_words, now=call.now)


@operation("POST", "blockedword/delete", may=Right.CAMPAIGN_EDIT, summary="Block words no longer", example=_EXAMPLE)
def delete(call: Call[BlockedWords]) -> None:
    """What was hidden stays hidden. For words that are not blocked nothing changes."""
    blocked_words.unblock(call.scope, call.asked.blocked_words, now=call.now)


class WordUpdate(AskedOfAccount, frozen=True):
    old_word: str
    new_word: str


@operation(
    "POST",
    "blockedword/update",
    may=Right.CAMPAIGN_EDIT,
    summary="Block another word in place of one",
    example={"advertiser_id": "1838681029295206400", "old_word": "scam", "new_word": "swindle"},
)
def update(call: Call[WordUpdate]) -> None:
    """The old one is blocked now."""
    blocked_words.change(call.scope, call.asked.old_word, call.asked.new_word, now=call.now)


class PageAsked(msgspec.Struct, frozen=True, kw_only=True):
    page: int | None = None
    page_size: int | None = None


class ListAsked(AskedOfAccount, frozen=True):
    """``page_info`` is an object, here alone."""

    page_info: PageAsked | None = None


class WordRow(Given, frozen=True):
    bw_content: str


class WordList(Given, frozen=True):
    list: tuple[WordRow, ...]
    page_info: PageInfo


@operation("GET", "blockedword/list", may=Right.ACCOUNT_VIEW, summary="List blocked words")
def get(call: Call[ListAsked]) -> WordList:
    """The newest first."""
    asked = call.asked.page_info or PageAsked()
    page = moderation.blocked_words(call.scope, numbering(asked.page, asked.page_size, most=PAGE_SIZE_MAX))
    return WordList(list=tuple(WordRow(bw_content=one) for one in page.items), page_info=page_info(page))


class Checked(Given, frozen=True):
    """Whether a word is blocked, as it was asked for."""

    bw_content: str
    is_blocked: bool


class CheckedList(Given, frozen=True):
    list: tuple[Checked, ...]


@operation("GET", "blockedword/check", may=Right.ACCOUNT_VIEW, summary="Say whether words are blocked")
def check(call: Call[BlockedWords]) -> CheckedList:
    """In the order of the question, whatever their case."""
    words = call.asked.blocked_words
    found = moderation.are_blocked(call.scope, words)
    return CheckedList(
        list=tuple(Checked(bw_content=word, is_blocked=one) for word, one in zip(words, found, strict=True))
    )


class TaskCreate(AskedOfAccount, frozen=True):
    """Of ``blocked_words`` those alone that are blocked. ``lang`` is read: a list of words has no language."""

    blocked_words: Words | None = None
    lang: str | None = None


class TaskMade(Given, frozen=True):
    task_id: Digits


@operation(
    "POST",
    "blockedword/task/create",
    may=Right.ACCOUNT_VIEW,
    summary="Ask for the blocked words as a file",
    example={"advertiser_id": "1838681029295206400"},
)
def create_task(call: Call[TaskCreate]) -> TaskMade:
    """As CSV. The task is good for 30 days; the file is as new as its fetching."""
    kept = {"words": call.asked.blocked_words}
    return TaskMade(task_id=str(moderation_exports.ask(call.scope, ExportKind.WORDS, kept, now=call.now)))


class TaskCheck(AskedOfAccount, frozen=True):
    task_id: Id


class TaskState(Given, frozen=True):
    """``url`` is good for an hour, for whoever knows it."""

    task_id: Digits
    status: Literal["SUCCEED"]
    url: str


@operation("GET", "blockedword/task/check", may=Right.ACCOUNT_VIEW, summary="Fetch the link to a file of blocked words")
def check_task(call: Call[TaskCheck]) -> TaskState:
    """There is nothing to wait for: the file is written while it is fetched."""
    moderation.export_asked(call.scope, ExportKind.WORDS, call.asked.task_id, now=call.now)
    path = comment_files.path_of(call.scope, ExportKind.WORDS, call.asked.task_id, now=call.now)
    return TaskState(task_id=str(call.asked.task_id), status="SUCCEED", url=call.link(path))
