"""The pages, one folder per audience: viewer, creator, advertiser, operator, on the layout and components of ``common``.

An audience's site imports areas and ``common``, never another audience's site, so that a host may install only those
it needs. A view makes one call into an area and renders a typed record; a page works without JavaScript wherever a
form can do the job, and htmx improves it.
"""
