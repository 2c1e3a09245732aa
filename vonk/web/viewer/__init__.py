"""The viewer's site: the feed with its ads, profiles, posts, hashtags, sounds, preferences.

The click map is ``static/viewer/clicks.js``; the browser asks the ad server for ads itself and sends it events itself.
"""
