"""A running platform with the cast signed up, for one road after the other: what a browser adds nothing to is prepared
through the platform API, and the ad server itself is asked what it shows.
"""

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from types import NoneType
from typing import Any, Final

import imageio_ffmpeg
import msgspec

from tests.web.journey import clips
from tests.web.journey.ada import Ada
from tests.web.journey.browser import Album, chromium
from tests.web.journey.cleo import Cleo
from tests.web.journey.olu import Olu
from tests.web.journey.person import PASSWORD, Person
from tests.web.journey.stage import TOUR, create_operator
from tests.web.journey.vik import Vik
from tests.wire.serving import Platform, serving, wait_for
from vonk.simulation.client import Caller, Created, Feed, ShownAd, World
from vonk.simulation.creators import Issued, VideoState

SLOT: Final = 4
CONTEXT: Final[dict[str, str | list[str]]] = {"device": "android", "country": "NL", "language": "en", "keywords": []}
BUDGET: Final = {"mode": "daily", "micros": 500_000_000}
PUSHED_SECONDS: Final = 5  # The shortest video that may be pushed, at its smallest size.


class Launched(msgspec.Struct, frozen=True):
    campaign_id: str
    ad_id: str


class _Review(msgspec.Struct, frozen=True):
    id: str


class _ReviewItem(msgspec.Struct, frozen=True):
    review: _Review
    ad_id: str


class _Reviews(msgspec.Struct, frozen=True):
    items: tuple[_ReviewItem, ...]


def clip(path: Path, *, size: str, seconds: float, kilobits: int) -> Path:
    """Write a test picture with a tone; exactly so many kilobits a second, however little moves."""
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y",
        "-f", "lavfi", "-i", f"testsrc2=size={size}:rate=10:duration={seconds}",
        "-f", "lavfi", "-i", f"sine=frequency=330:duration={seconds}",
        "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-x264-params", "nal-hrd=cbr",
        "-b:v", f"{kilobits}k", "-minrate", f"{kilobits}k", "-maxrate", f"{kilobits}k", "-bufsize", f"{kilobits}k",
        "-c:a", "aac", "-b:a", "64k", "-shortest", str(path),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)
    return path


class Roads:
    """The platform, the windows of the cast, and their calls. One ad runs at a time, so that what is shown is known."""

    def __init__(self, platform: Platform, people: Mapping[str, Person], folder: Path) -> None:
        self.data = platform.data
        self.folder = folder
        self.world = World(platform.url("site"), platform.url("ads"))
        cleo, ada, olu, vik = (people[name] for name in ("cleo", "ada", "olu", "vik"))
        assert isinstance(cleo, Cleo)
        assert isinstance(ada, Ada)
        assert isinstance(olu, Olu)
        assert isinstance(vik, Vik)
        self.cleo, self.ada, self.olu, self.vik = cleo, ada, olu, vik
        self.calls: dict[str, Caller] = {}
        self.account_id = ""
        self._videos: dict[str, str] = {}
        self._campaigns: dict[str, str] = {}

    def move_in(self) -> None:
        """Sign everybody up, open Ada's account, and give Cleo, Ada and Vik a video."""
        for name in ("cleo", "ada", "vik"):
            body = {
                "email": f"{name}@example.org", "password": PASSWORD, "handle": name, "display_name": name.title(),
                "language": "en", "country": "NL", "born_on": date(1990, 5, 17),
            }  # fmt: skip
            self.world.anybody.post("/sign_ups", body, Any)
            self.calls[name] = self.world.sign_in(f"{name}@example.org", PASSWORD)
        self.calls["olu"] = self.world.sign_in("olu@example.org", PASSWORD)
        ada = self.calls["ada"]
        body = {
            "organisation_name": "Ada's bakery", "name": "Bread", "currency": "EUR", "country": "NL",
            "time_zone": "Europe/Amsterdam", "advertiser_name": "Ada's bakery", "payer_name": "Bread Agency",
        }  # fmt: skip
        self.account_id = ada.post("/accounts", body, Created).id
        ada.post(self.of_account("/spark_terms"), {"version": "2026-11"}, NoneType)
        paid = {"amount_micros": 5_000_000_000, "provider_reference": "roads"}
        ada.post(self.of_account("/top_ups"), paid, Created)
        small = clips.draw(self.folder / "small.mp4", "bread", "dawn", seconds=1).read_bytes()
        for name in ("cleo", "ada", "vik"):
            self._videos[name] = self.calls[name].post("/videos?name=small.mp4", small, Created).id
        for name, video_id in self._videos.items():
            wait_for(
                lambda name=name, video_id=video_id: (
                    self.calls[name].get(f"/videos/{video_id}", VideoState).state == "ready"
                ),
                f"the video of {name} is not processed",
            )

    def of_account(self, path: str) -> str:
        """Return a path under Ada's account."""
        return f"/accounts/{self.account_id}{path}"

    def publish(self, caption: str, *, by: str = "cleo", **more: object) -> str:
        """Publish a post; return its id. ``more`` is said as the platform API says it."""
        body = {"video_id": self._videos[by], "caption": caption, "visibility": "public", **more}
        return self.calls[by].post("/posts", body, Created).id

    def code(self, post_id: str, **more: object) -> str:
        """Authorise Cleo's post; return a code. ``more`` is said as the platform API says it."""
        cleo = self.calls["cleo"]
        cleo.put("/me/ad_settings", {"on": True})
        cleo.put(f"/posts/{post_id}/ad_authorisation", {"on": True})
        return cleo.post(f"/posts/{post_id}/consents", {"duration_days": 30, **more}, Issued).code

    def launch(self, consent_id: str, name: str, *, approved: bool = True) -> str:
        """Create a campaign with one ad, reviewed unless told otherwise; return the ad's id."""
        body = {
            "campaign": {"name": name, "objective": "traffic", "budget": BUDGET},
            "ad_group": {
                "name": name, "billing": "cpm", "bid_micros": 20_000_000, "budget": BUDGET, "targeting": {"countries": ["NL"]},
            },
            "ad": {
                "name": name, "consent_id": consent_id, "call_to_action": "learn_more", "category": "food",
                "landing_url": "https://bakery.example.org/",
            },
        }  # fmt: skip
        made = self.calls["ada"].post(self.of_account("/launches"), body, Launched)
        self._campaigns[made.ad_id] = made.campaign_id
        if approved:
            self.approve(made.ad_id)
        return made.ad_id

    def approve(self, ad_id: str) -> None:
        """Let Olu approve an ad, where the browser adds nothing."""
        waiting = self.calls["olu"].get("/reviews?page_size=100", _Reviews).items
        review_id = next(item.review.id for item in waiting if item.ad_id == ad_id)
        self.calls["olu"].post(f"/reviews/{review_id}/approval", {}, NoneType)

    def decided(self) -> ShownAd | None:
        """Return the ad that the ad server answers Vik with."""
        token = self.calls["vik"].get("/feed?page_size=1", Feed).viewer_token
        (slot,) = self.world.ads.decide(token, [SLOT], context=CONTEXT).slots
        return slot.ad

    def shows(self, ad_id: str) -> None:
        """The ad server answers with this ad, now or in a moment."""
        wait_for(
            lambda: (ad := self.decided()) is not None and ad.id == ad_id,
            f"ad {ad_id} is not shown: {self.status(ad_id)}",
        )

    def stops(self, ad_id: str, *, because: str) -> None:
        """The ad server answers with none, and the ad's page says why."""
        wait_for(lambda: self.decided() is None, f"ad {ad_id} is still shown")
        status = self.status(ad_id)
        assert "Not delivering" in status, status
        assert because in status, status

    def status(self, ad_id: str) -> str:
        """Return what the ad's page says of its status."""
        return self.ada.status(int(ad_id))

    def end(self, ad_id: str) -> None:
        """Switch an ad's campaign off, so that the next road's ad is alone."""
        if ad_id in self._campaigns:
            path = self.of_account(f"/campaigns/{self._campaigns[ad_id]}/enabled")
        else:
            path = self.of_account(f"/ads/{ad_id}/enabled")
        self.calls["ada"].put(path, {"enabled": False})
        wait_for(lambda: self.decided() is None, f"ad {ad_id} is still shown")


@contextmanager
def open_roads(folder: Path) -> Iterator[Roads]:
    """Run a platform with the cast signed up and their windows open, until the block ends."""
    data = folder / "data"
    with chromium() as browser, serving(data, "--sandbox") as platform:
        create_operator(data)
        site, ads, album = platform.url("site"), platform.url("ads"), Album(TOUR)
        people = {one.name: one(browser, site, ads, album) for one in (Cleo, Ada, Olu, Vik)}
        roads = Roads(platform, people, folder)
        try:
            roads.move_in()
            for name, path in (("cleo", "/studio/"), ("ada", "/advertiser/"), ("olu", "/console/"), ("vik", "/")):
                people[name].log_in(next_path=path)
            roads.vik.data = data
            yield roads
        finally:
            roads.world.close()
