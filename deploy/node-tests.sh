#!/usr/bin/env bash
# Runs the tests of one of the folders here with Node.js. Without the network;
# when what they need is not there, it says so and ends with 77 (skipped).
#
#   deploy/node-tests.sh baileys | n8n
#   deploy/node-tests.sh --install     fetches what baileys needs, once
#   deploy/node-tests.sh --help

set -euo pipefail
folder="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
node_major_min=18

skip() {
  printf 'SKIPPED: %s\n' "$*"
  exit 77
}

need_node() {
  local major
  command -v node >/dev/null || skip "Node.js is not installed"
  major="$(node --version | sed -n 's/^v\([0-9]*\)\..*/\1/p')"
  [ "${major:-0}" -ge "$node_major_min" ] \
    || skip "Node.js $node_major_min or newer is needed, this is $(node --version)"
}

# npm writes this file last. It is older than the lock file when that has changed.
is_installed() {
  local installed="$folder/baileys/node_modules/.package-lock.json"
  [ -f "$installed" ] && [ ! "$folder/baileys/package-lock.json" -nt "$installed" ]
}

case "${1:-}" in
  baileys)
    need_node
    is_installed || skip "the packages are not installed; 'npm ci' in deploy/baileys fetches them"
    cd "$folder/baileys"
    exec node --test test/*.test.js
    ;;
  n8n)
    need_node
    exec node --test "$folder/n8n/workflows.test.mjs"
    ;;
  --install)
    need_node
    command -v npm >/dev/null || skip "npm is not installed"
    is_installed && exit 0
    cd "$folder/baileys"
    # Where there is no network, nobody should wait for long to hear so.
    timeout 180 npm ci --no-progress --loglevel=error \
      --fetch-retries=1 --fetch-timeout=30000 \
      || skip "the packages of deploy/baileys cannot be fetched"
    # npm keeps the times of a cache; the lock file must not look newer.
    touch node_modules/.package-lock.json
    ;;
  --help | -h) sed -n '2,/^$/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" ;;
  *)
    printf "node-tests.sh: unknown argument '%s'; see --help\n" "${1:-}" >&2
    exit 2
    ;;
esac
