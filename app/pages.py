"""The web pages: GraphiQL from our own files, or a plain page while those are not built."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from app.examples import Example

if TYPE_CHECKING:
    from os import PathLike, stat_result

    from starlette.requests import Request
    from starlette.types import Scope

BUILT = Path(__file__).parent / "static"
FALLBACK = Path(__file__).parent / "fallback"

# Everything comes from this server. Monaco, GraphiQL's editor, sets styles in elements and draws with data: and blob:.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; "
    "script-src 'self'; "
    "style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; "
    "font-src 'self' data:; "
    "worker-src 'self' blob:; "
    "connect-src 'self'; "
    "base-uri 'none'; "
    "form-action 'none'; "
    "frame-ancestors 'none'"
)
NOSNIFF = {"X-Content-Type-Options": "nosniff"}
PAGE_HEADERS = {
    **NOSNIFF,
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Referrer-Policy": "no-referrer",
    # Asked again each time: a page names the hashed files of its build, and an old page would ask for files now gone.
    "Cache-Control": "no-cache",
}
PEOPLE = b'<meta name="c360-people" content="/graphiql/people.json" />'
HASHED = "public, max-age=31536000, immutable"
# Level 9 takes several times as long for 1 % less.
GZIP = [Middleware(GZipMiddleware, compresslevel=5)]


class PageFiles(StaticFiles):
    """The files of the pages, with how long a browser may keep them."""

    def __init__(self, directory: Path, cache_control: str) -> None:
        super().__init__(directory=directory, check_dir=False)
        self._cache_control = cache_control

    async def check_config(self) -> None:
        """Take a missing directory for an empty one: the pages may not be built yet."""

    def file_response(
        self,
        full_path: str | PathLike[str],
        stat_result: stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """Return a file with our headers."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers.update({**NOSNIFF, "Cache-Control": self._cache_control})
        return response


def page_routes(examples: Sequence[Example], *, people: bool = False, built: Path = BUILT) -> list[BaseRoute]:
    """Return the routes of the web pages, which need no database and no login.

    Args:
        examples: The queries that GraphiQL offers.
        people: Whether there are people whom GraphiQL can look as.
        built: Where the built pages are, or will be: they are looked for at each request.
    """
    listed = [example.as_json() for example in examples]

    def graphiql(_: Request) -> Response:
        page = built / "graphiql.html"
        page = page if page.is_file() else FALLBACK / "graphiql.html"
        if people:
            # The page asks for them only where there are some.
            return HTMLResponse(page.read_bytes().replace(b"</head>", PEOPLE + b"</head>", 1), headers=PAGE_HEADERS)
        return FileResponse(page, headers=PAGE_HEADERS)

    def graphiql_examples(_: Request) -> Response:
        return JSONResponse(listed, headers={**NOSNIFF, "Cache-Control": "no-cache"})

    return [
        Route("/graphiql", graphiql, middleware=GZIP),
        Route("/graphiql/examples.json", graphiql_examples, middleware=GZIP),
        # Only these two folders: a page served as a mere file would come without its headers.
        Mount("/static/assets", PageFiles(built / "assets", HASHED), middleware=GZIP),
        Mount("/static/fallback", PageFiles(FALLBACK / "assets", "no-cache"), middleware=GZIP),
    ]
