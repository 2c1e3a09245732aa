"""user/*."""

from tests.wire.business.rows import PEOPLE, Row

ROWS = {"user.info": Row(may=PEOPLE)}
