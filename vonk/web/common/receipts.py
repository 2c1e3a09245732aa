"""Signed receipts as files, and the public keys that verify them."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from vonk.authorisation import receipts
from vonk.authorisation.queries.receipts import public_keys
from vonk.authorisation.receipts import Receipt


def download(receipt: Receipt) -> HttpResponse:
    """Answer the receipt as a file of the reader's own."""
    about = receipt.signed.object
    response = HttpResponse(receipts.encode(receipt), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="vonk-receipt-{about.kind}-{about.id}.json"'
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def keys(_request: HttpRequest) -> JsonResponse:
    """Answer every public key that has signed receipts, the one in use first. For everybody."""
    known = [
        {"key_id": receipts.key_id(key), "algorithm": "Ed25519", "public_key": key.hex(), "in_use": number == 0}
        for number, key in enumerate(public_keys())
    ]
    response = JsonResponse({"platform": settings.VONK.platform_name, "keys": known})
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "public, max-age=60"
    return response
