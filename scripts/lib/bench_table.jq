# A summary becomes the table that people read.
def left($width): tostring | . + (" " * ([$width - length, 0] | max));
def right($width): tostring | (" " * ([$width - length, 0] | max)) + .;
def whole: if . == null then "-" else round | tostring end;
def percent: if . == null then "-" else "\(. * 100 | round) %" end;
def tenths: if . == null then "-" else (. * 10 | round / 10 | tostring) end;
def ms: if . == null then "-" else (. / 10 | round / 100 | tostring) end;

def batch_line($name; $batches):
  if $batches == null then empty
  else "  \($name | left(18))" + ($batches | map("\(.per_second | whole | right(9))/s (\(.batch))") | join(" "))
  end;

def hook_line($name; $run):
  if $run == null then empty
  else "  \("\($run.endpoints) endpoints, \($name)" | left(34))\($run.per_second | whole | right(9)) deliveries/s"
       + "   p50 \($run.p50_us | ms) ms   p99 \($run.p99_us | ms) ms"
  end;

def times: "p50 \(.p50_us | ms | right(8)) ms   p99 \(.p99_us | ms | right(8)) ms   max \(.max_us | ms | right(8)) ms";

def whatsapp_lines($name; $run):
  if $run == null then empty
  else "WhatsApp, messages to tickets of \($run.chats) chats, \($name)",
       ($run.rows[] | "  " + (.name | left(14)) + (.per_second | whole | right(8)) + "/s   "
         + (.server_cpu_us | whole | right(5)) + " us of CPU   " + times),
       ""
  end;

def first_lines($run):
  if $run == null then empty
  else "WhatsApp, first messages, \($run.first_rate | whole) of them due a second",
       ($run.rows[] | select(.first != null)
        | "  " + ("\(.name), to the 200" | left(26)) + (.first | times),
          "  " + ("\(.name), acknowledged" | left(26)) + (.first.to_call | times)),
       ""
  end;

def queue_lines($name; $run):
  if $run == null then empty
  else "GET /api/tickets/queue, \($name), \($run.per_second | whole)/s",
       ($run.kinds[] | "  " + (.name | left(14)) + times),
       ""
  end;

def list_lines($name; $run):
  if $run == null then empty
  else "GET /api/v1/tickets, \($name), \($run.per_second | whole)/s",
       ($run.kinds[] | "  \(.name | left(22))   p50 \(.p50_us | ms | right(8)) ms   p99 \(.p99_us | ms | right(8)) ms"),
       ""
  end;

"\(.machine.cpu), \(.machine.cores) cores, \(.machine.date), commit \(.machine.commit)",
"",
"Requests a second, as fast as answered (medians of \(.machine.rounds) rounds of \(.machine.seconds) s)",
("  " + ("" | left(22)) + ("bare Beast" | right(11)) + ("Switchboard" | right(13))
 + ("ratio" | right(8)) + ("+1 ms a sync" | right(14)) + ("at a million" | right(20))),
(.throughput[]
 | "  " + ("\(.scenario), \(.connections) conn." | left(22)) + (.bare | whole | right(11))
   + (.switchboard | whole | right(13)) + (.ratio | percent | right(8)) + (.slow | whole | right(14))
   + ((if .million == null then "-" else "\(.million | whole) (\(.million_ratio | percent))" end) | right(20))),
"",
"CPU of a request in us (generator, bare Beast, Switchboard)",
(.throughput[]
 | "  " + ("\(.scenario), \(.connections) conn." | left(22)) + (.cpu_us.generator | tenths | right(11))
   + (.cpu_us.bare | tenths | right(13)) + (.cpu_us.switchboard | tenths | right(8))),
"",
(.throughput | map(select(.half_rate != null))
 | if length == 0 then empty
   else "Creates at half of that rate, latency from the time they were due",
        (.[] | "  \("\(.connections) conn." | left(22))\(.half_rate | whole | right(9))/s   p50 \(.half_p50_us | ms) ms   p99 \(.half_p99_us | ms) ms"),
        ""
   end),
"RocksDB alone, durable tickets a second (tickets in a synced batch)",
batch_line("this disk"; .raw_rocksdb.fresh),
batch_line("+1 ms a sync"; .raw_rocksdb.slow),
"",
(if .webhooks.fresh == null then empty
 else "Webhooks, from the event to its arrival",
      hook_line("as fast as they go"; .webhooks.fresh),
      hook_line("half of that rate"; .webhooks.half),
      ""
 end),
(if (.desk | length) == 0 then empty
 else "The desk: a message in until it is out, \(.desk[0].rate | whole) of them due a second",
      (.desk[] | .sessions as $n | .kinds[]
       | "  " + ("\($n) sessions, \(.name)" | left(34)) + " p50 \(.p50_us | ms | right(8)) ms   p99 \(.p99_us | ms | right(8)) ms"),
      ""
 end),
(if .burst == null then empty
 else "\(.burst.sessions) visitors at once, a group that takes \(.burst.group_per_minute | whole) cards a minute, \(.burst.claims) claims (\(.burst.claims_while_waiting) while cards wait)",
      (.burst.kinds[] | "  \(.name | left(14))\(.answers | right(6))   p50 \(.p50_us | ms | right(9)) ms   p99 \(.p99_us | ms | right(9)) ms   max \(.max_us | ms | right(9)) ms"),
      ""
 end),
(if .streams == null then empty
 else "\(.streams.sessions) open streams: \(.streams.bytes_each | whole) bytes for each",
      (.streams.kinds[] | "  \(.name), \(.answers) of them   p50 \(.p50_us | ms) ms   p99 \(.p99_us | ms) ms"),
      ""
 end),
whatsapp_lines("as fast as answered"; .whatsapp.fresh),
whatsapp_lines("\(.whatsapp.rate.rate | whole) of them due a second"; .whatsapp.rate),
first_lines(.whatsapp.rate),
queue_lines("fresh"; .queue.fresh),
queue_lines("at a million"; .queue.million),
list_lines("fresh"; .lists.fresh),
list_lines("at a million"; .lists.million),
"Memory",
"  idle connection: \(.idle_connection_bytes.switchboard | whole) bytes (bare Beast: \(.idle_connection_bytes.bare | whole))",
"  awake ticket:    \(.awake_ticket_bytes | whole) bytes",
(if .restart == null then empty
 else "  \(.restart.tickets) tickets stored: ready \(.restart.ready_us / 1000 | whole) ms after the start, \(.restart.resident_bytes / 1048576 | whole) MiB when idle"
 end)
