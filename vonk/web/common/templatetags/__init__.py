"""The tag library: ``{% load vonk %}``."""
