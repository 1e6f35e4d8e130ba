# Sourced by bench.sh: starts and stops the servers that are measured. Uses
# `bin` (folder of the binaries) and `work` (temporary folder).

server_pid=
server_port=
server_data=
started_pids=()
data_folders=0
manager_phone="+4915112345678"

# await_line PID LOG PATTERN: waits until the log has a line that matches.
await_line() {
  local deadline=$((SECONDS + 60))
  until grep -q -- "$3" "$2" 2>/dev/null; do
    if ! kill -0 "$1" 2>/dev/null; then
      tail -n 20 "$2" >&2
      die "$(basename "$2" .log) ended at its start; its last words stand above"
    fi
    [ $SECONDS -lt $deadline ] || die "$(basename "$2" .log) does not get ready"
    sleep 0.02
  done
}

# launch NAME COMMAND...: sets server_pid and server_port.
launch() {
  local log="$work/$1.log"
  shift
  : >"$log"
  "$@" >"$log" 2>&1 &
  server_pid=$!
  started_pids+=("$server_pid")
  await_line "$server_pid" "$log" 'listening on http://127\.0\.0\.1:[0-9]'
  server_port="$(sed -n 's|.*listening on http://127\.0\.0\.1:\([0-9]*\).*|\1|p' \
    "$log" | head -n 1)"
}

# new_data_folder: each server starts with nothing, unless it is restarted.
new_data_folder() {
  data_folders=$((data_folders + 1))
  server_data="$work/data.$data_folders"
}

# free_port: a port of 127.0.0.1 that nobody listens on now.
free_port() {
  local port
  for ((port = 20000 + RANDOM % 10000; ; port++)); do
    port_in_use "$port" || { echo "$port"; return; }
  done
}

# start_switchboard [slow] [NAME=VALUE...]: on server_data, without limits by
# address, key or endpoint; with `slow`, every sync takes longer.
start_switchboard() {
  local environment=(
    SWITCHBOARD_HTTP_HOST=127.0.0.1 SWITCHBOARD_HTTP_PORT=0
    SWITCHBOARD_STORAGE_PATH="$server_data"
    SWITCHBOARD_LIMITS_PUBLIC_CREATE_PER_MINUTE=0
    SWITCHBOARD_LIMITS_PUBLIC_MISS_PER_MINUTE=0
    SWITCHBOARD_LIMITS_API_KEY_PER_SECOND=0
    SWITCHBOARD_WEBHOOKS_ALLOW_NETWORKS=127.0.0.0/8
    SWITCHBOARD_WEBHOOKS_PER_SECOND=0
    AGENT_PHONE="$manager_phone"
  )
  if [ "${1:-}" = slow ]; then
    shift
    environment+=(LD_PRELOAD="$bin/slow_sync.so")
  fi
  environment+=("$@")
  launch switchboard env "${environment[@]}" "$bin/switchboard" serve
}

start_bare() {
  launch bare-beast-server "$bin/bare-beast-server" --port 0 \
    ${bare_answers[@]+"${bare_answers[@]}"}
}

# forget PID: the number may be another program's by now.
forget() {
  local pid kept=()
  for pid in "${started_pids[@]}"; do
    [ "$pid" = "$1" ] || kept+=("$pid")
  done
  started_pids=(${kept[@]+"${kept[@]}"})
}

# stop_server PID: SIGTERM, and it must end with 0.
stop_server() {
  local status=0
  kill -TERM "$1" 2>/dev/null || die "a server ended before it was stopped"
  wait "$1" || status=$?
  forget "$1"
  [ "$status" -eq 0 ] || die "a server ended with status $status"
}

drop_data() {
  rm -rf "$server_data"
}

clean_up() {
  local pid
  for pid in ${started_pids[@]+"${started_pids[@]}"}; do
    kill -KILL "$pid" 2>/dev/null || true
  done
  rm -rf "$work"
}

# resident_bytes PID
resident_bytes() {
  awk '/^VmRSS:/ { print $2 * 1024 }' "/proc/$1/status"
}

# metric PORT NAME: the value of one line of /metrics, 0 when it is not there.
metric() {
  curl -fs "http://127.0.0.1:$1/metrics" \
    | awk -v name="$2" '$1 == name { value = $2 } END { printf "%d\n", value }'
}
