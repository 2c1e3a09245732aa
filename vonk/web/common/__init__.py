"""What every audience's pages share: layout, components, formats, the page of a refusal, static files.

The templates and tags are described in ``docs/design.md``.
"""
