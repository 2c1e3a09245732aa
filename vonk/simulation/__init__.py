"""The demo town: thirty shops on a small harbour, two hundred posts, their sounds and their advertisements.

An outside client of the platform. It draws its own pictures and makes its own sounds, so that the town needs nothing
that somebody else made: ``cast``, ``neighbours``, ``shelf``, ``talk``, ``brands`` and ``details`` declare who and what
there is, ``scenes`` draws, ``sounds`` plays, ``clips`` joins both into video files, ``avatars`` and ``emblems`` draw
faces. ``world`` decides who visits when, ``client`` is the front door of programs and ``pages`` that of browsers;
``creators``, ``advertisers``, ``viewers`` and ``life`` go through them, and ``town`` tells the whole story, from its first
day to today. The same declarations always give the same town; only ids and auctions differ.
"""
