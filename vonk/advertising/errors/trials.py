"""What A/B tests and lift tests refuse. Each error is named for the rule it stands for."""

from vonk.core.errors import Actor, Conflict, Forbidden, Limited


class AdGroupInSplitTest(Conflict):
    """An ad group is in one A/B test at a time."""

    code = "ad_group_in_split_test"
    message = "One of the ad groups is in another split test."
    cause = "In two tests at once nobody could say which of them made a difference."
    remedy = "End the other test first, or wait for its end."
    actor = Actor.ADVERTISER


class CampaignInLiftTest(Conflict):
    """A campaign is in one lift test at a time."""

    code = "campaign_in_lift_test"
    message = "The campaign is in another lift test."
    cause = "In two tests at once nobody could say whom it was kept from."
    remedy = "End the other test first, or wait for its end."
    actor = Actor.ADVERTISER


class LiftTestOver(Conflict):
    """What is over stays as it was."""

    code = "lift_test_over"
    message = "The lift test is over."
    cause = "Its time has come, or somebody ended it."
    remedy = "Read its result, or begin another test."
    actor = Actor.ADVERTISER


class LiftTestQuotaExceeded(Limited):
    """The account has as many lift tests as an account may have."""

    code = "lift_test_quota_exceeded"
    message = "An ad account can have %(most)s lift tests that are not over."
    cause = "What each viewer of a test did is kept."
    remedy = "End tests that are no longer needed."
    actor = Actor.ADVERTISER


class LiftTestsForbidden(Forbidden):
    """An operator lets the account have no lift tests."""

    code = "lift_tests_forbidden"
    message = "This ad account may have no lift tests: %(reason)s"
    cause = "The platform's operator has forbidden them."
    remedy = "Ask the operator."
    actor = Actor.OPERATOR


class SplitTestStarted(Conflict):
    """The times of a running test stay."""

    code = "split_test_started"
    message = "The split test has begun; its times can no longer be changed."
    cause = "Whoever moves the end after a look at the numbers finds differences that are not there."
    remedy = "End the test, or wait for its end and begin another one."
    actor = Actor.ADVERTISER


class SplitTestOver(Conflict):
    """What is over stays as it was."""

    code = "split_test_over"
    message = "The split test is over."
    cause = "Its time has come, somebody ended it, or one of its ad groups was deleted."
    remedy = "Read its result, or begin another test."
    actor = Actor.ADVERTISER


class SplitTestQuotaExceeded(Limited):
    """The account has as many split tests as an account may have."""

    code = "split_test_quota_exceeded"
    message = "An ad account can have %(most)s split tests that are not over."
    cause = "Each of them is in the documents of two ad groups, and what each viewer did is kept."
    remedy = "End tests that are no longer needed."
    actor = Actor.ADVERTISER
