"""Roles and where they come from, in words."""

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vonk.identity.queries import Source
from vonk.identity.rules import AccountRole, FinanceRole, OrganisationRole

ORGANISATION_ROLES: Final = {
    OrganisationRole.ADMIN.value: gettext_lazy("Admin"),
    OrganisationRole.STANDARD.value: gettext_lazy("Standard member"),
}
FINANCE_ROLES: Final = {
    FinanceRole.MANAGER.value: gettext_lazy("Finance manager"),
    FinanceRole.ANALYST.value: gettext_lazy("Finance analyst"),
}
ACCOUNT_ROLES: Final = {
    AccountRole.ADMIN.value: gettext_lazy("Admin"),
    AccountRole.OPERATOR.value: gettext_lazy("Operator"),
    AccountRole.ANALYST.value: gettext_lazy("Analyst"),
    AccountRole.FINANCE_MANAGER.value: gettext_lazy("Finance manager"),
    AccountRole.FINANCE_ANALYST.value: gettext_lazy("Finance analyst"),
}
ACCOUNT_ROLE_HELP: Final = gettext_lazy(
    "An admin does everything, an operator runs campaigns, an analyst looks; a finance manager pays, a finance analyst "
    "sees the money."
)


def member_role(role: str, finance_role: str | None) -> str:
    """Return what somebody is in an organisation."""
    named = str(ORGANISATION_ROLES[role])
    return f"{named}, {FINANCE_ROLES[finance_role]}" if finance_role is not None else named


def account_role(role: str | None) -> str:
    """Return a role in an ad account; "" for what has no roles."""
    return str(ACCOUNT_ROLES[role]) if role is not None else ""


def source(one: Source) -> str:
    """Return where a role comes from, as a sentence's part."""
    values = {"role": account_role(one.role), "organisation": one.organisation_name}
    if one.origin == "partner":
        return _("%(role)s, assigned by the partner %(organisation)s") % values
    if one.origin == "organisation":
        return _("%(role)s, from the role in %(organisation)s") % values
    return _("%(role)s, given in the account itself") % values
