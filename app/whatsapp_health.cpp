#include "app/whatsapp_health.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace switchboard::app {

namespace whatsapp = channels::whatsapp;
using channels::http_failure;

namespace {

constexpr std::chrono::seconds probe_pause{15};
constexpr std::chrono::seconds patience_min{2};
constexpr std::chrono::seconds patience_max{60};

std::string name_of(whatsapp::provider p) {
  return "whatsapp:" + std::string{to_string(p)};
}

std::string_view code_of(whatsapp_line state) {
  return state == whatsapp_line::logged_out ? "logged_out" : "unreachable";
}

bool is_unreachable(http_failure failure) {
  switch (failure) {
    case http_failure::resolve_failed:
    case http_failure::connect_failed:
    case http_failure::connect_timeout:
    case http_failure::tls_failed:
    case http_failure::write_failed:
    case http_failure::no_answer:
    case http_failure::answer_timeout:
    case http_failure::bad_answer:
    case http_failure::bad_url:
    case http_failure::address_refused: return true;
    case http_failure::none:
    case http_failure::shutting_down: break;
  }
  return false;
}

} // namespace

std::string_view to_string(whatsapp_line state) noexcept {
  switch (state) {
    case whatsapp_line::unknown: return "unknown";
    case whatsapp_line::up: return "up";
    case whatsapp_line::down: return "down";
    case whatsapp_line::logged_out: return "logged_out";
  }
  return "unknown";
}

whatsapp_health::whatsapp_health(options how, hooks to)
  : options_{std::move(how)}, hooks_{std::move(to)} {}

std::size_t whatsapp_health::index_of(provider p) noexcept {
  return static_cast<std::size_t>(p)
         - static_cast<std::size_t>(whatsapp::all_providers.front());
}

void whatsapp_health::told(const whatsapp::line_report& report) {
  using whatsapp::line_state;
  switch (report.state) {
    case line_state::open: move(report.via, whatsapp_line::up, {}); break;
    case line_state::connecting:
      // A session that was logged out connects again while it waits for its
      // new pairing.
      if (state_of(report.via) != whatsapp_line::logged_out)
        move(report.via, whatsapp_line::down,
             report.reason.empty() ? "it is connecting" : report.reason);
      break;
    case line_state::logged_out:
      move(report.via, whatsapp_line::logged_out,
           report.reason.empty() ? "it was logged out" : report.reason);
      break;
  }
}

void whatsapp_health::sent(provider p, const whatsapp::send_result& result,
                           http_failure failure) {
  if (failure == http_failure::shutting_down)
    return;
  if (result.why == whatsapp::trouble::logged_out) {
    move(p, whatsapp_line::logged_out, result.what.reason);
  } else if (result.why == whatsapp::trouble::not_connected
             || is_unreachable(failure)) {
    // A session that nobody has paired again may well be disconnected.
    if (state_of(p) != whatsapp_line::logged_out)
      move(p, whatsapp_line::down, result.what.reason);
  } else if (result.what.outcome != channels::delivery_outcome::retry_later) {
    move(p, whatsapp_line::up, {});
  }
}

void whatsapp_health::move(provider p, whatsapp_line to, std::string reason) {
  const auto now = hooks_.now();
  {
    const std::lock_guard lock{mutex_};
    auto& at = lines_[index_of(p)];
    const auto before = state_of(at, now);
    at.heard_at = now;
    if (before == to)
      return;
    at.state = to;
    at.since = now;
    at.probed_at = now;
    at.reason = reason;
  }
  if (hooks_.changed)
    hooks_.changed(p, to);
  if (to == whatsapp_line::up) {
    spdlog::info("WhatsApp by {} is up", to_string(p));
    return;
  }
  spdlog::warn("WhatsApp by {} is {}: {}", to_string(p), to_string(to), reason);
  if (hooks_.report_error) {
    actors::error_note note;
    note.where = name_of(p);
    note.code = code_of(to);
    note.message = std::move(reason);
    note.at = now;
    hooks_.report_error(std::move(note));
  }
}

whatsapp_line whatsapp_health::state_of(const line& of,
                                        domain::timestamp now) const {
  if (of.state == whatsapp_line::down
      && now - of.heard_at > options_.stale_after)
    return whatsapp_line::unknown;
  return of.state;
}

whatsapp_line whatsapp_health::state_of(provider p) const {
  const auto now = hooks_.now();
  const std::lock_guard lock{mutex_};
  return state_of(lines_[index_of(p)], now);
}

std::optional<domain::timestamp>
whatsapp_health::unable_since(provider p) const {
  const auto now = hooks_.now();
  const std::lock_guard lock{mutex_};
  const auto& at = lines_[index_of(p)];
  const auto state = state_of(at, now);
  if (state == whatsapp_line::down || state == whatsapp_line::logged_out)
    return at.since;
  return std::nullopt;
}

bool whatsapp_health::may_probe(provider p) {
  const auto now = hooks_.now();
  const std::lock_guard lock{mutex_};
  auto& at = lines_[index_of(p)];
  if (now - at.probed_at < probe_pause)
    return false;
  at.probed_at = now;
  return true;
}

std::chrono::seconds whatsapp_health::patience(provider p) const {
  const auto since = unable_since(p);
  if (!since)
    return patience_min;
  const auto down
    = std::chrono::duration_cast<std::chrono::seconds>(hooks_.now() - *since);
  return std::clamp(down / 4, patience_min, patience_max);
}

std::vector<std::string> whatsapp_health::obstacles() const {
  const auto now = hooks_.now();
  std::vector<std::string> out;
  const std::lock_guard lock{mutex_};
  for (const auto p : options_.configured) {
    const auto& at = lines_[index_of(p)];
    const auto state = state_of(at, now);
    const auto name = "WhatsApp by " + std::string{to_string(p)};
    if (state == whatsapp_line::logged_out)
      out.push_back(name + " is logged out: " + at.reason);
    else if (state == whatsapp_line::down
             && now - at.since >= options_.down_max)
      out.push_back(name + " cannot be reached: " + at.reason);
  }
  return out;
}

} // namespace switchboard::app
