"""A list of codes with a line that may be tried again, and an invitation to a code that nobody used."""

from datetime import datetime

from vonk.authorisation import code_lists
from vonk.authorisation.actions import imports, invitations
from vonk.authorisation.actions.consents import IssuedConsent
from vonk.authorisation.models import CodeImportLine
from vonk.control.scope import Scope


def spread(cleo: Scope, ada: Scope, unused: IssuedConsent, now: datetime) -> dict[str, int | str]:
    """Bring the list and make the invitation; return their ids, and the invitation itself."""
    import_id = imports.start(ada, code_lists.given([unused.code, "no code"]), now=now)
    CodeImportLine.objects.filter(code_import_id=import_id, number=1).update(outcome="not_public_video")
    invited = invitations.make(cleo, unused.id, now=now)
    return {
        "import_id": import_id,
        "code_invitation_id": invited.id,
        "invitation": invited.link.partition("#")[2],
    }
