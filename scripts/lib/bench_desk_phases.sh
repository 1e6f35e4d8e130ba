# Sourced by bench.sh: visitors' conversations, with the Bot API played by the
# bench itself.

# start_desk LIMITS...: a server whose desk is at work. Telegram's limits come as
# NAME=VALUE.
start_desk() {
  bot_api_port="$(free_port)"
  new_data_folder
  TELEGRAM_BOT_TOKEN=4200:the-token-of-the-bench \
    SWITCHBOARD_TELEGRAM_API_URL="http://127.0.0.1:$bot_api_port" \
    SWITCHBOARD_TELEGRAM_MODE=webhook \
    SUPPORT_GROUP_CHAT_ID=-1001000000001 \
    SWITCHBOARD_DESK_CLAIM_TIMEOUT_S=86400 \
    SWITCHBOARD_LIMITS_SESSION_MESSAGES=0 \
    start_switchboard "$@"
}

# conversations VARIANT SCENARIO ARGUMENTS...: measures the server that was
# started last. Any message that is lost, or comes twice, ends the whole run.
conversations() {
  local variant="$1" scenario="$2"
  shift 2
  "$bin/switchboard-bench" "$scenario" --port "$server_port" --pid "$server_pid" \
    --admin-key-file "$server_data/secrets/admin.key" \
    --webhook-secret-file "$server_data/secrets/telegram_webhook.key" \
    --bot-api-port "$bot_api_port" --quiet --json "$work/one.json" "$@" \
    >"$work/one.txt" || { cat "$work/one.txt" >&2; die "$scenario went wrong"; }
  record switchboard "$variant" 1 "$work/one.json"
  sed 's/^/    /' "$work/one.txt"
}

phase_desk() {
  local sessions
  for sessions in "${desk_sessions[@]}"; do
    say "the desk with $sessions live sessions"
    start_desk SWITCHBOARD_TELEGRAM_TOTAL_PER_SECOND=0 \
      SWITCHBOARD_TELEGRAM_CHAT_PER_SECOND=0 SWITCHBOARD_TELEGRAM_GROUP_PER_MINUTE=0
    conversations "$sessions" desk --sessions "$sessions" --rate "$desk_rate" \
      --warmup "$warm_up" --duration "$desk_seconds"
    stop_server "$server_pid"
    drop_data
  done
}

phase_burst() {
  say "$burst_visitors visitors write at once; the group takes $burst_per_minute cards a minute"
  start_desk SWITCHBOARD_TELEGRAM_GROUP_PER_MINUTE="$burst_per_minute"
  conversations fresh burst --sessions "$burst_visitors" --claims "$burst_claims" \
    --group-per-minute "$burst_per_minute"
  stop_server "$server_pid"
  drop_data
}

phase_streams() {
  say "$stream_count open streams of visitors"
  bot_api_port=0
  new_data_folder
  start_switchboard SWITCHBOARD_LIMITS_SESSION_MESSAGES=0
  conversations fresh streams --sessions "$stream_count" --rate "$stream_rate" \
    --warmup "$warm_up" --duration "$desk_seconds"
  stop_server "$server_pid"
  drop_data
}
