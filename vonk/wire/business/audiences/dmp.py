"""Audiences of customers' digests and of rules: made, changed, used by ad groups, shared, listed (reference API §12)."""

from typing import Any, Final

import msgspec

from vonk.advertising import errors
from vonk.advertising.actions import audience_shares, custom_audiences, customer_files
from vonk.advertising.actions.custom_audiences import AudienceDraft
from vonk.advertising.drafts import AdGroupChanges
from vonk.advertising.queries import custom_audiences as queries
from vonk.advertising.queries.object_pages import listed_ad_groups
from vonk.advertising.queries.views import AdGroupView
from vonk.advertising.rules import custom_audiences as rules
from vonk.advertising.rules.custom_audiences import Act
from vonk.advertising.rules.customer_files import DigestKind
from vonk.control.paging import Numbering
from vonk.control.scope import Right
from vonk.core.errors import NotFound
from vonk.core.ids import parse_id
from vonk.reporting import audience_sizes
from vonk.wire.business.ad_groups import limits as adgroup_limits
from vonk.wire.business.asked import numbering
from vonk.wire.business.audiences import given as dmp_given
from vonk.wire.business.audiences import rules as dmp_rules
from vonk.wire.business.audiences.asked import (
    IDS_MAX,
    AudienceApply,
    AudienceCreate,
    AudienceNamed,
    AudiencesAsked,
    AudiencesNamed,
    AudiencesShare,
    AudienceUpdate,
    DetailsAsked,
    FileUpload,
    LogAsked,
    ShareCancel,
)
from vonk.wire.business.audiences.given import (
    ApplicationPage,
    AudiencePage,
    Details,
    DetailsList,
    SharingList,
)
from vonk.wire.business.audiences.rules import RuleCreate
from vonk.wire.business.errors import PERMISSION, ParameterInvalid, answers
from vonk.wire.business.files.asked import needed, needed_file
from vonk.wire.business.given import Digits, Given, page_info
from vonk.wire.business.naming import named_as_sent
from vonk.wire.business.operation import Call, operation

ACCOUNT: Final = {"advertiser_id": "1838000000000000001"}
PAGE_SIZE_MAX: Final = 100
SHARINGS_MAX: Final = 1_000
WRITES_PER_MINUTE: Final = 30  # What changes who is counted: sizes are no way to look people up.
_NAMES: Final = {
    "name": "custom_audience_name",
    "keeps_days": "retention_in_days",
    "days": "retention_days",
    "source_ids": "event_source_ids",
    "included": "inclusion_rule_set",
    "excluded": "exclusion_rule_set",
}
_USAGES: Final = {"Include": "audience_ids", "Exclude": "excluded_audience_ids"}
answers({
    errors.CustomersNotHashed.code: 40062,
    errors.CustomerFileMissing.code: 40905,
    errors.CustomerFileEmpty.code: 40906,
    errors.CustomerFileTooLarge.code: 40907,
    errors.CustomerFileTooLong.code: 40907,
    errors.CustomerLineWrong.code: 40909,
    errors.DigestKindsMixed.code: 40909,
    errors.AudienceNotOwn.code: PERMISSION,
})  # fmt: skip


class FileTaken(Given, frozen=True):
    """How create and update name the file, for a day."""

    file_path: str


class AudienceMade(Given, frozen=True):
    """The audience's id."""

    custom_audience_id: Digits


@operation(
    "POST",
    "dmp/custom_audience/file/upload",
    may=Right.CAMPAIGN_EDIT,
    files=("file",),
    per_minute=WRITES_PER_MINUTE,
    summary="Upload digests of customers",
)
def upload(call: Call[FileUpload]) -> FileTaken:
    """Digests in hexadecimal, one a line, at most 100,000 and 10 MiB: 40907. An address as it is: 40062, and nothing is kept.

    Addresses are trimmed and in small letters before they are hashed. Digests of anything else match nobody.
    """
    sent = needed_file(call.files, "file")
    kind = _kind(call.asked.calculate_type)
    made = customer_files.put(call.scope, sent.file, kind, md5=call.asked.file_signature, now=call.now)
    return FileTaken(file_path=str(made))


@operation(
    "POST",
    "dmp/custom_audience/create",
    may=Right.CAMPAIGN_EDIT,
    per_minute=WRITES_PER_MINUTE,
    summary="Make an audience of customers",
    example={
        **ACCOUNT,
        "custom_audience_name": "Customers",
        "file_paths": ["1838000000000000002"],
        "calculate_type": "EMAIL_SHA256",
    },
)
def create(call: Call[AudienceCreate]) -> AudienceMade:
    """At most 500,000 digests of one kind."""
    asked = call.asked
    draft = AudienceDraft(
        name=asked.custom_audience_name,
        keeps_days=asked.retention_in_days,
        kept={"audience_sub_type": asked.audience_sub_type, "audience_enhancement": asked.audience_enhancement},
    )
    with named_as_sent(_NAMES):
        made = custom_audiences.create_of_customers(
            call.scope, draft, _kind(asked.calculate_type), _file_ids(asked.file_paths), now=call.now
        )
    return AudienceMade(custom_audience_id=str(made))


@operation(
    "POST",
    "dmp/custom_audience/update",
    may=Right.CAMPAIGN_EDIT,
    per_minute=WRITES_PER_MINUTE,
    summary="Change an audience",
    example={**ACCOUNT, "custom_audience_id": "1838000000000000003", "custom_audience_name": "Regulars"},
)
def update(call: Call[AudienceUpdate]) -> None:
    """Files replace the people, are added to them, or taken out. What an audience may be used for does not change."""
    asked = call.asked
    for name in ("audience_sub_type", "audience_enhancement"):
        if getattr(asked, name) is not None:
            raise ParameterInvalid(field=name, reason="not supported: it is set when the audience is made")
    if asked.file_paths is None and asked.custom_audience_name is None:
        raise ParameterInvalid(field="custom_audience_name", reason="it is missing, and so is file_paths")
    with named_as_sent(_NAMES):
        if asked.file_paths is None:
            name = needed(asked.custom_audience_name, "custom_audience_name")
            custom_audiences.rename(call.scope, asked.custom_audience_id, name, now=call.now)
            return
        custom_audiences.change_customers(
            call.scope,
            asked.custom_audience_id,
            asked.action.lower(),
            _file_ids(asked.file_paths),
            name=asked.custom_audience_name,
            now=call.now,
        )


@operation(
    "POST",
    "dmp/custom_audience/rule/create",
    may=Right.CAMPAIGN_EDIT,
    summary="Make an audience by a rule",
    example={
        **ACCOUNT,
        "custom_audience_name": "Engaged",
        "audience_type": "ENGAGEMENT",
        "rule_spec": {"inclusion_rule_set": {"operator": "OR", "rules": [{"retention_days": 30}]}},
    },
)
def create_by_rule(call: Call[RuleCreate]) -> AudienceMade:
    """Of who engaged with ads or posts, followed a profile, or did something that a pixel reported."""
    asked = call.asked
    rule = dmp_rules.rule(asked)
    draft = AudienceDraft(
        name=asked.custom_audience_name,
        keeps_days=asked.retention_in_days,
        refreshes=asked.is_auto_refresh,
        kept={"audience_sub_type": asked.audience_sub_type, "rule_spec": _spec(asked)},
    )
    with named_as_sent(_NAMES):
        made = custom_audiences.create_by_rule(
            call.scope, draft, dmp_rules.source(asked.audience_type), rule, now=call.now
        )
    return AudienceMade(custom_audience_id=str(made))


@operation(
    "GET",
    "dmp/custom_audience/list",
    may=Right.ACCOUNT_VIEW,
    summary="List audiences",
    example=ACCOUNT,
)
def read(call: Call[AudiencesAsked]) -> AudiencePage:
    """The ad account's own and those shared with it, newest first."""
    asked = call.asked
    page = audience_sizes.numbered_audiences(
        call.scope,
        numbering(asked.page, asked.page_size, most=PAGE_SIZE_MAX),
        ids=asked.custom_audience_ids,
        now=call.now,
    )
    return AudiencePage(list=tuple(dmp_given.audience(one) for one in page.items), page_info=page_info(page))


@operation("GET", "dmp/custom_audience/get", may=Right.ACCOUNT_VIEW, summary="Read audiences and their history")
def get(call: Call[DetailsAsked]) -> DetailsList:
    """Those of the ids that the ad account may use; of the history, what it did itself."""
    ids = call.asked.custom_audience_ids
    page = audience_sizes.numbered_audiences(call.scope, Numbering(1, IDS_MAX), ids=ids, now=call.now)
    acts = queries.acts_of(call.scope, ids, at_most=call.asked.history_size)
    return DetailsList(
        list=tuple(
            Details(
                audience_details=dmp_given.audience(one),
                audience_history=tuple(dmp_given.history(act) for act in acts.get(one.view.id, ())),
            )
            for one in page.items
        )
    )


@operation(
    "POST",
    "dmp/custom_audience/delete",
    may=Right.CAMPAIGN_EDIT,
    summary="Delete audiences",
    example={**ACCOUNT, "custom_audience_ids": ["1838000000000000003"]},
)
def delete(call: Call[AudiencesNamed]) -> None:
    """All of them or none. Ad groups that name one go on naming it, and are shown to nobody."""
    custom_audiences.delete(call.scope, call.asked.custom_audience_ids, now=call.now)


@operation(
    "POST",
    "dmp/custom_audience/apply",
    may=Right.CAMPAIGN_EDIT,
    summary="Have ad groups name an audience",
    example={
        **ACCOUNT,
        "custom_audience_id": "1838000000000000003",
        "adgroup_ids": ["1790000000000000003"],
        "action_mode": "Apply",
        "usage_mode": "Include",
    },
)
def apply(call: Call[AudienceApply]) -> None:
    """All of them or none. Ad servers cannot judge audiences yet: an ad group that names one is shown to nobody."""
    asked = call.asked
    applied = asked.action_mode == "Apply"
    if applied and asked.usage_mode is None:
        raise ParameterInvalid(field="usage_mode", reason="it is missing; Apply needs it")
    present = {view.id: view for view in listed_ad_groups(call.scope, asked.adgroup_ids)}
    if set(asked.adgroup_ids) - present.keys():
        raise NotFound(noun="ad group")
    changes = {view.id: _naming(view, asked) for view in present.values()}
    custom_audiences.apply(
        call.scope,
        asked.custom_audience_id,
        changes,
        Act.APPLIED if applied else Act.DISCONNECTED,
        detail={} if asked.usage_mode is None else {"usage_mode": asked.usage_mode},
        now=call.now,
    )


def _naming(view: AdGroupView, asked: AudienceApply) -> AdGroupChanges:
    """Return the change by which an ad group names the audience in one list and in no other, or in none."""
    wanted = _USAGES.get(asked.usage_mode or "")
    kept: dict[str, Any] = {}
    for name in _USAGES.values():
        present = view.kept.get(name)
        ids = [str(one) for one in present] if isinstance(present, list) else []
        if asked.action_mode == "Apply" and name == wanted:
            kept[name] = rules.with_id(ids, asked.custom_audience_id)
        elif asked.action_mode == "Apply" or wanted in (None, name):
            kept[name] = rules.without_id(ids, asked.custom_audience_id)
    narrowed, unmet = adgroup_limits.limits({**view.kept, **kept})
    return AdGroupChanges(kept=kept, unmet=unmet, limits=narrowed)


@operation(
    "GET", "dmp/custom_audience/apply/log", may=Right.ACCOUNT_VIEW, summary="Read which ad groups named audiences"
)
def applications(call: Call[LogAsked]) -> ApplicationPage:
    """What the ad account itself did, newest first."""
    asked = call.asked
    page = queries.numbered_acts(
        call.scope,
        asked.custom_audience_ids,
        (Act.APPLIED, Act.DISCONNECTED),
        numbering(asked.page, asked.page_size, most=PAGE_SIZE_MAX),
    )
    return ApplicationPage(list=tuple(dmp_given.application(act) for act in page.items), page_info=page_info(page))


@operation(
    "POST",
    "dmp/custom_audience/share",
    may=Right.CAMPAIGN_EDIT,
    summary="Share audiences with other ad accounts",
    example={
        **ACCOUNT,
        "custom_audience_ids": ["1838000000000000003"],
        "shared_advertiser_ids": ["1838000000000000004"],
    },
)
def share(call: Call[AudiencesShare]) -> None:
    """With ad accounts that the token reaches. Not of audiences about a creator, who granted them to one account."""
    others = [call.over_advertiser(one) for one in call.asked.shared_advertiser_ids]
    audience_shares.share(call.scope, call.asked.custom_audience_ids, others, now=call.now)


@operation(
    "POST",
    "dmp/custom_audience/share/cancel",
    may=Right.CAMPAIGN_EDIT,
    summary="Share an audience no more",
    example={**ACCOUNT, "custom_audience_id": "1838000000000000003", "shared_advertiser_id": "1838000000000000004"},
)
def cancel_share(call: Call[ShareCancel]) -> None:
    """Ad groups of the other account that name it go on naming it, and are shown to nobody."""
    audience_shares.cancel(call.scope, call.asked.custom_audience_id, call.asked.shared_advertiser_id, now=call.now)


@operation(
    "GET", "dmp/custom_audience/share/log", may=Right.ACCOUNT_VIEW, summary="Read with whom an audience was shared"
)
def sharings(call: Call[AudienceNamed]) -> SharingList:
    """The last 1,000, newest first."""
    page = queries.numbered_acts(
        call.scope, [call.asked.custom_audience_id], (Act.SHARED, Act.UNSHARED), Numbering(1, SHARINGS_MAX)
    )
    return SharingList(list=tuple(dmp_given.sharing(act) for act in page.items))


def _kind(calculate_type: str) -> DigestKind:
    if calculate_type == "MULTIPLE_TYPES":
        raise ParameterInvalid(
            field="calculate_type", reason="MULTIPLE_TYPES is not supported: send a file for each kind"
        )
    return DigestKind(calculate_type.lower())


def _file_ids(paths: list[str]) -> list[int]:
    found = []
    for path in paths:
        try:
            found.append(parse_id(path))
        except ValueError as error:
            raise errors.CustomerFileMissing(file_id=path[:40]) from error
    return found


def _spec(asked: RuleCreate) -> dict[str, Any]:
    """Return the rule as it was sent, with ids as text."""
    spec: dict[str, Any] = msgspec.to_builtins(asked.rule_spec, enc_hook=str)
    return spec
