#!/bin/sh
# Installs the real peers that the interop tests run: `npm ci` in every folder beside this file that has a lock file.
# What is installed already, from the same lock, is left alone.
set -eu
cd "$(dirname "$0")"
command -v npm >/dev/null || { echo "interop: npm is not installed; install Node.js with npm" >&2; exit 1; }
for lock in */package-lock.json; do
  [ -f "$lock" ] || continue
  peer=${lock%/*}
  stamp=$peer/node_modules/.installed-lock
  hash=$(sha256sum "$lock" | cut -d' ' -f1)
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$hash" ]; then
    echo "interop: $peer is up to date"
    continue
  fi
  echo "interop: installing $peer"
  # The engine that npm warns about is npm's own Node, not the one the peer runs on.
  (cd "$peer" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
  echo "$hash" > "$stamp"
done
