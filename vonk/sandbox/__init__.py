"""A small world for developers: everybody and everything that a client of the business API is tried with.

Promises: it is made by the areas' own actions, so that nothing in it could not have happened; only on a platform that is
a sandbox; as often as one likes, each world apart from the others.
"""
