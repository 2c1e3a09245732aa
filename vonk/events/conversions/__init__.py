"""What an advertiser's pages and servers report of people who came from an ad: judged one by one, each counted once.

Two ways lead in. A *browser* knows the pixel's id, which is public, and is believed what anybody could say: its clock is
not asked, a conversion happens when it is received. A *server* knows the pixel's secret; it may report up to seven days
late. Nobody's address or number is taken: identifiers are SHA-256, made by whoever knows them.
"""
