#include "api/stats_routes.hpp"

#include "channels/json/writer.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace switchboard::api {

namespace {

using channels::json::writer;
using domain::channel;
using domain::priority;
using domain::status;
using persistence::statistics;

constexpr std::array statuses{status::pending,     status::assigned,
                              status::in_progress, status::waiting_customer,
                              status::escalated,   status::resolved,
                              status::closed};
constexpr std::array priorities{priority::low, priority::medium, priority::high,
                                priority::urgent};
constexpr std::array channels_in_order{channel::web, channel::whatsapp,
                                       channel::telegram, channel::api,
                                       channel::email};

/// An object with the number of tickets for each of `words`.
template <class Words>
void write_counts(writer& out, std::string_view name, const statistics& all,
                  const Words& words) {
  out.key(name).begin_object();
  for (const auto word : words)
    out.key(to_string(word)).number(all.tickets(word));
  out.end_object();
}

void write_tickets(writer& out, const statistics& all) {
  out.key("tickets").begin_object();
  out.key("total").number(all.total()).key("open").number(all.open());
  write_counts(out, "by_status", all, statuses);
  write_counts(out, "by_priority", all, priorities);
  write_counts(out, "by_channel", all, channels_in_order);
  out.key("by_agent").begin_array();
  for (const auto& agent : all.agents()) {
    out.begin_object();
    out.key("agent_id").number(static_cast<std::uint64_t>(agent.agent));
    out.key("open").number(agent.open).key("total").number(agent.total);
    out.end_object();
  }
  out.end_array().end_object();
}

void write_flow(writer& out, std::string_view name,
                std::span<const persistence::flow_bucket> buckets) {
  out.key(name).begin_array();
  for (const auto& bucket : buckets) {
    out.begin_object();
    out.key("start").string(domain::to_rfc3339(bucket.start));
    out.key("created").number(bucket.count.created);
    out.key("resolved").number(bucket.count.resolved);
    out.end_object();
  }
  out.end_array();
}

void write_percentiles(writer& out, std::string_view name,
                       const persistence::duration_histogram& durations) {
  const auto write = [&](std::string_view key, double share) {
    out.key(key);
    if (const auto seconds = durations.percentile(share))
      out.decimal(*seconds);
    else
      out.null();
  };
  out.key(name).begin_object().key("count").number(durations.count());
  write("p50", 0.50);
  write("p90", 0.90);
  write("p99", 0.99);
  out.end_object();
}

/// Rounded down, so that 1 says that none was given up.
void write_success_rate(writer& out, const persistence::delivery_count& kind) {
  constexpr std::uint64_t thousandths = 1000;
  const auto ended = kind.delivered + kind.dead;
  const auto share = ended == 0 ? 0 : kind.delivered * thousandths / ended;
  out.key("success_rate");
  if (ended == 0)
    out.null();
  else
    out.decimal(static_cast<double>(share) / thousandths);
}

void write_deliveries(writer& out, const statistics& all) {
  out.key("deliveries").begin_array();
  for (const auto& kind : all.deliveries()) {
    out.begin_object().key("kind").string(kind.kind);
    out.key("delivered").number(kind.delivered);
    out.key("failed_attempts").number(kind.failed_attempts);
    out.key("dead").number(kind.dead);
    write_success_rate(out, kind);
    out.end_object();
  }
  out.end_array();
}

} // namespace

net::response stats_response(const persistence::statistics_row& row,
                             domain::timestamp now) {
  const auto& all = row.figures;
  std::string body;
  writer out{body};
  out.begin_object().key("as_of").string(domain::to_rfc3339(now));
  out.key("offset").number(static_cast<std::uint64_t>(row.last));
  write_tickets(out, all);
  out.key("flow").begin_object();
  write_flow(out, "hours", all.hours(now));
  write_flow(out, "days", all.days(now));
  out.end_object();
  write_percentiles(out, "first_response_s", all.first_response(now));
  write_percentiles(out, "resolution_s", all.resolution(now));
  write_deliveries(out, all);
  out.end_object();
  return {200, std::move(body)};
}

} // namespace switchboard::api
