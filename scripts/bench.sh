#!/usr/bin/env bash
# Measures Switchboard next to a bare Beast server and a raw RocksDB writer, in
# the same run on the same machine, and prints one table with the ratios.
#
#   scripts/bench.sh [--quick] [--million] [--peers-only] [--no-slow-sync]
#                    [--rounds N] [--seconds S] [--bin FOLDER] [--results FOLDER]
#
#   --quick          a few seconds, small: does it work at all? The figures mean
#                    nothing
#   --million        also: fill a million tickets, restart, measure again
#   --peers-only     leave Switchboard out
#   --no-slow-sync   leave out the column with 1 ms added to each sync
#   --rounds N       medians of so many rounds; 3
#   --seconds S      length of each measurement; 5
#   --bin FOLDER     measure these binaries instead of building a release
#   --results FOLDER where the JSON goes; bench/results

set -euo pipefail
# shellcheck source=scripts/lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
# shellcheck source=scripts/lib/servers.sh
. "$project_root/scripts/lib/servers.sh"
# shellcheck source=scripts/lib/bench_phases.sh
. "$project_root/scripts/lib/bench_phases.sh"
# shellcheck source=scripts/lib/bench_desk_phases.sh
. "$project_root/scripts/lib/bench_desk_phases.sh"
# shellcheck source=scripts/lib/bench_whatsapp_phases.sh
. "$project_root/scripts/lib/bench_whatsapp_phases.sh"

bin=
results="$project_root/bench/results"
quick=no
with_million=no
peers_only=no
slow_sync=yes
rounds=3
seconds=5
while [ $# -gt 0 ]; do
  case "$1" in
    --quick) quick=yes; shift ;;
    --million) with_million=yes; shift ;;
    --peers-only) peers_only=yes; shift ;;
    --no-slow-sync) slow_sync=no; shift ;;
    --rounds) need_value "$1" $#; rounds="$2"; shift 2 ;;
    --seconds) need_value "$1" $#; seconds="$2"; shift 2 ;;
    --bin) need_value "$1" $#; bin="$(realpath "$2")"; shift 2 ;;
    --results) need_value "$1" $#; results="$(realpath -m "$2")"; shift 2 ;;
    --help | -h) show_help; exit 0 ;;
    *) die "unknown option '$1'; see --help" ;;
  esac
done
[[ "$rounds" =~ ^[1-9][0-9]*$ ]] || die "--rounds takes a whole number above 0"
[[ "$seconds" =~ ^[0-9]+(\.[0-9]+)?$ ]] || die "--seconds takes a number"

warm_up=1
raw_seconds=3
settle=5
connection_counts=(64 256)
fill=100000
idle_count=10000
awake_count=16000
million=1000000
list_connections=8
list_rate=100
list_seconds=20
hook_endpoints=100
hook_tickets=500
desk_sessions=(100 1000 10000)
desk_rate=400
desk_seconds=20
burst_visitors=1000
burst_claims=100
burst_per_minute=1200
stream_count=10000
stream_rate=500
whatsapp_chats=1000
whatsapp_connections=64
whatsapp_first_rate=200
whatsapp_messages=20000
whatsapp_rate=1000
whatsapp_seconds=5
queue_rate=100
if [ "$quick" = yes ]; then
  rounds=1 seconds=0.4 warm_up=0.1 raw_seconds=0.2 settle=0.2
  connection_counts=(4 16)
  fill=200 idle_count=50 awake_count=800 million=2000
  list_connections=2 list_seconds=0.5 hook_endpoints=5 hook_tickets=20
  desk_sessions=(5 20) desk_rate=50 desk_seconds=0.5
  burst_visitors=30 burst_claims=3 burst_per_minute=1200
  stream_count=50 stream_rate=50
  whatsapp_chats=20 whatsapp_connections=8 whatsapp_messages=200
  whatsapp_rate=200 whatsapp_seconds=0.5
fi

if [ -z "$bin" ]; then
  "$project_root/scripts/setup.sh"
  targets=(switchboard-bench bare-beast-server raw-rocksdb-writer slow_sync)
  [ "$peers_only" = yes ] || targets+=(switchboard)
  build release "${targets[@]}"
  bin="$project_root/build/release/bin"
fi
command -v jq >/dev/null && command -v curl >/dev/null \
  || die "jq and curl are needed; scripts/setup.sh installs them"
needed=(switchboard-bench bare-beast-server raw-rocksdb-writer)
[ "$peers_only" = yes ] || needed+=(switchboard)
[ "$slow_sync" = no ] || needed+=(slow_sync.so)
for file in "${needed[@]}"; do
  [ -e "$bin/$file" ] || die "$bin/$file is missing; build it first"
done

# On a disk: /tmp may be memory, where a sync costs nothing.
work="$(mktemp -d "${TMPDIR:-/var/tmp}/switchboard-bench.XXXXXX")"
trap clean_up EXIT
trap 'exit 130' INT TERM
: >"$work/runs.jsonl"
echo unused >"$work/any.key"
bare_answers=()
ulimit -n "$(ulimit -Hn)"

[ "$peers_only" = yes ] || take_sample_answers
phase_rounds
if [ "$peers_only" = no ]; then
  phase_half
  [ "$slow_sync" = no ] || phase_slow
fi
phase_raw
phase_idle
if [ "$peers_only" = no ]; then
  phase_awake
  phase_webhooks
  phase_lists
  phase_queue
  phase_desk
  phase_burst
  phase_streams
  phase_whatsapp
  [ "$with_million" = no ] || phase_million
fi

commit="$(git -C "$project_root" rev-parse --short HEAD 2>/dev/null || echo unknown)"
machine="$(jq -n --arg cpu "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" \
  --argjson cores "$(nproc)" --arg kernel "$(uname -r)" --arg commit "$commit" \
  --arg date "$(date -u +%Y-%m-%dT%H:%M:%SZ)" --argjson rounds "$rounds" \
  --argjson seconds "$seconds" '$ARGS.named')"
mkdir -p "$results"
summary="$results/bench-$(date -u +%Y%m%dT%H%M%SZ).json"
jq -s --argjson machine "$machine" -f "$project_root/scripts/lib/bench_summary.jq" \
  "$work/runs.jsonl" >"$summary"
jq -r -f "$project_root/scripts/lib/bench_table.jq" "$summary" >"$work/table.txt"
echo
cat "$work/table.txt"
echo
say "the figures are in $summary"
