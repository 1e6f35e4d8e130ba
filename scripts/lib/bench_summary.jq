# The runs of a bench (an array) become one summary.
def median: sort | if length == 0 then null else .[length / 2 | floor] end;

# Median of a field over the rounds of one measurement.
def figure($peer; $variant; $scenario; $connections; field):
  map(select(.peer == $peer and .variant == $variant and .scenario == $scenario
             and .connections == $connections) | field) | median;

def ratio($part; $whole):
  if $part == null or $whole == null or $whole == 0 then null else $part / $whole end;

def batches($variant):
  map(select(.peer == "rocksdb" and .variant == $variant)) | first | .batches // null;

def idle($peer):
  map(select(.peer == $peer and .scenario == "idle")) | first | .bytes_each // null;

def webhooks($variant):
  map(select(.scenario == "webhooks" and .variant == $variant))
  | if length == 0 then null
    else {endpoints: .[0].connections, per_second: (map(.per_second) | median),
          p50_us: (map(.latency_us.p50) | median), p99_us: (map(.latency_us.p99) | median)}
    end;

def lists($variant):
  map(select(.scenario == "lists" and .variant == $variant)) | first
  | if . == null then null
    else {per_second, kinds: (.kinds | map({name, p50_us: .latency_us.p50, p99_us: .latency_us.p99}))}
    end;

def queue($variant):
  map(select(.scenario == "queue" and .variant == $variant)) | first
  | if . == null then null
    else {per_second, kinds: (.kinds | map({name, answers, p50_us: .latency_us.p50,
      p99_us: .latency_us.p99, max_us: .latency_us.max}))} end;

def quantiles: {p50_us: .p50, p99_us: .p99, max_us: .max};

def whatsapp($variant):
  map(select(.scenario == "whatsapp" and .variant == $variant)) | first
  | if . == null then null
    else {chats, rate, first_rate, rows: (.rows | map(
      {name, messages, per_second, server_cpu_us} + (.latency_us | quantiles)
      + {first: (.first | if . == null then null
           else {per_second, acknowledged} + (.latency_us | quantiles)
             + {to_call: (.to_call_us | quantiles)} end)}))} end;

def conversation:
  {sessions: .connections, rate, kinds: (.kinds | map({name, answers,
    p50_us: .latency_us.p50, p99_us: .latency_us.p99, max_us: .latency_us.max}))};

. as $runs
| {
    machine: $machine,
    throughput: [
      $runs | map(select(.variant == "fresh" and (.scenario | IN("create", "read", "mixed"))))
      | group_by([.scenario, .connections])[] | .[0] | .scenario as $scenario
      | .connections as $connections
      | {
          scenario: $scenario,
          connections: $connections,
          bare: ($runs | figure("bare"; "fresh"; $scenario; $connections; .per_second)),
          switchboard: ($runs | figure("switchboard"; "fresh"; $scenario; $connections; .per_second)),
          slow: ($runs | figure("switchboard"; "slow"; $scenario; $connections; .per_second)),
          million: ($runs | figure("switchboard"; "million"; $scenario; $connections; .per_second)),
          half_rate: ($runs | figure("switchboard"; "half"; $scenario; $connections; .per_second)),
          half_p50_us: ($runs | figure("switchboard"; "half"; $scenario; $connections; .latency_us.p50)),
          half_p99_us: ($runs | figure("switchboard"; "half"; $scenario; $connections; .latency_us.p99)),
          cpu_us: {
            generator: ($runs | figure("bare"; "fresh"; $scenario; $connections; .generator_cpu_us)),
            bare: ($runs | figure("bare"; "fresh"; $scenario; $connections; .server_cpu_us)),
            switchboard: ($runs | figure("switchboard"; "fresh"; $scenario; $connections; .server_cpu_us))
          }
        }
      | .ratio = ratio(.switchboard; .bare)
      | .million_ratio = ratio(.million; .switchboard)
    ],
    raw_rocksdb: {fresh: ($runs | batches("fresh")), slow: ($runs | batches("slow"))},
    idle_connection_bytes: {bare: ($runs | idle("bare")), switchboard: ($runs | idle("switchboard"))},
    awake_ticket_bytes: ($runs | map(select(.scenario == "awake")) | first | .bytes_each // null),
    restart: ($runs | map(select(.scenario == "restart")) | first // null),
    webhooks: {fresh: ($runs | webhooks("fresh")), half: ($runs | webhooks("half"))},
    lists: {fresh: ($runs | lists("fresh")), million: ($runs | lists("million"))},
    desk: ($runs | map(select(.scenario == "desk") | conversation)),
    burst: ($runs | map(select(.scenario == "burst")) | first
      | if . == null then null
        else conversation + {seconds, claims, claims_while_waiting, group_per_minute} end),
    streams: ($runs | map(select(.scenario == "streams")) | first
      | if . == null then null else conversation + {bytes_each} end),
    queue: {fresh: ($runs | queue("fresh")), million: ($runs | queue("million"))},
    whatsapp: {fresh: ($runs | whatsapp("fresh")), rate: ($runs | whatsapp("rate"))},
    runs: $runs
  }
