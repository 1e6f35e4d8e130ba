#include "app/whatsapp_carrier.hpp"

#include "api/whatsapp/parked.hpp"
#include "app/job_carrier.hpp"
#include "domain/match.hpp"
#include "domain/text.hpp"

#include <caf/send.hpp>

#include <spdlog/spdlog.h>

#include <algorithm>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

namespace switchboard::app {

namespace whatsapp = channels::whatsapp;
using channels::delivery_outcome;
using channels::http_answer;
using channels::http_failure;
using whatsapp::errand_kind;
using whatsapp::provider;
using whatsapp::trouble;

namespace {

/// WhatsApp's budget for one pair of numbers; others are not concerned.
constexpr int pair_rate_code = 131056;
constexpr std::chrono::seconds unserved_pause{60};
constexpr std::chrono::minutes file_patience{10};
/// How long an edit or a deletion waits for a line that is perhaps lost.
constexpr std::chrono::minutes change_patience{5};
constexpr int not_found_status = 404;
constexpr std::chrono::milliseconds file_timeout{60'000};
/// A session may be logged out over a long weekend before somebody pairs it
/// again.
constexpr std::chrono::hours held_max{7 * 24};
/// Files in memory at once; others wait.
constexpr std::size_t files_max = 8;

/// All in all a day.
std::vector<std::chrono::milliseconds> retry_pauses() {
  using namespace std::chrono_literals;
  constexpr std::chrono::milliseconds longest = 5min;
  constexpr std::chrono::milliseconds all = 24h;
  std::vector<std::chrono::milliseconds> out{1s, 2s, 5s, 10s, 30s, 60s, 2min};
  std::chrono::milliseconds so_far{};
  for (const auto pause : out)
    so_far += pause;
  for (; so_far < all; so_far += longest)
    out.push_back(longest);
  return out;
}

bool is_for_staff(errand_kind what) {
  return what == errand_kind::ticket || what == errand_kind::relay
         || what == errand_kind::notice;
}

/// Nothing has reached the provider, for sure.
bool was_not_sent(http_failure failure) {
  switch (failure) {
    case http_failure::bad_url:
    case http_failure::address_refused:
    case http_failure::resolve_failed:
    case http_failure::connect_failed:
    case http_failure::connect_timeout:
    case http_failure::tls_failed:
    case http_failure::shutting_down: return true;
    case http_failure::none:
    case http_failure::write_failed:
    case http_failure::no_answer:
    case http_failure::answer_timeout:
    case http_failure::bad_answer: break;
  }
  return false;
}

/// Counts for as long as it lives.
class counted {
public:
  explicit counted(std::size_t& count) : count_{count} {
    ++count_;
  }
  counted(const counted&) = delete;
  counted& operator=(const counted&) = delete;
  ~counted() {
    --count_;
  }

private:
  std::size_t& count_;
};

http_answer stopping_answer(provider via) {
  auto what = whatsapp_outcome::made(via, delivery_outcome::slow_down,
                                     "the server is stopping");
  what.result.what.retry_after = std::chrono::seconds{1};
  return pack(what);
}

http_answer nothing_sent(provider via, std::string why) {
  return pack(
    whatsapp_outcome::made(via, delivery_outcome::delivered, std::move(why)));
}

http_answer delayed(provider via, std::string why, std::chrono::seconds pause) {
  auto what
    = whatsapp_outcome::made(via, delivery_outcome::slow_down, std::move(why));
  what.result.what.retry_after = pause;
  return pack(what);
}

http_answer refused(provider via, const whatsapp_refusal& why) {
  auto what = whatsapp_outcome::made(via, delivery_outcome::refused, why.why);
  what.result.why = why.what;
  return pack(what);
}

} // namespace

whatsapp_carrier::whatsapp_carrier(parts p, whatsapp_pace pace)
  : parts_{std::move(p)},
    pace_{pace},
    carrier_{spawn_carrier(
      parts_.system, [this](persistence::delivery what, done_handler done) {
        parts_.beside.run("a message to WhatsApp",
                          run(std::move(what), std::move(done)));
      })} {
  for (const auto p_now : whatsapp::all_providers)
    if (parts_.ends.can_send(p_now) || parts_.ends.fallback())
      channels_.emplace(p_now, make_channel(p_now));
}

actors::lane_channel_ptr whatsapp_carrier::make_channel(provider p) const {
  actors::lane_channel out;
  out.carrier = carrier_;
  out.judge = judge_whatsapp;
  out.on_settle
    = [this](const auto& d, const auto& answer, const auto& verdict, auto now,
             auto& settling) { settled(d, answer, verdict, now, settling); };
  out.policy.concurrency = 1;
  // WhatsApp watches a phone's sessions for what no person does.
  if (p == provider::baileys)
    out.policy.per_second = 1;
  out.policy.retry_delays = retry_pauses();
  out.policy.slow_down_age_max = held_max;
  return std::make_shared<const actors::lane_channel>(std::move(out));
}

actors::lane_channel_ptr
whatsapp_carrier::channel_of(std::string_view lane) const {
  const auto place = whatsapp::parse_lane(lane);
  const auto found = place ? channels_.find(place->via) : channels_.end();
  return found == channels_.end() ? nullptr : found->second;
}

void whatsapp_carrier::stop() {
  caf::anon_send_exit(carrier_, caf::exit_reason::user_shutdown);
}

// -- what is told of it -------------------------------------------------------

void whatsapp_carrier::settled(const persistence::delivery& d,
                               const http_answer& answer,
                               const channels::verdict& verdict,
                               domain::timestamp now,
                               persistence::changes& settling) const {
  const auto what = whatsapp::decode_errand(d.payload);
  const auto lane = whatsapp::parse_lane(d.lane);
  const bool is_customers = what && what->what == errand_kind::message;
  if (!lane || !what || !what->ticket
      || (!is_customers && !is_for_staff(what->what)))
    return;
  const auto came_to = unpack(answer);
  const bool is_taken = verdict.outcome == delivery_outcome::delivered;
  const bool is_sent = is_taken && came_to && came_to->is_sent;
  if (is_taken && !is_sent)
    return;
  api::whatsapp::sent_report report;
  report.ticket = *what->ticket;
  report.message = what->message;
  report.part = what->part;
  report.via = came_to ? came_to->via : lane->via;
  if (is_sent && !came_to->result.id.empty())
    report.external_id
      = whatsapp::external_id(report.via, came_to->account, came_to->result.id);
  if (is_for_staff(what->what)) {
    if (report.external_id.empty())
      return;
    report.to_staff = true;
  }
  if (!is_sent) {
    report.state = domain::delivery_state::failed;
    report.reason = domain::clip(verdict.reason, domain::reason_length_max);
    report.window_closed
      = came_to && came_to->result.why == trouble::window_closed;
  }
  settling.deliveries.push_back(
    api::whatsapp::delivery_of(api::whatsapp::parked{report}, now));
}

// -- one delivery -------------------------------------------------------------

boost::asio::awaitable<void> whatsapp_carrier::run(persistence::delivery d,
                                                   done_handler done) {
  http_answer answer;
  try {
    auto serving = serve(d);
    answer = co_await std::move(serving);
  } catch (const std::exception& problem) {
    spdlog::error("delivery {} to WhatsApp: {}",
                  static_cast<std::uint64_t>(d.id), problem.what());
    answer = {};
    answer.status = 503;
    answer.detail = "an exception";
  }
  done(std::move(answer));
}

boost::asio::awaitable<http_answer>
whatsapp_carrier::serve(const persistence::delivery& d) {
  const auto lane = whatsapp::parse_lane(d.lane);
  const auto what = whatsapp::decode_errand(d.payload);
  if (!lane || !what) {
    const whatsapp_refusal no_errand{"this is no errand"};
    co_return refused(provider::baileys, no_errand);
  }
  auto to = choose(*what, *lane);
  const auto via = to.via;
  if (!parts_.ends.can_send(via))
    co_return delayed(via, "this provider is not configured", unserved_pause);
  const auto wait = pace_.take(via, whatsapp_pace::clock::now());
  if (wait.count() > 0) {
    auto pausing
      = parts_.beside.pause(std::chrono::ceil<std::chrono::milliseconds>(wait));
    co_await std::move(pausing);
  }
  if (parts_.beside.is_stopping())
    co_return stopping_answer(via);
  // The provider may have told one that went before to rest.
  const auto held = pace_.held(via, whatsapp_pace::clock::now());
  if (held.count() > 0)
    co_return delayed(via, "the provider is given a rest",
                      std::chrono::ceil<std::chrono::seconds>(held));
  auto leaving = leave(d, *what, *lane, std::move(to));
  co_return co_await std::move(leaving);
}

whatsapp_place
whatsapp_carrier::choose(const whatsapp::errand& what,
                         const whatsapp::lane_place& lane) const {
  whatsapp_place own{lane.via, what.account, lane.address};
  const auto other = parts_.ends.fallback();
  if (!other || *other == lane.via || what.what == errand_kind::edit
      || what.what == errand_kind::revoke)
    return own;
  if (parts_.ends.can_send(lane.via)) {
    const auto since = parts_.health.unable_since(lane.via);
    if (!since || parts_.now() - *since < parts_.fallback_after
        || parts_.health.unable_since(*other)
        || parts_.health.may_probe(lane.via))
      return own;
  }
  return parts_.renderer.other_place(what, lane, *other).value_or(own);
}

boost::asio::awaitable<http_answer>
whatsapp_carrier::leave(const persistence::delivery& d,
                        const whatsapp::errand& what,
                        const whatsapp::lane_place& lane, whatsapp_place to) {
  const auto planned = lane.via;
  auto drawing = parts_.renderer.draw(d, what, planned, to);
  if (to.via != planned && parts_.ends.can_send(planned)
      && std::holds_alternative<whatsapp_refusal>(drawing)) {
    // A stand-in that may not write to them is no reason to give it up.
    to = {planned, what.account, lane.address};
    drawing = parts_.renderer.draw(d, what, planned, to);
  }
  if (const auto* const none = std::get_if<whatsapp_nothing>(&drawing))
    co_return nothing_sent(to.via, none->why);
  if (const auto* const delay = std::get_if<whatsapp_delay>(&drawing))
    co_return delayed(to.via, delay->why, std::chrono::seconds{1});
  if (const auto* const refusal = std::get_if<whatsapp_refusal>(&drawing)) {
    if (parts_.probe != nullptr && refusal->what == trouble::window_closed)
      parts_.probe->window_was_closed(to_string(to.via));
    co_return refused(to.via, *refusal);
  }
  if (parts_.probe != nullptr && to.via != planned)
    parts_.probe->stood_in(to_string(to.via));
  sent made;
  if (auto* const message = std::get_if<whatsapp_sending>(&drawing)) {
    if (message->file && files_ >= files_max)
      co_return delayed(to.via, "many files are being sent",
                        std::chrono::seconds{2});
    std::optional<counted> file;
    if (message->file)
      file.emplace(files_);
    const bool may_wait = parts_.now() - d.created_at < file_patience;
    auto sending = send(*message, to.via, may_wait);
    made = co_await std::move(sending);
    if (parts_.probe != nullptr && message->what.as_template
        && made.result.what.outcome == delivery_outcome::delivered)
      parts_.probe->used_template(to_string(to.via));
  } else {
    auto calling = call(
      to.via,
      parts_.ends.encode(to.via, std::get<whatsapp::outgoing_change>(drawing)));
    made = co_await std::move(calling);
    auto& result = made.result;
    // Sidecars say the same of a message that they do not know and of a line
    // that is lost; what comes next must not wait for long to learn which.
    if (made.answer.status == not_found_status
        && result.why == trouble::not_connected
        && parts_.now() - d.created_at >= change_patience) {
      result.why = trouble::bad_content;
      result.what = {delivery_outcome::refused,
                     "the provider does not know the message", std::nullopt};
    }
  }
  whatsapp_outcome out;
  out.via = to.via;
  // Whichever of our numbers they wrote to, this one has sent it, and states
  // come by its name.
  out.account = parts_.ends.account_of(to.via);
  if (out.account.empty())
    out.account = std::move(to.account);
  out.is_sent = made.result.what.outcome == delivery_outcome::delivered;
  out.result = std::move(made.result);
  co_return pack(out, std::move(made.answer));
}

boost::asio::awaitable<whatsapp_carrier::sent>
whatsapp_carrier::send(whatsapp_sending& message, provider via, bool may_wait) {
  auto words = message.what.text;
  if (message.file) {
    auto attaching
      = parts_.uploads.attach(message.what, *message.file, via, may_wait);
    auto setback = co_await std::move(attaching);
    if (setback) {
      sent out{std::move(setback->result), std::move(setback->answer)};
      if (out.answer.status != 0 || out.answer.failure != http_failure::none)
        note(via, out);
      co_return out;
    }
  }
  auto request = parts_.ends.encode(via, message.what);
  if (message.what.file)
    request.total_timeout = file_timeout;
  auto calling = call(via, std::move(request));
  auto out = co_await std::move(calling);
  if (out.result.why != trouble::window_closed)
    co_return out;
  if (parts_.probe != nullptr)
    parts_.probe->window_was_closed(to_string(via));
  if (message.what.as_template || !parts_.ends.has_template(via)) {
    // A template that is refused so will be refused again.
    if (message.what.as_template)
      out.result.why = trouble::bad_content;
    co_return out;
  }
  message.what.as_template = true;
  message.what.idempotency_key += "-template";
  message.what.text = std::move(words);
  if (message.file)
    parts_.uploads.attach_link(message.what, *message.file);
  auto again = call(via, parts_.ends.encode(via, message.what));
  auto last = co_await std::move(again);
  if (last.result.why == trouble::window_closed)
    last.result.why = trouble::bad_content;
  co_return last;
}

boost::asio::awaitable<whatsapp_carrier::sent>
whatsapp_carrier::call(provider via, channels::http_request request) {
  auto asking = parts_.exchange(std::move(request));
  sent out;
  out.answer = co_await std::move(asking);
  out.result = whatsapp::judge(via, out.answer);
  note(via, out);
  co_return out;
}

void whatsapp_carrier::note(provider via, sent& what) {
  auto& verdict = what.result.what;
  parts_.health.sent(via, what.result, what.answer.failure);
  if (parts_.probe != nullptr)
    parts_.probe->sent(to_string(via), to_string(verdict.outcome));
  const bool is_lost = what.result.why == trouble::not_connected
                       || what.result.why == trouble::logged_out;
  if (is_lost || was_not_sent(what.answer.failure)) {
    // It is no fault of the message, and may take hours.
    verdict.outcome = delivery_outcome::slow_down;
    verdict.retry_after = parts_.health.patience(via);
  }
  if (what.result.why == trouble::busy && what.result.code != pair_rate_code
      && verdict.retry_after)
    pace_.hold(via, whatsapp_pace::clock::now() + *verdict.retry_after);
}

} // namespace switchboard::app
