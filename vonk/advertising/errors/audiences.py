"""What custom audiences and files of customers refuse. Each error is named for the rule it stands for."""

from vonk.core.errors import Actor, Conflict, Forbidden, Invalid, Limited, Missing


class CustomerFileEmpty(Invalid):
    """A file of customers holds nobody."""

    code = "customer_file_empty"
    message = "The file holds no digest."
    remedy = "Send a text file with one digest a line."
    actor = Actor.ADVERTISER
    field = "file"


class CustomerFileTooLarge(Invalid):
    """A file of customers has more bytes than are read."""

    code = "customer_file_too_large"
    message = "The file has more than %(most)d bytes."
    remedy = "Send it in several files, and append them to the audience."
    actor = Actor.ADVERTISER
    field = "file"


class CustomerFileTooLong(Invalid):
    """A file of customers has more digests than are read, or an audience would have more than it may."""

    code = "customer_file_too_long"
    message = "There are more than %(most)d digests."
    remedy = "Send fewer in one file, and make several audiences of more people than one may hold."
    actor = Actor.ADVERTISER
    field = "file"


class CustomersNotHashed(Invalid):
    """An address or number of a person came as it is."""

    code = "customers_not_hashed"
    message = "Line %(line)d of the file holds an address or a number as it is. Nothing of the file was kept."
    cause = "People are looked for by digests alone."
    remedy = "Send the SHA-256 of the trimmed, lower-case address, one a line."
    actor = Actor.ADVERTISER
    field = "file"


class CustomerLineWrong(Invalid):
    """A line of a file of customers is no digest of the kind that was announced."""

    code = "customer_line_wrong"
    message = "Line %(line)d of the file is no %(kind)s: %(characters)d hexadecimal characters. Nothing was kept."
    remedy = "Send one digest a line, without a heading, all of the kind that calculate_type names."
    actor = Actor.ADVERTISER
    field = "file"


class CustomerFileMissing(Missing):
    """There is no such file of customers any more."""

    code = "customer_file_missing"
    message = "There is no waiting file %(file_id)s of this ad account."
    cause = "It was never sent, or a day has passed."
    remedy = "Send the file again."
    actor = Actor.ADVERTISER
    field = "file_paths"


class CustomerFilesWaiting(Limited):
    """The account has sent many files that no audience took."""

    code = "customer_files_waiting"
    message = "%(most)d files of customers wait already."
    remedy = "Make audiences of them, or wait until they are a day old."
    actor = Actor.ADVERTISER


class DigestKindsMixed(Invalid):
    """The files are of another kind of digest than the audience."""

    code = "digest_kinds_mixed"
    message = "The file %(file_id)s holds %(found)s, not %(wanted)s."
    remedy = "Make another audience of it."
    actor = Actor.ADVERTISER
    field = "file_paths"


class AudienceNotOwn(Forbidden):
    """The audience is shared with the account, which may use it and no more."""

    code = "audience_not_own"
    message = "Audience %(audience_id)s belongs to another ad account, which shares it with this one."
    remedy = "Have its owner change it."
    actor = Actor.ADVERTISER


class AudienceUnfit(Conflict):
    """The audience cannot be used for this."""

    code = "audience_unfit"
    message = "Audience %(audience_id)s: %(reason)s"
    remedy = "Choose another audience."
    actor = Actor.ADVERTISER
