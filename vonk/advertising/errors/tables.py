"""Why a view of a table cannot be kept."""

from vonk.core.errors import Actor, Conflict, Limited


class TableViewNamed(Conflict):
    """One person has one view of a name."""

    code = "table_view_named"
    message = "You have a view called “%(name)s” already."
    cause = "Views of one table are told apart by their names."
    remedy = "Choose another name, or replace that view."
    actor = Actor.CALLER
    field = "name"


class TableViewsLimited(Limited):
    """Bounds what one person keeps."""

    code = "table_views_limited"
    message = "You keep %(most)d views of this table already."
    cause = "A person keeps so many views of one table in an ad account."
    remedy = "Delete one that you do not need any more."
    actor = Actor.CALLER
