"""The server: services, the page, the addresses beside it, and the gate before all of them."""

import argparse
import logging
import os
import signal
import subprocess
import sys
import threading
from functools import partial
from typing import TYPE_CHECKING, Any

from app.server.log import leave_out_races
from app.server.options import Sharing
from engine.runtime.child_processes import child_environment, module_command

if TYPE_CHECKING:
    from app.services.services import Services

UNUSED_SESSION_LIFETIME = 60_000
"""Milliseconds that a session waits for the websocket of its page. Pages are made one after the other: where many are asked for
at once, sessions given up after 15 s, as Bokeh does, would have to be made a second time, and more pages would be late."""


def serve(chosen: argparse.Namespace, shared: Sharing) -> None:
    """Start the server and stay until SIGINT or SIGTERM."""
    from app.services.options import Options
    from app.services.services import Services

    first_run = not chosen.no_first_run and not chosen.read_only
    services = Services(
        Options(
            chosen.altimetry, chosen.sst, chosen.grid_factor, first_run,
            upload_limit=shared.upload_limit, permissions=shared.permissions,
        )
    )  # fmt: skip
    # On this thread, because a library that two threads import at once may be seen half imported; before the imports of
    # the page, so that the first run begins while they take their time.
    services.warm()
    try:
        _serve_page(chosen, shared, services)
    finally:
        services.close()
    # Threads may still make pictures for pages that are closed; Python would wait for each of them.
    logging.shutdown()
    sys.stdout.flush()
    os._exit(0)


def made_server(services: "Services", shared: Sharing, **options: Any) -> Any:
    """Return the server of the page and all addresses beside it, behind the gate; `options` are those of `panel.serve`."""
    import panel as pn

    from app.access.gate import BODY_SECONDS, LARGEST_BODY, guard
    from app.data.layer_sources import open_frames
    from app.eddies import http as eddies_http
    from app.export import http as export_http
    from app.frames.http import patterns
    from app.loopmap.static_files import STATIC_VERSION
    from app.page.panel_workarounds import application_of, serve_own_styles
    from app.server.turns import take_turns
    from app.session.session import Session
    from app.show import http as show_http
    from app.uploads import http as files_http

    # The map's modules are named in the head of the page, so that the browser loads them together with the page's scripts.
    # `app.components.reconnection` reports a lost server.
    pn.extension(notifications=True, disconnect_notification="", js_modules={"loopmap": f"loopmap/{STATIC_VERSION}/loopmap.js"})

    def page() -> Any:
        serve_own_styles()
        return Session(services).page

    server: Any = pn.serve(
        {"/": page}, start=False, title="GOMS Explorer", verbose=False, warm=True,
        unused_session_lifetime_milliseconds=UNUSED_SESSION_LIFETIME,
        # Panel writes what a session knows of its request into the page, where scripts and saved copies can read it: no cookie
        # of a login, and only the header with the language.
        include_cookies=[], include_headers=["Accept-Language"],
        # The gate checks origins itself; Bokeh's list does not support addresses in brackets.
        websocket_origin=[name for name in shared.hosts.names if "[" not in name],
        http_server_kwargs={"max_body_size": LARGEST_BODY, "body_timeout": BODY_SECONDS},
        extra_patterns=[
            *patterns(partial(open_frames, services.readers)), *export_http.patterns(services), *show_http.patterns(services),
            *eddies_http.patterns(services.eddies),
            *files_http.patterns(services.uploads, shared.hosts),
        ],
        **shared.login, **options,
    )  # fmt: skip
    take_turns(application_of(server))
    guard(application_of(server), shared.hosts, shared.embedding)
    return server


def _serve_page(chosen: argparse.Namespace, shared: Sharing, services: "Services") -> None:
    from app.server.page_cost import leave_out_checks, leave_out_what_stays

    leave_out_races()
    leave_out_checks()
    server = made_server(services, shared, address=chosen.address, port=chosen.port, show=chosen.show)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: server.io_loop.add_callback_from_signal(server.io_loop.stop))
    server.start()
    leave_out_what_stays()
    host = "localhost" if chosen.address in ("127.0.0.1", "0.0.0.0", "::") else chosen.address
    url = f"http://{f'[{host}]' if ':' in host else host}:{server.port}"
    if warning := shared.warning(f"{chosen.address} port {server.port}"):
        print(warning, file=sys.stderr, flush=True)
    print(f"GOMS Explorer is served at {url}", flush=True)
    if chosen.window:
        threading.Thread(target=_show_window, args=(url, server.io_loop), daemon=True).start()
    server.io_loop.start()
    server.stop()


def _show_window(url: str, io_loop: Any) -> None:
    """Show the page in a process of its own, since windows want the main thread, and end the server with it."""
    subprocess.run(module_command("app.page.window", url), env=child_environment(), check=False)
    io_loop.add_callback(io_loop.stop)
