"""How likely an impression leads to a click, a view or a conversion: priors, the learner, its calibration, its second stage.

``prior`` knows an ad by its own results alone. ``spec`` declares what a model looks at, ``learner`` learns it in one
pass, ``scorer`` asks it about one viewer and a few ads at once, ``second`` re-ranks the best of them, ``files`` keeps
models. Nothing here knows where rows come from: an event log, a feed's record, a test.
"""

from vonk.delivery.prediction.prior import (
    CLICK_PRIOR,
    HEADROOM,
    UNKNOWN,
    VIEW_PRIOR,
    bonus,
    highest,
    probability,
    worth,
)

__all__ = ["CLICK_PRIOR", "HEADROOM", "UNKNOWN", "VIEW_PRIOR", "bonus", "highest", "probability", "worth"]
