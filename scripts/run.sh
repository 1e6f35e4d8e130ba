#!/usr/bin/env bash
# Installs what is missing, builds a release and starts Switchboard in the
# foreground on 127.0.0.1. Ctrl-C stops it: it finishes what it has accepted.
#
#   scripts/run.sh [--port PORT] [--data FOLDER] [-- ARGUMENTS...]
#
#   --port PORT     where to listen; 8080 unless given
#   --data FOLDER   where everything is kept; ./data in the project unless given
#   -- ARGUMENTS    go to `switchboard serve` as they are, e.g. -- --config FILE

set -euo pipefail
# shellcheck source=scripts/lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

port=8080
data="$project_root/data"
arguments=()
while [ $# -gt 0 ]; do
  case "$1" in
    --port) need_value "$1" $#; port="$2"; shift 2 ;;
    --data) need_value "$1" $#; data="$(realpath -m "$2")"; shift 2 ;;
    --help | -h) show_help; exit 0 ;;
    --) shift; arguments=("$@"); break ;;
    *) die "unknown option '$1'; see --help" ;;
  esac
done
[[ "$port" =~ ^[1-9][0-9]{0,4}$ ]] && [ "$port" -le 65535 ] \
  || die "--port takes a number from 1 to 65535, not '$port'"

"$project_root/scripts/setup.sh"
build release switchboard

port_in_use "$port" \
  && die "port $port is in use by another program; choose one with --port"

# In a session of its own, so that Ctrl-C reaches this script alone, which asks
# the server once, and politely.
export SWITCHBOARD_HTTP_PORT="$port" SWITCHBOARD_STORAGE_PATH="$data"
setsid "$project_root/build/release/bin/switchboard" serve \
  ${arguments[@]+"${arguments[@]}"} &
server=$!
stopping=no
stop_server() {
  stopping=yes
  kill -TERM "$server" 2>/dev/null || true
}
trap stop_server INT TERM HUP

# The server's exit status; a signal to this script ends `wait` early.
wait_for_server() {
  local status=0
  while kill -0 "$server" 2>/dev/null; do
    status=0
    wait "$server" || status=$?
  done
  return "$status"
}

address="http://127.0.0.1:$port"
until curl -fs -o /dev/null --max-time 1 "$address/healthz"; do
  if [ "$stopping" = yes ] || ! kill -0 "$server" 2>/dev/null; then
    status=0
    wait "$server" || status=$?
    [ "$stopping" = yes ] || die "the server did not start; its message stands above"
    exit "$status"
  fi
  sleep 0.1
done

cat <<END

Switchboard listens on $address
  admin key   $data/secrets/admin.key
  Create a ticket:

curl -s $address/api/ticket -H 'Content-Type: application/json' \\
  -d '{"customerName": "Test User", "customerEmail": "test@example.com", "subject": "Order has not arrived", "message": "It was due on Monday."}'

Ctrl-C stops it.

END

status=0
wait_for_server || status=$?
say "stopped"
exit "$status"
