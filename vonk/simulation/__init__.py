"""The demo town: twelve shops on a small harbour, their posts, their sounds and their advertisements.

An outside client of the platform. It draws its own pictures and makes its own sounds, so that the town needs nothing
that somebody else made: ``cast`` declares who and what there is, ``scenes`` draws, ``sounds`` plays, ``clips`` joins
both into video files and ``avatars`` draws the emblems. ``world`` decides who visits when, ``client`` is the front door,
``creators``, ``advertisers`` and ``viewers`` go through it, and ``town`` tells the whole story, from its first day to
today. The same declarations always give the same town; only ids and auctions differ.
"""
