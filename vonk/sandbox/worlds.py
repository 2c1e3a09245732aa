"""Make a developer's world: an app with its token, ad accounts, identities, and codes that work or must be refused.

Ada advertises and develops. Cleo made the posts whose codes are tried, Vik granted Ada's business access. Mallory's ad
account is nobody else's.
"""

import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec
from django.conf import settings

from vonk.authorisation.actions import accesses, links, switches
from vonk.authorisation.rules.access import AccessScope
from vonk.billing.actions import payments
from vonk.content.actions import posts
from vonk.control import audit
from vonk.control.scope import Right, Scope, Via
from vonk.core.errors import Conflict
from vonk.identity import access
from vonk.identity import queries as identity
from vonk.identity.actions import accounts, app_tokens, apps
from vonk.identity.rules import Permission
from vonk.sandbox import clips, people, records, world_codes
from vonk.sandbox.people import Person
from vonk.sandbox.records import FOLDER, WorldRecord

REDIRECT_URI: Final = "http://localhost:8765/callback"
BALANCE_MICROS: Final = 1_000_000_000
BEFORE: Final = timedelta(days=8)  # So long ago people signed up; a code of seven days has expired since.
POSTED_FILM: Final = ("post.mp4", "360x640", 2)
UPLOAD_FILM: Final = ("upload.mp4", "720x1280", 6)  # For clients to upload: as large and long as ads usually are.


class NoSandbox(Conflict):
    """Made-up people and test money are for sandboxes."""

    code = "no_sandbox"
    message = "This platform runs on real time and real money; nothing is made up here."
    remedy = "Use a directory of its own: vonk serve --sandbox, or vonk sandbox create."


class World(msgspec.Struct, frozen=True, kw_only=True):
    """What a client needs to be tried. Codes are unused; secrets are shown this once."""

    access_token: str
    app_id: int
    app_secret: str
    oauth_code: str
    advertiser_id: int
    second_advertiser_id: int
    foreign_advertiser_id: int
    bc_id: int
    tt_user_identity_id: int
    bc_identity_id: int
    auth_code: str
    auth_code_2: str
    expired_code: str
    private_code: str
    unavailable_code: str
    duet_code: str
    film: Path
    email: str
    password: str


def create(scope: Scope, *, now: datetime) -> World:
    """Make one world, for operators. Raises NoSandbox, and FilmUnfinished where the machine cannot process a film.

    No transaction is open when this is called: films are processed on the way. What was made until a failure stays.
    """
    scope.require(Right.OPERATE)
    if not settings.VONK.sandbox:
        raise NoSandbox
    before = now - BEFORE
    film, upload = _film(*POSTED_FILM), _film(*UPLOAD_FILM)
    world = secrets.token_hex(4)
    ada, cleo, vik, mallory = (people.sign_up(name, world, now=before) for name in ("Ada", "Cleo", "Vik", "Mallory"))
    first = _open(ada, "Bread", before)
    office = access.organisation(_actor(ada), identity.account(first).organisation_id, may=Right.BUSINESS_EDIT)
    second = _over(ada, accounts.open_another(office, **_account("Cakes"), now=before))
    foreign = _open(mallory, "Wares", before)
    for account in (first, second):
        accounts.accept_spark_terms(account, version=settings.VONK.spark_terms_version, now=now)
        payments.top_up(account, amount_micros=BALANCE_MICROS, now=now, provider_reference=f"sandbox {account.account}")
    _publish(ada, film, "Behind the counter #bread", before)
    original = _publish(vik, film, "My first loaf #bread", before)
    links.link(first, now=now)
    access_id = accesses.ask(office, handle=vik.handle, scopes=[one.value for one in AccessScope], now=now)
    accesses.grant(vik.scope, access_id, scopes=[one.value for one in AccessScope], duration_days=None, now=now)
    switches.set_ad_settings(cleo.scope, on=True, now=before)
    video_id = people.upload(cleo, film, now=before)  # One film for all: each is processed for seconds.
    codes = world_codes.make(cleo.scope, video_id=video_id, original=original, before=before, now=now)
    app = apps.create_app(ada.scope, name="Sandbox app", redirect_uris=[REDIRECT_URI], now=now)
    token = app_tokens.exchange(app.id, app.secret, _let_in(ada, app.id, first, second, now), now=now).token
    records.keep(
        WorldRecord(
            account_ids=(first.account, second.account),
            advertiser=ada.scope.person,
            creator=cleo.scope.person,
            original=original,
            video_id=video_id,
            posts=codes.posts,
        )
    )
    audit.record(scope, "sandbox.created", "ad_account", first.account, at=now, account_id=first.account)
    return World(
        access_token=token,
        app_id=app.id,
        app_secret=app.secret,
        oauth_code=_let_in(ada, app.id, first, second, now),
        advertiser_id=first.account,
        second_advertiser_id=second.account,
        foreign_advertiser_id=foreign.account,
        bc_id=office.organisation,
        tt_user_identity_id=ada.profile_id,
        bc_identity_id=vik.profile_id,
        auth_code=codes.auth_code.code,
        auth_code_2=codes.auth_code_2.code,
        expired_code=codes.expired_code.code,
        private_code=codes.private_code.code,
        unavailable_code=codes.unavailable_code.code,
        duet_code=codes.duet_code.code,
        film=upload,
        email=ada.email,
        password=ada.password,
    )


def _film(name: str, size: str, seconds: int) -> Path:
    folder: Path = settings.VONK.data_dir / FOLDER
    folder.mkdir(exist_ok=True, mode=0o700)
    film = folder / name
    if not film.is_file():
        clips.draw(film, size=size, seconds=seconds)
    return film


def _actor(person: Person) -> access.Actor:
    return access.Actor(person.scope.person, Via.COMMAND)


def _over(person: Person, account_id: int) -> Scope:
    return access.advertiser(_actor(person), account_id, may=Right.ACCOUNT_EDIT)


def _account(name: str) -> dict[str, str]:
    return {
        "name": name,
        "currency": "EUR",
        "time_zone": "Europe/Amsterdam",
        "country": "NL",
        "advertiser_name": f"Sandbox {name}",
        "payer_name": f"Sandbox {name}",
    }


def _open(person: Person, name: str, now: datetime) -> Scope:
    account_id = accounts.open_account(person.scope, organisation_name=f"Sandbox {name}", **_account(name), now=now)
    return _over(person, account_id)


def _publish(person: Person, film: Path, caption: str, now: datetime) -> int:
    return posts.publish(person.scope, video_id=people.upload(person, film, now=now), caption=caption, now=now)


def _let_in(ada: Person, app_id: int, first: Scope, second: Scope, now: datetime) -> str:
    return app_tokens.authorise(
        ada.scope,
        app_id,
        redirect_uri=REDIRECT_URI,
        account_ids=[first.account, second.account],
        permissions=tuple(Permission),
        now=now,
    ).code
