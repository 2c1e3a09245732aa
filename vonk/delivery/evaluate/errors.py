"""What can be wrong with a record of a feed. The command names it and ends with 2."""

from vonk.core.errors import Invalid, Missing


class FeedFileMissing(Missing):
    """A file of the record is not there, or is no Parquet file."""

    code = "feed_file_missing"
    message = "%(path)s cannot be read: %(reason)s."
    cause = "A record of a feed is a directory with impressions, users, videos and histories as Parquet files."
    remedy = "Name a directory that holds all four."


class FeedColumnMissing(Invalid):
    """A file of the record lacks a column, or the column holds something else."""

    code = "feed_column_missing"
    message = "%(path)s: column %(column)s %(reason)s."
    cause = "The record does not have the documented schema."
    remedy = "Export it again with every column of the schema."


class FeedDaysEmpty(Invalid):
    """There is nothing to learn from, or nothing to judge by."""

    code = "feed_days_empty"
    message = "There are no impressions to %(purpose)s %(days)s."
    cause = "The days asked for are not in the record."
    remedy = "Choose --train-until and --test-from within the record's days, training first."
