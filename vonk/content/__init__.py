"""Profiles, videos, posts, sounds, engagement and the counters of every post; the MediaStore port.

Promises: a post is shown only to whom it is meant for; an upload that is no video leaves nothing behind; every
engagement names its source (organic, or the ad and showing it came from), so that total = organic + paid exactly.
"""
