#include "bench/stream_run.hpp"

#include "bench/event_streams.hpp"
#include "bench/plain_caller.hpp"
#include "bench/step_scenario.hpp"
#include "bench/trip_run.hpp"
#include "bench/visitors.hpp"
#include "bench/website_requests.hpp"

#include <random>
#include <stdexcept>
#include <vector>

namespace switchboard::bench {

namespace {

/// The numbers of the tickets of which each session has one.
std::vector<std::uint64_t>
open_tickets(const load_options& load,
             const std::vector<visitor_session>& sessions) {
  std::vector<std::uint64_t> out(sessions.size());
  const auto host = to_string(load.server);
  const step writing{"writing the first message",
                     [&](std::uint32_t index) {
                       return message_request(host, sessions[index],
                                              "My order has not arrived.");
                     },
                     [&](std::uint32_t index, const answer& reply) {
                       out[index] = ticket_of(reply);
                       return out[index] > 0;
                     }};
  do_for_each(load, static_cast<std::uint32_t>(sessions.size()), writing);
  return out;
}

} // namespace

double stream_figures::bytes_each(std::uint32_t streams) const {
  return streams == 0 ? 0
                      : (static_cast<double>(resident_after)
                         - static_cast<double>(resident_before))
                          / streams;
}

stream_figures
measure_streams(const stream_options& options, const process_watch& server,
                const load_runner::progress_handler& on_progress) {
  if (raise_descriptor_limit(options.streams) < options.streams)
    throw std::runtime_error{"the limit of open files is too low for "
                             + std::to_string(options.streams)
                             + " streams (ulimit -n)"};
  const auto sessions = open_sessions(options.load, options.streams);
  const auto tickets = open_tickets(options.load, sessions);
  stream_figures out;
  trip_book trips{1};
  out.resident_before = settled_resident_bytes(server);
  event_streams streams{options.load.server};
  for (const auto& one : sessions)
    streams.open("/api/session/" + one.id + "/stream", bearer(one.token));
  streams.start([&](std::uint32_t stream,
                    std::uint64_t trip) { trips.arrive(trip, stream); },
                options.patience);
  out.resident_after = settled_resident_bytes(server);
  const auto host = to_string(options.load.server);
  const auto key = bearer(options.admin_key);
  std::mt19937_64 random{options.load.seed};
  std::uniform_int_distribution<std::uint32_t> pick{0, options.streams - 1};
  step_scenario talk{
    options.streams,
    {"answer",
     [&](std::uint32_t) {
       const auto stream = pick(random);
       const auto body = R"({"body":")" + trips.begin(0, stream) + R"("})";
       return make_request(
         "POST",
         "/api/v1/tickets/" + std::to_string(tickets[stream]) + "/messages",
         host, key, body);
     },
     [](std::uint32_t, const answer& reply) { return reply.status == 201; }}};
  out.messages = measure_talk(options.load, talk, trips, on_progress);
  wait_for_trips(trips, options.patience);
  out.ended = streams.ended();
  streams.stop();
  take_trips(out.messages, trips, {"answer to stream"});
  return out;
}

} // namespace switchboard::bench
