# Sourced by run.sh: a Telegram to play with. Uses `data` (Switchboard's folder),
# `port` (Switchboard's) and `telegram_port` (0: the first free one from 8081).

telegram=
telegram_log=
sandbox_mark=this-is-a-sandbox

# The Telegram that is played begins anew each time, so what Switchboard knew of
# the last one would make no sense. Only a folder that was made here is emptied.
renew_sandbox_data() {
  if [ -e "$data" ] && [ -n "$(ls -A "$data")" ] && [ ! -e "$data/$sandbox_mark" ]; then
    die "$data holds data that no sandbox made; give another folder with --data"
  fi
  rm -rf "$data"
  mkdir -p "$data"
  : >"$data/$sandbox_mark"
  telegram_log="$data/telegram.log"
}

choose_telegram_port() {
  if [ "$telegram_port" -ne 0 ]; then
    ! port_in_use "$telegram_port" \
      || die "port $telegram_port is in use by another program; choose one with --telegram-port"
    return
  fi
  telegram_port=8081
  while [ "$telegram_port" -eq "$port" ] || port_in_use "$telegram_port"; do
    telegram_port=$((telegram_port + 1))
  done
}

# said NAME: what the simulator wrote behind `NAME: ` when it started.
said() {
  sed -n "s/^$1: //p" "$telegram_log" | head -n 1
}

telegram_lives() {
  kill -0 "$telegram" 2>/dev/null
}

tell_of_dead_telegram() {
  tail -n 20 "$telegram_log" >&2
  printf '%s: the Telegram simulator has ended; its last words stand above\n' \
    "$(basename "$0")" >&2
}

# Starts the simulator and points Switchboard's environment to it.
start_telegram() {
  local deadline=$((SECONDS + 30))
  setsid "$project_root/build/release/bin/telegram-simulator" \
    --port "$telegram_port" --page --server "http://127.0.0.1:$port" \
    >"$telegram_log" 2>&1 &
  telegram=$!
  until grep -q '^people:' "$telegram_log"; do
    if ! telegram_lives || [ $SECONDS -ge $deadline ]; then
      tell_of_dead_telegram
      exit 1
    fi
    sleep 0.05
  done
  local page="http://127.0.0.1:$telegram_port"
  export SWITCHBOARD_TELEGRAM_API_URL="$page"
  export SWITCHBOARD_TELEGRAM_MODE=polling
  export SWITCHBOARD_HTTP_ALLOWED_ORIGINS="$page,http://localhost:$telegram_port"
  export SWITCHBOARD_DESK_CATEGORIES="${SWITCHBOARD_DESK_CATEGORIES:-General,Billing,Delivery}"
  TELEGRAM_BOT_TOKEN="$(said 'bot token')"
  SWITCHBOARD_TELEGRAM_EXECUTOR_BOT_TOKEN="$(said 'executor bot token')"
  SUPPORT_GROUP_CHAT_ID="$(said 'support group')"
  export TELEGRAM_BOT_TOKEN SWITCHBOARD_TELEGRAM_EXECUTOR_BOT_TOKEN SUPPORT_GROUP_CHAT_ID
}

# create PATH BODY: over REST, as the admin; at most once, however often asked.
create() {
  curl -fsS --max-time 10 "http://127.0.0.1:$port$1" \
    -H "Authorization: Bearer $(cat "$data/secrets/admin.key")" \
    -H 'Content-Type: application/json' \
    -H "Idempotency-Key: sandbox-$(printf '%s' "$1$2" | cksum | tr ' ' -)" -d "$2"
}

# introduce NAME USERNAME ROLE BOT_TOKEN: makes a person known to Switchboard, who
# then opens that bot. Prints the user's id.
introduce() {
  local telegram_id
  telegram_id="$(said people | sed -n "s/.*$2=\([0-9]*\).*/\1/p")"
  create /api/v1/users \
    "{\"name\": \"$1\", \"username\": \"$2\", \"role\": \"$3\", \"telegram_id\": $telegram_id}" \
    | sed -n 's/^{"id":\([0-9]*\).*/\1/p'
  curl -fsS --max-time 10 -o /dev/null "http://127.0.0.1:$telegram_port/sim/act" \
    -H 'Content-Type: application/json' \
    -d "{\"act\": \"say\", \"user\": $telegram_id, \"chat_id\": $telegram_id,
      \"bot_id\": ${4%%:*}, \"text\": \"/start\"}"
}

# Alice is an agent. Bob becomes one by his first claim, but has not opened the
# bot. Carol works in the field and has one ticket to do.
fill_sandbox() {
  local user
  introduce Alice alice agent "$TELEGRAM_BOT_TOKEN" >/dev/null
  user="$(introduce Carol carol executor "$SWITCHBOARD_TELEGRAM_EXECUTOR_BOT_TOKEN")"
  create /api/v1/tickets "{\"title\": \"Replace the broken door lock\",
    \"description\": \"The lock of the back door does not close any more. The key is at the reception.\",
    \"priority\": \"high\", \"assignee\": $user,
    \"customer\": {\"name\": \"Hotel Seeblick\", \"phone\": \"+12025550123\"}}" >/dev/null
}

describe_sandbox() {
  cat <<END

Open http://127.0.0.1:$telegram_port in a browser: a website's visitor and the
Telegram of three people, side by side. Try this:

  1. As the visitor, write something. A card appears in the group Support.
  2. As Alice, press Claim, open the chat with the bot and write an answer.
     The visitor sees it at once. Send a photo; say /close when you are done.
  3. As Carol, open Executors (bot): a ticket was assigned to her.

Everything is played on this machine; nothing leaves it. It begins anew each time.
END
}
