"""What pictures, names and waiting files of an ad account's library can go wrong with."""

from vonk.core.errors import Actor, Conflict, Invalid, Limited, Missing


class SignatureWrong(Invalid):
    """What arrived is not what its sender's hash was made of."""

    code = "signature_wrong"
    message = "The MD5 of what arrived is %(found)s, not %(announced)s."
    cause = "The file changed on its way, or the signature belongs to another file."
    remedy = "Send the hexadecimal MD5 of exactly these bytes, and the bytes again."
    actor = Actor.ADVERTISER


class MaterialNameTaken(Conflict):
    """Names tell materials of one library apart."""

    code = "material_name_taken"
    message = "Another %(noun)s of this ad account is called “%(name)s”."
    remedy = "Choose another name, or leave it away."
    actor = Actor.ADVERTISER
    field = "file_name"


class ImageEmpty(Invalid):
    """Nothing was sent."""

    code = "image_empty"
    message = "The picture is empty."
    cause = "The upload ended before its first byte, or the file holds nothing."
    remedy = "Choose the file again and upload it once more."
    actor = Actor.ADVERTISER


class ImageTooLarge(Invalid):
    """A picture has a bound on bytes."""

    code = "image_too_large"
    message = "A picture has at most %(megabytes)d MB."
    remedy = "Save it smaller and upload that."
    actor = Actor.ADVERTISER


class ImageTooManyPixels(Invalid):
    """A small file can unfold into a picture that fills the machine's memory."""

    code = "image_too_many_pixels"
    message = "A picture has at most %(megapixels)d megapixels, and no side longer than %(side)d."
    remedy = "Save it smaller and upload that."
    actor = Actor.ADVERTISER


class ImageUnknown(Invalid):
    """The file is of no kind that is read."""

    code = "image_unknown"
    message = "This file is no picture: JPEG, PNG, WebP and GIF are read."
    remedy = "Save the picture as JPEG or PNG and upload that."
    actor = Actor.ADVERTISER


class ImageDamaged(Invalid):
    """The file begins as a picture and cannot be decoded to its end."""

    code = "image_damaged"
    message = "The picture is damaged or cut off."
    remedy = "Open it on your own device, save it anew, and upload that."
    actor = Actor.ADVERTISER


class FileMissing(Missing):
    """No file of the account waits under this id."""

    code = "library_file_missing"
    message = "No file of this ad account waits under this id."
    cause = "It was never sent, is of another ad account, or was forgotten."
    remedy = "Upload the file again and use the id that is answered."
    actor = Actor.ADVERTISER


class FileExpired(Conflict):
    """A file waits for a day."""

    code = "library_file_expired"
    message = "The file waited for a day, and was deleted."
    remedy = "Upload it again, and use it within 24 hours."
    actor = Actor.ADVERTISER


class FileKindWrong(Invalid):
    """What was announced as one kind is used as another."""

    code = "library_file_kind_wrong"
    message = "The file was announced as %(announced)s, and is used as %(wanted)s."
    remedy = "Announce what the file is when you upload it."
    actor = Actor.ADVERTISER


class FileEmpty(Invalid):
    """Nothing was sent."""

    code = "library_file_empty"
    message = "The file, or the piece of it, is empty."
    remedy = "Send the bytes again."
    actor = Actor.ADVERTISER


class FileTooLarge(Invalid):
    """A waiting file has a bound on bytes."""

    code = "library_file_too_large"
    message = "At most %(bytes_max)d bytes are taken here."
    remedy = "Send a larger file in pieces; a piece has at most what the answer before it said."
    actor = Actor.ADVERTISER


class PieceOutOfPlace(Conflict):
    """Pieces come in order, each once."""

    code = "piece_out_of_place"
    message = "The next piece begins at byte %(expected)d, not at %(given)d."
    cause = "A piece is missing, came twice with other bytes, or goes past the end that was announced."
    remedy = "Send the piece that begins there."
    actor = Actor.ADVERTISER


class FileUnfinished(Conflict):
    """Some of the announced bytes are missing, or nobody said that it is finished."""

    code = "library_file_unfinished"
    message = "%(received)d of %(announced)d bytes have come."
    cause = "Pieces are missing, or the upload was not finished."
    remedy = "Send the rest, finish the upload, and use it then."
    actor = Actor.ADVERTISER


class FileFinished(Conflict):
    """Nothing is added to a whole file."""

    code = "library_file_finished"
    message = "The upload is finished already."
    remedy = "Use the file, or start another upload."
    actor = Actor.ADVERTISER


class FilesWaiting(Limited):
    """One account's unfinished files never fill the disk."""

    code = "library_files_waiting"
    message = "%(most)d files of this ad account are waiting already."
    cause = "Each one is kept for a day."
    remedy = "Make materials of them, or wait until some are forgotten."
    actor = Actor.ADVERTISER
    retry_after_seconds = 3_600


class MaterialInUse(Conflict):
    """What something shows is not deleted."""

    code = "material_in_use"
    message = "%(material_id)s is in use: %(user)s."
    cause = "A post, an ad or a portfolio would lose what it shows."
    remedy = "Delete what uses it first, or keep it."
    actor = Actor.ADVERTISER


class MaterialUnderway(Conflict):
    """A video that is being made playable has a worker on it."""

    code = "material_underway"
    message = "%(material_id)s is still being processed."
    remedy = "Delete it once it plays, or once it was refused."
    actor = Actor.ADVERTISER


class CopiesTooMany(Invalid):
    """Every copy is a file of its own."""

    code = "copies_too_many"
    message = "One call makes at most %(most)d copies, not %(asked)d."
    cause = "Every material is copied into every ad account."
    remedy = "Share fewer materials, or with fewer ad accounts at a time."
    actor = Actor.ADVERTISER
