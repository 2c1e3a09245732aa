"""`vonk ads` on a platform's own data directory and settings."""

from typing import Final

from vonk.cli import ads
from vonk.cli.start import locked, refuse
from vonk.config import keys, wiring
from vonk.config.options import Options
from vonk.delivery.server.options import Options as AdsOptions

LOCK_FILE: Final = "ads.lock"


def serve(options: Options, *, host: str, port: int) -> None:
    """Serve slots and events until the process is asked to stop. Raises LogUnavailable, and ValueError for bad keys.

    A second ad server on the same directory is refused: its memory would be written over by the first one's, and its
    embedded log is for one. Several share a log with event_log_url, each with a directory of its own.
    """
    options.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (options.data_dir / LOCK_FILE).open("a") as lock:
        if not locked(lock.fileno()):
            refuse(f"another ad server runs on {options.data_dir}; give each a directory of its own")
        _serve(options, host=host, port=port)


def _serve(options: Options, *, host: str, port: int) -> None:
    keys.load_or_create(options.data_dir)
    ads.run(
        control_url=options.database_url,
        data_dir=options.data_dir,
        host=host,
        port=port,
        options=AdsOptions(
            reserve_micros=options.reserve_cpm_micros,
            reserve_share=options.reserve_ppm / 1_000_000,
            user_value_share=options.user_value_ppm / 1_000_000,
            allowed_origins=(options.site_url, *options.host_origins),
            reservation_seconds=options.reservation_seconds,
            advertiser_caps=options.advertiser_caps,
            neighbours_apart=options.neighbours_apart,
            places=options.ad_places,
            lists_dir=options.data_dir,
            random_share=options.random_slots_ppm / 1_000_000,
        ),
        signer=wiring.signer(options.data_dir),
        counters=wiring.counters(options),
        log_url=options.event_log_url,
        models_dir=options.models_directory,
        trusted_proxies=options.trusted_proxies,
        express_lane=options.express_lane,
    )
