#include "api/event_routes.hpp"

#include "api/errors.hpp"
#include "api/feed.hpp"
#include "api/pages.hpp"
#include "channels/webhooks/endpoint_rules.hpp"

#include <algorithm>
#include <charconv>
#include <memory>
#include <utility>

namespace switchboard::api {

using boost::beast::http::verb;

namespace {

/// About what one event takes; bounds a batch in bytes.
constexpr std::size_t event_bytes = 512;
constexpr std::size_t batch_max = 128;

struct feed_query {
  std::optional<domain::offset> after;
  std::size_t limit = page_limit_default;
  std::vector<std::string> types;
  std::vector<channels::json::field_problem> problems;
};

std::optional<domain::offset> parse_offset(std::string_view text) {
  std::uint64_t number = 0;
  const auto* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (text.empty() || error != std::errc{} || stop != end)
    return std::nullopt;
  return domain::offset{number};
}

void read_types(feed_query& out, std::string_view list) {
  namespace webhooks = channels::webhooks;
  while (!list.empty()) {
    const auto word = list.substr(0, list.find(','));
    list.remove_prefix(std::min(word.size() + 1, list.size()));
    if (std::find(webhooks::event_types.begin(), webhooks::event_types.end(),
                  word)
        == webhooks::event_types.end()) {
      out.problems.push_back({"types", "names an event that does not exist"});
      return;
    }
    out.types.emplace_back(word);
  }
}

feed_query parse_feed_query(const net::request& req) {
  feed_query out;
  auto page = parse_page(req.query);
  out.limit = page.limit;
  out.problems = std::move(page.problems);
  const auto read_after = [&](std::string_view field, std::string_view text) {
    out.after = parse_offset(text);
    if (!out.after)
      out.problems.push_back({std::string{field}, "must be an offset"});
  };
  each_parameter(req.query, [&](std::string_view name, std::string&& value) {
    if (name == "after" || name == "cursor")
      read_after(name, value);
    else if (name == "types")
      read_types(out, value);
  });
  // A browser that lost its stream says where it was.
  if (const auto last = req.header("last-event-id"); !last.empty())
    read_after("Last-Event-ID", last);
  return out;
}

std::string text_of(domain::offset at) {
  return std::to_string(static_cast<std::uint64_t>(at));
}

/// Follows the feed for one open stream; keeps nothing but its place.
class feed_source final : public net::stream_source {
public:
  feed_source(const persistence::journal& journal, net::wake_list& bell,
              domain::offset after, std::vector<std::string> types,
              std::size_t lag_max, std::function<bool()> may_go_on)
    : journal_{journal},
      feed_{journal},
      bell_{bell},
      after_{after},
      types_{std::move(types)},
      lag_max_{lag_max},
      may_go_on_{std::move(may_go_on)} {}

  void start(std::function<void()> wake) override {
    heard_ = bell_.subscribe(std::move(wake));
  }

  net::stream_progress take(std::size_t bytes_max,
                            std::vector<net::stream_message>& to) override {
    if (!may_go_on_())
      return net::stream_progress::ended;
    if (is_too_late()) {
      to.push_back({"resync", text_of(journal_.last_offset()),
                    R"({"after":)" + text_of(after_) + '}'});
      return net::stream_progress::ended;
    }
    const auto max
      = std::clamp<std::size_t>(bytes_max / event_bytes, 1, batch_max);
    auto slice = feed_.read(after_, max, types_);
    after_ = slice.last;
    for (auto& entry : slice.entries)
      to.push_back(
        {std::move(entry.type), text_of(entry.at), std::move(entry.json)});
    has_begun_ = has_begun_ || slice.at_end;
    return slice.at_end ? net::stream_progress::drained
                        : net::stream_progress::more;
  }

private:
  /// A reader that had caught up and now lags is too slow for the stream; one
  /// that still reads the past is not.
  [[nodiscard]] bool is_too_late() const {
    const auto last = static_cast<std::uint64_t>(journal_.last_offset());
    const auto mine = static_cast<std::uint64_t>(after_);
    return has_begun_ && last > mine && last - mine > lag_max_;
  }

  const persistence::journal& journal_;
  feed feed_;
  net::wake_list& bell_;
  domain::offset after_;
  std::vector<std::string> types_;
  std::size_t lag_max_;
  std::function<bool()> may_go_on_;
  bool has_begun_ = false;
  net::wake_list::subscription heard_;
};

} // namespace

event_routes::event_routes(const persistence::journal& journal,
                           net::wake_list& bell, options o)
  : journal_{journal}, bell_{bell}, options_{o} {}

void event_routes::add_to(net::router& router, gate& door) {
  door.add(router, {verb::get, "/api/v1/events", domain::scope::tickets_read},
           gate::sync_handler{
             [this](auto& req, const auto&) { return on_list(req); }});
  door.add_stream(
    router, {verb::get, "/api/v1/stream", domain::scope::tickets_read},
    [this](net::request& req,
           std::function<bool()> may_go_on) -> net::stream_answer {
      auto query = parse_feed_query(req);
      if (!query.problems.empty())
        return invalid_response(query.problems);
      return std::make_unique<feed_source>(
        journal_, bell_, query.after.value_or(journal_.last_offset()),
        std::move(query.types), options_.lag_max, std::move(may_go_on));
    });
}

net::response event_routes::on_list(net::request& req) const {
  const auto query = parse_feed_query(req);
  if (!query.problems.empty())
    return invalid_response(query.problems);
  const auto slice = feed{journal_}.read(query.after.value_or(domain::offset{}),
                                         query.limit, query.types);
  return page_response(
    slice.entries, [](auto& out, const auto& entry) { out.raw(entry.json); },
    slice.at_end ? std::string{} : text_of(slice.last));
}

} // namespace switchboard::api
