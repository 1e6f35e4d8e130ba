# Sourced by bench.sh: the phases of a run. Each appends what it measured to
# $work/runs.jsonl, one JSON object to a line.

# record PEER VARIANT ROUND FILE
record() {
  jq -c --arg peer "$1" --arg variant "$2" --argjson round "$3" \
    '. + {peer: $peer, variant: $variant, round: $round}' "$4" >>"$work/runs.jsonl"
}

# load PEER VARIANT ROUND SCENARIO CONNECTIONS ARGUMENTS...: measures the server
# that was started last. Any wrong answer ends the whole run.
load() {
  local peer="$1" variant="$2" round="$3" scenario="$4" connections="$5"
  shift 5
  if [ "$scenario" = mixed ] && [ "$peer" = switchboard ]; then
    set -- "$@" --inbound-key-file "$server_data/secrets/inbound.key" \
      --agent-phone "$manager_phone"
  elif [ "$scenario" = mixed ]; then
    set -- "$@" --status-only --inbound-key-file "$work/any.key" \
      --agent-phone "$manager_phone"
  fi
  "$bin/switchboard-bench" "$scenario" --port "$server_port" --pid "$server_pid" \
    --connections "$connections" --warmup "$warm_up" --duration "$seconds" \
    --quiet --json "$work/one.json" "$@" >"$work/one.txt" \
    || { cat "$work/one.txt" >&2; die "$scenario against $peer went wrong"; }
  record "$peer" "$variant" "$round" "$work/one.json"
  printf '    %-12s %-8s %5s connections  %s\n' "$peer" "$scenario" "$connections" \
    "$(jq -r '"\(.per_second | round)/s, p50 \(.latency_us.p50 / 10 | round / 100) ms, p99 \(.latency_us.p99 / 10 | round / 100) ms"' "$work/one.json")"
}

# lists VARIANT ARGUMENTS...: filters of the ticket list, one after the other, at
# a rate that does not fill the server: the question is how long a call takes.
lists() {
  local variant="$1"
  shift
  "$bin/switchboard-bench" lists --port "$server_port" --pid "$server_pid" \
    --connections "$list_connections" --rate "$list_rate" \
    --warmup "$warm_up" --duration "$list_seconds" \
    --admin-key-file "$server_data/secrets/admin.key" --quiet \
    --json "$work/one.json" "$@" >"$work/one.txt" \
    || { cat "$work/one.txt" >&2; die "lists went wrong"; }
  record switchboard "$variant" 1 "$work/one.json"
  sed 's/^/    /' "$work/one.txt"
}

# webhooks ROUND VARIANT ARGUMENTS...: tells $hook_endpoints endpoints of tickets.
webhooks() {
  local round="$1" variant="$2"
  shift 2
  new_data_folder
  start_switchboard
  "$bin/switchboard-bench" webhooks --port "$server_port" --pid "$server_pid" \
    --endpoints "$hook_endpoints" --connections "$list_connections" \
    --admin-key-file "$server_data/secrets/admin.key" --quiet \
    --json "$work/one.json" "$@" >"$work/one.txt" \
    || { cat "$work/one.txt" >&2; die "webhooks went wrong"; }
  record switchboard "$variant" "$round" "$work/one.json"
  printf '    %s endpoints, %s  %s\n' "$hook_endpoints" "$variant" \
    "$(jq -r '"\(.per_second | round) deliveries/s, p50 \(.latency_us.p50 / 10 | round / 100) ms, p99 \(.latency_us.p99 / 10 | round / 100) ms"' "$work/one.json")"
  stop_server "$server_pid"
  drop_data
}

# The bare server answers with what Switchboard really says, byte for byte.
take_sample_answers() {
  local form ref
  form='{"customerName":"Petra Lindqvist","customerPhone":"+491512345678","customerEmail":"customer123456@example.com","subject":"Order has not arrived","message":"I ordered two weeks ago and the tracking page has not moved since Monday. Could somebody please look into it before the weekend?","priority":"medium"}'
  new_data_folder
  start_switchboard
  curl -fs "http://127.0.0.1:$server_port/api/ticket" \
    -H 'Content-Type: application/json' -d "$form" -o "$work/create.answer"
  ref="$(jq -r .ticketRef "$work/create.answer")"
  curl -fs "http://127.0.0.1:$server_port/api/ticket/$ref" -o "$work/read.answer"
  stop_server "$server_pid"
  drop_data
  bare_answers=(--create-answer "$work/create.answer" --read-answer "$work/read.answer")
}

# measure_peer PEER ROUND: all scenarios, as fast as answered.
measure_peer() {
  local connections
  if [ "$1" = bare ]; then
    start_bare
  else
    new_data_folder
    start_switchboard
  fi
  for connections in "${connection_counts[@]}"; do
    load "$1" fresh "$2" create "$connections"
  done
  for connections in "${connection_counts[@]}"; do
    load "$1" fresh "$2" read "$connections" --fill "$fill"
  done
  load "$1" fresh "$2" mixed "${connection_counts[0]}"
  stop_server "$server_pid"
  [ "$1" = bare ] || drop_data
}

# The machine's mood changes, so the two take turns, and medians are taken.
phase_rounds() {
  local round
  for ((round = 1; round <= rounds; round++)); do
    say "round $round of $rounds: as fast as answered"
    if [ "$peers_only" = yes ]; then
      measure_peer bare "$round"
    elif ((round % 2 == 1)); then
      measure_peer bare "$round"
      measure_peer switchboard "$round"
    else
      measure_peer switchboard "$round"
      measure_peer bare "$round"
    fi
  done
}

# Requests that are due at half of the highest rate, whatever the server does.
phase_half() {
  local connections rate round
  say "creates at half of the highest rate"
  for connections in "${connection_counts[@]}"; do
    rate="$(jq -s --argjson n "$connections" 'map(select(.peer == "switchboard"
      and .variant == "fresh" and .scenario == "create" and .connections == $n)
      | .per_second) | sort | .[length / 2 | floor] / 2 | floor' "$work/runs.jsonl")"
    for ((round = 1; round <= rounds; round++)); do
      new_data_folder
      start_switchboard
      load switchboard half "$round" create "$connections" --rate "$rate"
      stop_server "$server_pid"
      drop_data
    done
  done
}

# Deliveries as fast as they go, then at half of that rate: the first says how
# many, the second how soon.
phase_webhooks() {
  local round rate
  say "webhooks to $hook_endpoints endpoints"
  for ((round = 1; round <= rounds; round++)); do
    webhooks "$round" fresh --count "$hook_tickets"
  done
  rate="$(jq -s 'map(select(.scenario == "webhooks" and .variant == "fresh")
    | .per_second / .connections) | sort | .[length / 2 | floor] / 2' \
    "$work/runs.jsonl")"
  for ((round = 1; round <= rounds; round++)); do
    webhooks "$round" half --rate "$rate" --warmup 0 --duration "$seconds"
  done
}

phase_lists() {
  say "lists of $fill tickets"
  new_data_folder
  start_switchboard
  lists fresh --fill "$fill"
  stop_server "$server_pid"
  drop_data
}

phase_slow() {
  local connections round
  say "every sync 1 ms slower"
  for ((round = 1; round <= rounds; round++)); do
    new_data_folder
    start_switchboard slow
    for connections in "${connection_counts[@]}"; do
      load switchboard slow "$round" create "$connections"
    done
    load switchboard slow "$round" mixed "${connection_counts[0]}"
    stop_server "$server_pid"
    drop_data
  done
}

# raw_rocksdb VARIANT COMMAND...
raw_rocksdb() {
  local variant="$1"
  shift
  "$@" "$bin/raw-rocksdb-writer" --path "$work/raw" --seconds "$raw_seconds" \
    --batches 1,8,64,256 --json "$work/one.json" >"$work/one.txt"
  record rocksdb "$variant" 1 "$work/one.json"
  sed 's/^/    /' "$work/one.txt"
}

phase_raw() {
  say "RocksDB alone, tickets in synced batches"
  raw_rocksdb fresh env
  if [ "$slow_sync" = yes ]; then
    say "RocksDB alone, every sync 1 ms slower"
    raw_rocksdb slow env LD_PRELOAD="$bin/slow_sync.so"
  fi
}

# idle_connections PEER
idle_connections() {
  "$bin/switchboard-bench" idle --port "$server_port" --pid "$server_pid" \
    --connections "$idle_count" --json "$work/one.json" >"$work/one.txt" \
    || { cat "$work/one.txt" >&2; die "idle connections of $1 were dropped"; }
  record "$1" fresh 1 "$work/one.json"
  printf '    %-12s %s\n' "$1" "$(cat "$work/one.txt")"
}

phase_idle() {
  say "idle keep-alive connections"
  start_bare
  idle_connections bare
  stop_server "$server_pid"
  [ "$peers_only" = no ] || return 0
  new_data_folder
  start_switchboard
  idle_connections switchboard
  stop_server "$server_pid"
  drop_data
}

# Memory that tickets alone can have taken: resident memory without RocksDB's.
memory_without_store() {
  local store=0 name
  for name in memtable block_cache table_reader; do
    store=$((store + $(metric "$server_port" "switchboard_storage_${name}_bytes")))
  done
  echo $(($(resident_bytes "$server_pid") - store))
}

create_tickets() {
  "$bin/switchboard-bench" create --port "$server_port" --count "$1" \
    --connections "${connection_counts[0]}" --quiet >"$work/one.txt" \
    || { cat "$work/one.txt" >&2; die "creating tickets went wrong"; }
}

phase_awake() {
  local awake='switchboard_actors_awake{kind="ticket"}'
  local tickets_before memory_before tickets memory
  say "tickets that are awake"
  new_data_folder
  # None of them may doze off to make room for another.
  SWITCHBOARD_ACTORS_AWAKE_MAX=$((awake_count * 2)) start_switchboard
  create_tickets $((awake_count / 8))
  tickets_before="$(metric "$server_port" "$awake")"
  memory_before="$(memory_without_store)"
  create_tickets "$awake_count"
  tickets=$(($(metric "$server_port" "$awake") - tickets_before))
  memory=$(($(memory_without_store) - memory_before))
  stop_server "$server_pid"
  drop_data
  [ "$tickets" -gt 0 ] || die "no ticket woke, so what one costs cannot be said"
  printf '    %d tickets woke: %d bytes for each\n' "$tickets" $((memory / tickets))
  jq -nc --argjson tickets "$tickets" --argjson bytes $((memory / tickets)) \
    '{peer: "switchboard", variant: "fresh", round: 1, scenario: "awake",
      tickets: $tickets, bytes_each: $bytes}' >>"$work/runs.jsonl"
}

# Microseconds since the epoch.
clock_us() {
  echo "${EPOCHREALTIME/[.,]/}"
}

phase_million() {
  local begin ready connections idle_bytes
  say "filling $million tickets"
  new_data_folder
  start_switchboard
  "$bin/switchboard-bench" create --port "$server_port" --count "$million" \
    --connections 256 --refs-out "$work/refs" >"$work/one.txt" \
    || { cat "$work/one.txt" >&2; die "filling went wrong"; }
  stop_server "$server_pid"
  say "restarting on $million tickets"
  begin="$(clock_us)"
  start_switchboard
  until curl -fs -o "$work/one.txt" "http://127.0.0.1:$server_port/readyz"; do
    [ $(($(clock_us) - begin)) -lt 120000000 ] || die "the server is not ready after 2 minutes"
    sleep 0.01
  done
  ready=$(($(clock_us) - begin))
  sleep "$settle"
  idle_bytes="$(resident_bytes "$server_pid")"
  printf '    ready after %d ms, idle at %d MiB, %s on the disk\n' \
    $((ready / 1000)) $((idle_bytes / 1048576)) "$(du -sh "$server_data" | cut -f 1)"
  jq -nc --argjson tickets "$million" --argjson ready "$ready" --argjson bytes "$idle_bytes" \
    '{peer: "switchboard", variant: "million", round: 1, scenario: "restart",
      tickets: $tickets, ready_us: $ready, resident_bytes: $bytes}' >>"$work/runs.jsonl"
  for connections in "${connection_counts[@]}"; do
    load switchboard million 1 read "$connections" --refs-in "$work/refs"
  done
  lists million --refs-in "$work/refs"
  queue million --refs-in "$work/refs"
  for connections in "${connection_counts[@]}"; do
    load switchboard million 1 create "$connections"
  done
  load switchboard million 1 mixed "${connection_counts[0]}"
  stop_server "$server_pid"
  drop_data
}
