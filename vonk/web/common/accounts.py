"""Sign-up and login by django-allauth, joined to Vonk's own people and profiles."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import SignupForm


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types.
    """Where allauth asks what is particular to Vonk."""


class SignUpForm(SignupForm):  # type: ignore[misc]  # allauth ships no types.
    """Asks for what a person and a profile need."""
