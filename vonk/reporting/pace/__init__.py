"""Spend against the pace that the ad servers keep: by when viewers come, learnt from the platform's own slots."""
