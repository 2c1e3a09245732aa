"""oauth2/*."""

from tests.wire.business.rows import PEOPLE, Row

EVERYBODY = ("anonymous", *PEOPLE)  # The app's secret decides.
APP: dict[str, object] = {"app_id": "{app_id}", "secret": "{app_secret}"}

ROWS = {
    "oauth2.access_token": Row({**APP, "auth_code": "{app_code}"}, may=EVERYBODY),
    "oauth2.refresh_token": Row({**APP, "refresh_token": "vonkr_x"}, may=EVERYBODY, code=40107),
    "oauth2.revoke_token": Row({**APP, "access_token": "{app_token}"}, may=EVERYBODY),
    "oauth2.advertiser.get": Row(APP, refused=40000),
}
