# Sourced by bench.sh: customers on WhatsApp, with all providers played by the
# bench itself, and the agents' queue.

# start_whatsapp: a server with every provider configured, whose limits are off,
# and nobody who is told of tickets on WhatsApp.
start_whatsapp() {
  local secret
  secret="$(cat "$work/whatsapp.key")"
  sink_port="$(free_port)"
  new_data_folder
  start_switchboard AGENT_PHONE= \
    SWITCHBOARD_HTTP_BASE_URL=https://support.example.com \
    SWITCHBOARD_LIMITS_SESSION_MESSAGES=0 \
    SWITCHBOARD_WHATSAPP_BAILEYS_URL="http://127.0.0.1:$sink_port/baileys" \
    SWITCHBOARD_WHATSAPP_BAILEYS_API_KEY="$secret" \
    SWITCHBOARD_WHATSAPP_BAILEYS_JID=15559001111@s.whatsapp.net \
    SWITCHBOARD_WHATSAPP_BAILEYS_PER_MINUTE=0 \
    SWITCHBOARD_WHATSAPP_TWILIO_API_URL="http://127.0.0.1:$sink_port" \
    SWITCHBOARD_WHATSAPP_TWILIO_ACCOUNT_SID=AC0123456789abcdef0123456789abcdef \
    SWITCHBOARD_WHATSAPP_TWILIO_AUTH_TOKEN="$secret" \
    SWITCHBOARD_WHATSAPP_TWILIO_FROM=+15559001111 \
    SWITCHBOARD_WHATSAPP_TWILIO_PER_SECOND=0 \
    SWITCHBOARD_WHATSAPP_CLOUD_API_URL="http://127.0.0.1:$sink_port" \
    SWITCHBOARD_WHATSAPP_CLOUD_APP_SECRET="$secret" \
    SWITCHBOARD_WHATSAPP_CLOUD_VERIFY_TOKEN="$secret" \
    SWITCHBOARD_WHATSAPP_CLOUD_ACCESS_TOKEN="$secret" \
    SWITCHBOARD_WHATSAPP_CLOUD_PHONE_NUMBER_ID=106540352242922 \
    SWITCHBOARD_WHATSAPP_CLOUD_PER_SECOND=0 \
    SWITCHBOARD_WHATSAPP_N8N_URL="http://127.0.0.1:$sink_port/n8n" \
    SWITCHBOARD_WHATSAPP_N8N_API_KEY="$secret"
}

# whatsapp VARIANT ARGUMENTS...: a fresh server. A message that is lost or put
# aside, or an acknowledgement that does not leave exactly once, ends the run.
whatsapp() {
  local variant="$1"
  shift
  start_whatsapp
  "$bin/switchboard-bench" whatsapp --port "$server_port" --pid "$server_pid" \
    --sink-port "$sink_port" --whatsapp-secret-file "$work/whatsapp.key" \
    --chats "$whatsapp_chats" --connections "$whatsapp_connections" \
    --first-rate "$whatsapp_first_rate" --quiet --json "$work/one.json" "$@" \
    >"$work/one.txt" || { cat "$work/one.txt" >&2; die "whatsapp went wrong"; }
  record switchboard "$variant" 1 "$work/one.json"
  sed 's/^/    /' "$work/one.txt"
  stop_server "$server_pid"
  drop_data
}

# As fast as they go, which says how many; then at a rate, which says how soon.
phase_whatsapp() {
  od -An -N 24 -tx1 /dev/urandom | tr -d ' \n' >"$work/whatsapp.key"
  echo >>"$work/whatsapp.key"
  say "$whatsapp_chats customers of each provider on WhatsApp"
  whatsapp fresh --count "$whatsapp_messages"
  whatsapp rate --rate "$whatsapp_rate" --duration "$whatsapp_seconds"
}

# queue VARIANT ARGUMENTS...: an agent looks at the queue of the server that was
# started last, at a rate that does not fill it.
queue() {
  local variant="$1"
  shift
  "$bin/switchboard-bench" queue --port "$server_port" --pid "$server_pid" \
    --connections "$list_connections" --rate "$queue_rate" \
    --warmup "$warm_up" --duration "$list_seconds" \
    --admin-key-file "$server_data/secrets/admin.key" --quiet \
    --json "$work/one.json" "$@" >"$work/one.txt" \
    || { cat "$work/one.txt" >&2; die "queue went wrong"; }
  record switchboard "$variant" 1 "$work/one.json"
  sed 's/^/    /' "$work/one.txt"
}

phase_queue() {
  say "the queue of $fill tickets"
  new_data_folder
  start_switchboard
  queue fresh --fill "$fill"
  stop_server "$server_pid"
  drop_data
}
