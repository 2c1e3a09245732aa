"""Prediction models in service: what they look at, how they are made from the event log, checked, kept and served.

``features`` says what a model may know, ``examples`` makes rows of the log's records, ``training`` learns them and
``check`` judges what it learnt; ``shelf`` keeps models and says which one is served; ``watch`` and ``served`` bring that
one into a running ad server. Only ``training`` and ``served`` need Numba.
"""
