"""What can be wrong with a file that is said to be a receipt."""

from vonk.core.errors import Actor, Invalid


class ReceiptTooLarge(Invalid):
    """No receipt is that long."""

    code = "receipt_too_large"
    message = "The file is larger than %(bytes_max)d bytes; no receipt is."
    cause = "It is another file, or something was added to it."
    remedy = "Download the receipt again."
    actor = Actor.CALLER


class ReceiptUnknownFormat(Invalid):
    """A receipt of another version."""

    code = "receipt_unknown_format"
    message = "The receipt has the format “%(found)s”; this version reads “%(known)s”."
    cause = "Another version of the platform made it."
    remedy = "Verify it with that version of vonk."
    actor = Actor.CALLER


class ReceiptMalformed(Invalid):
    """Cut off, changed by a program, or never a receipt."""

    code = "receipt_malformed"
    message = "The file is not a receipt: %(reason)s"
    cause = "It was cut off on its way, changed by a program, or is another file."
    remedy = "Download the receipt again."
    actor = Actor.CALLER


class ReceiptKeyInvalid(Invalid):
    """What was given as the platform's key is none, or not the one that signed."""

    code = "receipt_key_invalid"
    message = "The key cannot be used: %(reason)s."
    cause = "A receipt is verified with the public key of the platform that signed it."
    remedy = "Get it from the platform: /.well-known/vonk-receipt-key."
    actor = Actor.CALLER
    link = "/.well-known/vonk-receipt-key"
