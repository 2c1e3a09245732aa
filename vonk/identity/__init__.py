"""People, organisations, ad accounts, roles and access tokens; ``access`` turns who asks into a Scope.

Promises: a secret is kept only as a digest; a role grants exactly the rights of ``rules``; nobody reaches an
account without a membership.
"""
