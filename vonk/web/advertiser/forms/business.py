"""Forms of the Business Center."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from vonk.identity.actions.member_invitations import SECRET_CHARS_MAX
from vonk.identity.actions.naming import NAME_CHARS_MAX
from vonk.identity.rules import EMAIL_CHARS_MAX, AccountRole, FinanceRole, OrganisationRole
from vonk.web.advertiser.forms.accounts import OpenAccountForm
from vonk.web.common.roles import ACCOUNT_ROLE_HELP, ACCOUNT_ROLES, FINANCE_ROLES, ORGANISATION_ROLES

NOBODY: Final = ""
_ROLES: Final = tuple(ACCOUNT_ROLES.items())


class NameForm(forms.Form):
    """What the organisation is called."""

    name = forms.CharField(label=_("Name"), max_length=NAME_CHARS_MAX)


class AnotherAccountForm(OpenAccountForm):
    """A further ad account of an organisation."""

    organisation_name = None  # type: ignore[assignment]  # Django's way to leave a field out.


class RolesForm(forms.Form):
    """What a member is."""

    role = forms.ChoiceField(
        label=_("Role"),
        choices=tuple(ORGANISATION_ROLES.items()),
        initial=OrganisationRole.STANDARD.value,
        help_text=_("An admin does everything here; a standard member works with what is assigned to them."),
    )
    finance_role = forms.ChoiceField(
        label=_("Finance role"),
        required=False,
        choices=((NOBODY, _("None")), *FINANCE_ROLES.items()),
        help_text=_("For all ad accounts: a manager pays, an analyst sees the money."),
    )

    def roles(self) -> dict[str, Any]:
        """Return what was chosen, as actions take it."""
        finance = self.cleaned_data["finance_role"]
        return {
            "role": OrganisationRole(self.cleaned_data["role"]),
            "finance_role": FinanceRole(finance) if finance else None,
        }


class InviteForm(RolesForm):
    """Whom to invite."""

    email = forms.EmailField(label=_("E-mail address"), max_length=EMAIL_CHARS_MAX)
    field_order = ("email", "role", "finance_role")


class AssignForm(forms.Form):
    """Who works with something, and as what. What can be chosen is given."""

    target = forms.ChoiceField()
    role = forms.ChoiceField(label=_("Role"), choices=_ROLES, help_text=ACCOUNT_ROLE_HELP)

    def __init__(
        self,
        *args: Any,
        label: str,
        choices: list[tuple[str, str]],
        roles: bool = True,
        bound: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        target = self.fields["target"]
        assert isinstance(target, forms.ChoiceField), "Declared above."
        target.label, target.choices = label, choices
        if bound:  # Not somebody's role, but the highest that a partner's people can have.
            self.fields["role"].label = _("Highest role of their people")
        if not roles:
            del self.fields["role"]

    @property
    def empty(self) -> bool:
        """Whether there is nothing to choose."""
        target = self.fields["target"]
        assert isinstance(target, forms.ChoiceField), "Declared above."
        return not target.choices

    def role_chosen(self) -> AccountRole | None:
        """Return the role, None where there are none."""
        chosen = self.cleaned_data.get("role")
        return AccountRole(chosen) if chosen else None


class PartnerForm(forms.Form):
    """Whom to ask."""

    partner = forms.CharField(
        label=_("Organisation"),
        max_length=200,
        help_text=_("Its id, which its members see on their overview, or its exact name."),
    )


class SecretForm(forms.Form):
    """The secret of an invitation's letter."""

    secret = forms.CharField(
        label=_("Secret"), max_length=SECRET_CHARS_MAX, help_text=_("What stands behind “#” in the letter's link.")
    )
