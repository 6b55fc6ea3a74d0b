#!/bin/sh
# Provide a Chromium for the browser tests: the one at hand, else Debian's package, else Playwright's own.
set -u
bin=$1
if command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null; then
    exit 0
fi
as_root=""
[ "$(id -u)" = 0 ] || as_root="sudo -n"
if command -v apt-get >/dev/null && $as_root true 2>/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    { $as_root apt-get update -qq && $as_root apt-get install -y -qq chromium; } >/dev/null && exit 0
fi
exec "$bin/playwright" install chromium
