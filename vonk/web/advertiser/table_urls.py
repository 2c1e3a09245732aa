"""Addresses of the tables: their parts, files, changes of many objects, and histories."""

from typing import Final

from django.urls import path

from vonk.web.advertiser.views import bulk, history, lists, table_acts, table_files
from vonk.web.common import converters  # noqa: F401 - registers <id:…>.

TABLES: Final = [
    path("edits/", bulk.page, name="bulk_edits"),
    path("edits/<id:edit_id>/", bulk.edit, name="bulk_edit"),
    path("edits/<id:edit_id>/state/", bulk.state, name="bulk_state"),
    path("edits/<id:edit_id>/apply/", bulk.apply, name="bulk_apply"),
    path("edits/<id:edit_id>/cancel/", bulk.cancel, name="bulk_cancel"),
    path("edits/<id:edit_id>/undo/", bulk.undo, name="bulk_undo"),
    path("views/<id:view_id>/", table_acts.rename_view, name="table_view_rename"),
    path("views/<id:view_id>/save/", table_acts.save_view, name="table_view_save"),
    path("views/<id:view_id>/delete/", table_acts.delete_view, name="table_view_delete"),
    path("<str:noun>/totals/", lists.totals, name="table_totals"),
    path("<str:noun>/columns/", table_acts.choose_columns, name="table_columns"),
    path("<str:noun>/views/", table_acts.keep_view, name="table_view"),
    path("<str:noun>/edit/", bulk.begin, name="table_bulk"),
    path("<str:noun>/edit/start/", bulk.start, name="table_bulk_start"),
    path("<str:noun>/import/", table_files.upload, name="table_import"),
    path("<str:noun>/export.<str:kind>", table_files.download, name="table_export"),
    path("<str:noun>/<id:object_id>/row/", table_acts.row, name="table_row"),
    path("<str:noun>/<id:object_id>/edit/<str:field>/", table_acts.edit, name="table_edit"),
    path("<str:noun>/<id:object_id>/history/", history.page, name="table_history"),
]
