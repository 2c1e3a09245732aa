"""A seeded market of campaigns, to try pacing and bidding in: ``vonk simulate market``.

``world`` makes it, ``kernel`` runs any method of pacing in it with delivery's own step, ``live`` runs it through
``decide`` itself, ``figures`` judges, ``charts`` draws, ``guards`` and ``regret`` try what reservations and duals promise.
Nothing that serves imports it.
"""
