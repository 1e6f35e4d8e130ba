#!/usr/bin/env bash
# Installs what is missing, builds a release and starts Switchboard in the
# foreground on 127.0.0.1. Ctrl-C stops it: it finishes what it has accepted.
#
#   scripts/run.sh [--port PORT] [--data FOLDER] [-- ARGUMENTS...]
#   scripts/run.sh --sandbox [--telegram-port PORT] [...]
#
#   --port PORT     where to listen; 8080 unless given
#   --data FOLDER   where everything is kept; ./data in the project unless given
#   --sandbox       with a Telegram that is played on a page in the browser, to
#                   try the visitors' desk and the executors' bot without a
#                   token; data in ./data-sandbox, which is new each time
#   --telegram-port PORT
#                   of that page; the first free one from 8081 on
#   -- ARGUMENTS    go to `switchboard serve` as they are, e.g. -- --config FILE

set -euo pipefail
# shellcheck source=scripts/lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
# shellcheck source=scripts/lib/sandbox.sh
. "$project_root/scripts/lib/sandbox.sh"

# check_port OPTION VALUE
check_port() {
  [[ "$2" =~ ^[1-9][0-9]{0,4}$ ]] && [ "$2" -le 65535 ] \
    || die "$1 takes a number from 1 to 65535, not '$2'"
}

port=8080
data=
sandbox=no
telegram_port=0
arguments=()
while [ $# -gt 0 ]; do
  case "$1" in
    --port) need_value "$1" $#; check_port "$1" "$2"; port="$2"; shift 2 ;;
    --data) need_value "$1" $#; data="$(realpath -m "$2")"; shift 2 ;;
    --sandbox) sandbox=yes; shift ;;
    --telegram-port) need_value "$1" $#; check_port "$1" "$2"; telegram_port="$2"; shift 2 ;;
    --help | -h) show_help; exit 0 ;;
    --) shift; arguments=("$@"); break ;;
    *) die "unknown option '$1'; see --help" ;;
  esac
done
targets=(switchboard)
if [ "$sandbox" = yes ]; then
  targets+=(telegram-simulator)
  data="${data:-$project_root/data-sandbox}"
else
  [ "$telegram_port" -eq 0 ] || die "--telegram-port goes with --sandbox"
  data="${data:-$project_root/data}"
fi

"$project_root/scripts/setup.sh"
build release "${targets[@]}"

port_in_use "$port" \
  && die "port $port is in use by another program; choose one with --port"

server=
stopping=no
stop_all() {
  stopping=yes
  [ -z "$server" ] || kill -TERM "$server" 2>/dev/null || true
  [ -z "$telegram" ] || kill -TERM "$telegram" 2>/dev/null || true
}
trap stop_all INT TERM HUP EXIT

if [ "$sandbox" = yes ]; then
  renew_sandbox_data
  choose_telegram_port
  start_telegram
fi

# In a session of its own, so that Ctrl-C reaches this script alone, which asks
# the server once, and politely.
export SWITCHBOARD_HTTP_PORT="$port" SWITCHBOARD_STORAGE_PATH="$data"
setsid "$project_root/build/release/bin/switchboard" serve \
  ${arguments[@]+"${arguments[@]}"} &
server=$!

# The server's exit status; a signal to this script ends `wait` early. In the
# sandbox, the end of the simulator ends the server too, with status 1.
wait_for_server() {
  local status=0 telegram_died=no
  while kill -0 "$server" 2>/dev/null; do
    status=0
    if [ -z "$telegram" ] || [ "$stopping" = yes ]; then
      wait "$server" || status=$?
      continue
    fi
    wait -n "$server" "$telegram" || status=$?
    if [ "$stopping" = no ] && ! telegram_lives; then
      telegram_died=yes
      tell_of_dead_telegram
      stop_all
    fi
  done
  [ "$telegram_died" = no ] || status=1
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
END
if [ "$sandbox" = yes ]; then
  fill_sandbox
  describe_sandbox
else
  cat <<END
  Create a ticket:

curl -s $address/api/ticket -H 'Content-Type: application/json' \\
  -d '{"customerName": "Test User", "customerEmail": "test@example.com", "subject": "Order has not arrived", "message": "It was due on Monday."}'
END
fi
printf '\nCtrl-C stops it.\n\n'

status=0
wait_for_server || status=$?
say "stopped"
exit "$status"
