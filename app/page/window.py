"""The page in a window of the desktop instead of a browser: `python -m app.page.window URL`.

`goms app --window` starts it beside the server."""

import sys
from importlib.util import find_spec

MISSING = "a window of its own needs pywebview, which is not installed; run pip install 'goms-explorer[window]', or use --show"
SIZE = (1400, 900)


def is_installed() -> bool:
    """Return whether a window can be opened here."""
    return find_spec("webview") is not None


def main(url: str) -> None:
    """Show a page until the window is closed."""
    import webview

    webview.create_window("GOMS Explorer", url, width=SIZE[0], height=SIZE[1])
    webview.start()


if __name__ == "__main__":
    main(sys.argv[1])
