#!/bin/sh
# Provide a Chromium for the browser tests: the one at hand, else Debian's package, else Playwright's own.
set -u
bin=$1
if command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null; then
    exit 0
fi
as_root="env DEBIAN_FRONTEND=noninteractive"
[ "$(id -u)" = 0 ] || as_root="sudo -n $as_root"
if command -v apt-get >/dev/null && $as_root true 2>/dev/null; then
    # A new machine has no lists of packages yet; a source that does not answer leaves those of the others.
    $as_root apt-get update -qq >/dev/null
    $as_root apt-get install -y -qq chromium >/dev/null && exit 0
    exec "$bin/playwright" install --with-deps chromium
fi
exec "$bin/playwright" install chromium
