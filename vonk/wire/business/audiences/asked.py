"""What dmp/custom_audience/* are asked; rules are in ``dmp_rules`` (reference API §12)."""

from typing import Annotated, Final, Literal

import msgspec

from vonk.advertising.rules import customer_files as files
from vonk.wire.business.asked import AskedOfAccount
from vonk.wire.business.audiences.rules import SubType
from vonk.wire.business.files.asked import Signature
from vonk.wire.codec import Id

IDS_MAX: Final = 100
HISTORY: Final = 10
CalculateType = Literal[
    "EMAIL_SHA256",
    "FIRST_MD5",
    "FIRST_SHA256",
    "GAID_MD5",
    "GAID_SHA256",
    "IDFA_MD5",
    "IDFA_SHA256",
    "MAID_MD5",
    "MAID_SHA256",
    "MULTIPLE_TYPES",
    "PHONE_SHA256",
]
Paths = Annotated[list[str], msgspec.Meta(min_length=1, max_length=files.FILES_PER_AUDIENCE_MAX)]
Ids = Annotated[list[Id], msgspec.Meta(min_length=1, max_length=IDS_MAX)]
TenIds = Annotated[list[Id], msgspec.Meta(min_length=1, max_length=10)]


class FileUpload(AskedOfAccount, frozen=True):
    """A file of digests, one a line."""

    calculate_type: CalculateType
    file_signature: Signature
    file_name: str | None = None


class AudienceCreate(AskedOfAccount, frozen=True):
    """An audience of files that were uploaded in the last day."""

    custom_audience_name: str
    file_paths: Paths
    calculate_type: CalculateType
    audience_sub_type: SubType = "NORMAL"
    retention_in_days: int | None = None
    audience_enhancement: bool | None = None
    request_id: str | None = None


class AudienceUpdate(AskedOfAccount, frozen=True):
    """What shall change: the name, the people, or both."""

    custom_audience_id: Id
    custom_audience_name: str | None = None
    file_paths: Paths | None = None
    action: Literal["APPEND", "REMOVE", "REPLACE"] = "REPLACE"
    audience_sub_type: SubType | None = None
    audience_enhancement: bool | None = None


class AudiencesNamed(AskedOfAccount, frozen=True):
    """Some audiences."""

    custom_audience_ids: Ids


class AudiencesAsked(AskedOfAccount, frozen=True):
    """Which audiences, page by page."""

    custom_audience_ids: Ids | None = None
    page: int | None = None
    page_size: int | None = None


class DetailsAsked(AskedOfAccount, frozen=True):
    """Which audiences, and how much of what was done with each."""

    custom_audience_ids: Ids
    history_size: Annotated[int, msgspec.Meta(ge=0, le=100)] = HISTORY


class AudienceApply(AskedOfAccount, frozen=True):
    """An audience, and the ad groups that shall name it, or name it no more."""

    custom_audience_id: Id
    adgroup_ids: Ids
    action_mode: Literal["Apply", "Disconnect"]
    usage_mode: Literal["Include", "Exclude"] | None = None


class LogAsked(AskedOfAccount, frozen=True):
    """Of which audiences. Instants are answered in UTC, whatever ``timezone`` says."""

    custom_audience_ids: Ids
    timezone: str | None = None
    page: int | None = None
    page_size: int | None = None


class AudiencesShare(AskedOfAccount, frozen=True):
    """Which audiences, and with which ad accounts."""

    custom_audience_ids: TenIds
    shared_advertiser_ids: TenIds


class ShareCancel(AskedOfAccount, frozen=True):
    """Which audience, and which ad account may use it no more."""

    custom_audience_id: Id
    shared_advertiser_id: Id


class AudienceNamed(AskedOfAccount, frozen=True):
    """One audience."""

    custom_audience_id: Id
