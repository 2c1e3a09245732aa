"""`vonk ads` on a platform's own data directory and settings."""

from vonk.cli import ads
from vonk.config import keys
from vonk.config.options import Options
from vonk.delivery.options import Options as AdsOptions


def serve(options: Options, *, host: str, port: int) -> None:
    """Serve slots and events until the process is asked to stop. Raises LogUnavailable, and ValueError for bad keys."""
    options.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    ads.run(
        control_url=options.database_url,
        data_dir=options.data_dir,
        host=host,
        port=port,
        options=AdsOptions(
            reserve_micros=options.reserve_cpm_micros,
            allowed_origins=(options.site_url,),
            reservation_seconds=options.reservation_seconds,
        ),
        keys=list(keys.load_or_create(options.data_dir).tokens),
    )
