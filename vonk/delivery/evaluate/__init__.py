"""How well prediction does on the record of a real feed, by a fixed protocol: ``python -m vonk.delivery.evaluate``.

Offline alone: it reads files of others' logs and is never part of a server. ``feed`` reads a record, ``histories`` and
``features`` turn it into rows of a model, ``protocol`` trains and judges. ``replay`` is a command of its own: bids
against recorded auctions.
"""
