"""tt_user/*."""

from tests.wire.business.rows import Row
from tests.wire.business.rows.oauth2 import EVERYBODY

CLIENT: dict[str, object] = {"client_id": "{app_id}", "client_secret": "{app_secret}"}

ROWS = {
    "tt_user.oauth2.token": Row({**CLIENT, "auth_code": "{creator_code}", "redirect_uri": "{app_uri}"}, may=EVERYBODY),
    "tt_user.oauth2.refresh_token": Row({**CLIENT, "refresh_token": "vonkr_x"}, may=EVERYBODY, code=40107),
    "tt_user.oauth2.revoke": Row({**CLIENT, "access_token": "{creator_token}"}, may=EVERYBODY),
    "tt_user.token_info.get": Row({"app_id": "{app_id}", "access_token": "{creator_token}"}, may=EVERYBODY),
}
