"""The words of the Spark terms, for every surface on which they are read; pure. Their version is a setting."""

from typing import Final

SPARK_TERMS: Final[tuple[tuple[str, str], ...]] = (
    (
        "Only with consent.",
        (
            "You show a post as an ad only while its creator's authorisation lasts, in the ad account that redeemed the code, "
            "and as the creator published it."
        ),
    ),
    (
        "The creator decides.",
        (
            "A creator may revoke an authorisation at any time. From then on, and from its end, no ad with the post is shown. "
            "What was shown before is billed."
        ),
    ),
    (
        "The post stays the creator's.",
        (
            "Likes, comments, shares and follows that an ad earns belong to the post. The caption, the sound and the name are "
            "not changed."
        ),
    ),
    (
        "Say who you are.",
        "Every ad is marked as sponsored, and says on whose behalf it is shown and who pays. You keep both true.",
    ),
    (
        "You answer for the ad.",
        (
            "You have the rights that advertising needs, music included; the landing page keeps what the ad promises; you "
            "follow the law of every country you choose."
        ),
    ),
    (
        "Every ad is reviewed.",
        "The operator of this site may reject an ad, with reasons, or suspend an account that breaks these terms.",
    ),
    ("Creators earn.", "A share of what a Spark Ad is billed goes to the creator of its post."),
)
"""What is agreed to in a few words, and in full."""
