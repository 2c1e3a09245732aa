"""What is wrong with a stream or its servers, for the operator."""

from vonk.core.errors import Actor
from vonk.events.log import LogCorrupt, LogUnavailable


class ServersUnreachable(LogUnavailable):
    """No server lets us in."""

    code = "log_unreachable"
    message = "No NATS server of the event log can be reached: %(servers)s (%(reason)s)"
    cause = "The servers are down, the address or its user, password or certificate is wrong, or a firewall is between."
    remedy = "Start the servers, or correct event_log_url."
    actor = Actor.OPERATOR


class StreamUnfit(LogUnavailable):
    """The stream exists with settings under which records could be lost."""

    code = "log_stream_unfit"
    message = "The stream %(stream)s cannot be an event log: %(reasons)s"
    cause = "It was made by another program or with weaker settings, and records could be lost in it."
    remedy = "Name another stream in event_log_url, or change this one's settings with `nats stream edit`."
    actor = Actor.OPERATOR


class NotSynced(LogUnavailable):
    """Nobody vouches that what the servers acknowledge is on their disks."""

    code = "log_not_synced"
    message = "It is not known that the NATS servers sync to disk before they acknowledge: %(reason)s"
    cause = (
        "NATS servers sync every two minutes by default. Should all of them lose power together,"
        " what they acknowledged since would be gone."
    )
    remedy = (
        "Use nats-server 2.10 or newer with `sync_interval: always` and name its monitoring port in event_log_url"
        " (monitor=8222). Or accept that a majority's memory is enough, with durability=replicated:"
        " then give the servers separate power, or keep their store on a file system mounted with `sync`."
    )
    actor = Actor.OPERATOR


class StreamDamaged(LogCorrupt):
    """Messages that must be in the stream are not, or are none of ours."""

    code = "log_stream_damaged"
    message = "The stream %(stream)s is damaged: %(reason)s"
    cause = "Messages were deleted, purged or published by another program, or the servers lost them."
    remedy = "Stop the ad servers, keep the stream as it is, and restore the newest good copy."
    actor = Actor.OPERATOR
