"""How the site is doing, for machines: GET /healthz and GET /metrics."""

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

_prepared = {"tables": False}  # Once the tables are up to date they stay so for this process's code.


@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database answers and its tables are those of this version, otherwise 503 with the reason."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if not _prepared["tables"]:
            executor = MigrationExecutor(connection)
            _prepared["tables"] = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except (DatabaseError, ImproperlyConfigured) as error:
        return JsonResponse({"status": "no_database", "reason": str(error)}, status=503)
    if not _prepared["tables"]:
        return JsonResponse({"status": "tables_outdated", "reason": "run vonk migrate"}, status=503)
    return JsonResponse({"status": "ok"})


@require_safe
def metrics(_request: HttpRequest) -> HttpResponse:
    """Answer the process's numbers in Prometheus' format."""
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)
