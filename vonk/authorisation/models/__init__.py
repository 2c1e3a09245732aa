"""The tables of authorisation: one file per noun."""

from vonk.authorisation.models.access import AccessAmendment, AccessExclusion, AccountAccess
from vonk.authorisation.models.campaigns import CampaignMember, CampaignPost, CreatorCampaign
from vonk.authorisation.models.codes import CodeGuesses, CodeImport, CodeImportLine, Invitation
from vonk.authorisation.models.consents import Consent, ConsentNeed
from vonk.authorisation.models.groups import AssetGroup, GroupAsset, GroupGrant, GroupMember
from vonk.authorisation.models.records import ConsentChain, ConsentRecord
from vonk.authorisation.models.requests import PermissionRequest, StandingConsent
from vonk.authorisation.models.switches import AdSettings, PostAuthorisation
from vonk.authorisation.models.terms import Terms, TermsAgreement

__all__ = [
    "AccessAmendment",
    "AccessExclusion",
    "AccountAccess",
    "AdSettings",
    "AssetGroup",
    "CampaignMember",
    "CampaignPost",
    "CodeGuesses",
    "CodeImport",
    "CodeImportLine",
    "Consent",
    "ConsentChain",
    "ConsentNeed",
    "ConsentRecord",
    "CreatorCampaign",
    "GroupAsset",
    "GroupGrant",
    "GroupMember",
    "Invitation",
    "PermissionRequest",
    "PostAuthorisation",
    "StandingConsent",
    "Terms",
    "TermsAgreement",
]
