"""The advertisers' own site: another loopback port, one page, and a list of who was led there."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

PAGE = (
    "<!doctype html><title>Bakery</title><link rel=icon href='data:,'>{pixel}<h1>Ada's bakery</h1>"
    '<button onclick=\'vonk("purchase", {{id: "order-1", value: 12.5, currency: "EUR"}})\'>Buy</button>'
)


class Landing:
    """The addresses that were opened, in order. ``pixel``: the lines that an advertiser put into the pages."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.visits: list[str] = []
        self.pixel = ""

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"


@contextmanager
def open_shop() -> Iterator[Landing]:
    """Serve until the block ends."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            landing.visits.append(self.path.partition("?")[0])  # Behind it stands the click's id.
            body = PAGE.format(pixel=landing.pixel).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing: the visits are kept."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        landing = Landing(server.server_port)
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield landing
        finally:
            server.shutdown()
            thread.join()
