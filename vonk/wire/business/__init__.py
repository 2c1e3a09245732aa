"""The business API: TikTok's Business API v1.3 on the wire, Vonk's own actions and queries behind it."""
