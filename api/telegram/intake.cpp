#include "api/telegram/intake.hpp"

#include "api/commits.hpp"
#include "channels/telegram/update_codec.hpp"
#include "domain/match.hpp"
#include "domain/text.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <spdlog/spdlog.h>

#include <exception>
#include <optional>
#include <utility>
#include <variant>

namespace switchboard::api::telegram {

namespace {

namespace asio = boost::asio;

constexpr std::size_t reason_length_max = 300;
constexpr std::string_view parked_kind = "telegram.update";

/// Counts itself for as long as it lives.
class presence {
public:
  explicit presence(std::size_t& count) : count_{count} {
    ++count_;
  }
  presence(const presence&) = delete;
  presence& operator=(const presence&) = delete;
  ~presence() {
    --count_;
  }

private:
  std::size_t& count_;
};

/// Bytes that are no text would break the answers that show them; nobody could
/// handle them later either.
std::string as_text(std::string&& raw) {
  if (raw.empty())
    return "(nothing)";
  if (domain::is_clean_utf8(raw))
    return std::move(raw);
  for (char& c : raw)
    if (c == '\0' || static_cast<unsigned char>(c) >= 0x80)
      c = '?';
  return std::move(raw);
}

turns::key turn_of(wire::bot_number bot, const wire::update& update) {
  return to_string(bot) + ':' + std::to_string(queue_of(update));
}

std::string clipped(std::string_view reason) {
  if (!domain::is_clean_utf8(reason))
    return "the handler failed";
  return std::string{domain::clip(reason, reason_length_max)};
}

} // namespace

std::int64_t queue_of(const wire::update& update) {
  return domain::match(
    update.what,
    [](const wire::button_press& tap) {
      return static_cast<std::int64_t>(tap.from.id);
    },
    [](const wire::new_message& in) {
      return static_cast<std::int64_t>(in.message.chat.id);
    },
    [](const wire::edited_message& in) {
      return static_cast<std::int64_t>(in.message.chat.id);
    },
    [](const wire::membership_changed& in) {
      return static_cast<std::int64_t>(in.chat.id);
    },
    [](const wire::reaction_changed& in) {
      return static_cast<std::int64_t>(in.chat.id);
    },
    [](const auto&) { return std::int64_t{0}; });
}

update_outcome outcome_of(const domain::error& problem) noexcept {
  switch (problem.code) {
    case domain::errc::overloaded:
    case domain::errc::storage_unavailable:
    case domain::errc::outcome_unknown: return update_outcome::not_durable;
    default: return update_outcome::done;
  }
}

std::string_view to_string(intake_result r) noexcept {
  switch (r) {
    case intake_result::handled: return "handled";
    case intake_result::repeated: return "repeated";
    case intake_result::ignored: return "ignored";
    case intake_result::parked: return "parked";
    case intake_result::not_durable: return "not_durable";
  }
  return "not_durable";
}

intake::intake(intake_parts parts, intake_options options)
  : parts_{std::move(parts)},
    options_{options},
    asker_{parts_.system, parts_.wheel, parts_.executor} {}

void intake::add(wire::bot_number bot, update_handler& handler) {
  handlers_[bot].push_back(&handler);
}

void intake::close() {
  asker_.close();
}

asio::awaitable<intake_result>
intake::take(wire::bot_number bot, wire::update update, std::string raw) {
  auto work = take_here(bot, std::move(update), std::move(raw));
  auto running
    = asio::co_spawn(parts_.executor, std::move(work), asio::use_awaitable);
  const auto result = co_await std::move(running);
  if (parts_.observe)
    parts_.observe(bot, result);
  co_return result;
}

asio::awaitable<replay_result> intake::replay(wire::bot_number bot,
                                              std::string raw) {
  auto work = replay_here(bot, std::move(raw));
  auto running
    = asio::co_spawn(parts_.executor, std::move(work), asio::use_awaitable);
  auto result = co_await std::move(running);
  co_return result;
}

asio::awaitable<intake_result>
intake::take_here(wire::bot_number bot, wire::update update, std::string raw) {
  if (std::holds_alternative<wire::unknown_update>(update.what))
    co_return intake_result::ignored;
  const auto& rows = parts_.journal.rows();
  const auto claim = update.id == wire::update_id{}
                       ? claim_of_bytes(bot, raw, parts_.now())
                       : claim_of(bot, update.id, parts_.now());
  if (claim.is_taken(rows, parts_.now()))
    co_return intake_result::repeated;
  if (in_progress_ >= options_.in_progress_max)
    co_return intake_result::not_durable;
  const presence counted{in_progress_};
  auto key = turn_of(bot, update);
  const auto turn = co_await turns_.take(std::move(key));
  // Telegram may have repeated what was just being done.
  if (claim.is_taken(rows, parts_.now()))
    co_return intake_result::repeated;
  auto handled = co_await handle(bot, update, claim);
  if (!handled.problem.empty()) {
    const auto parked = co_await park(bot, update.id, claim, std::move(raw),
                                      std::move(handled.problem));
    co_return parked;
  }
  switch (handled.outcome) {
    case update_outcome::done: co_return intake_result::handled;
    case update_outcome::not_mine: co_return intake_result::ignored;
    case update_outcome::not_durable: break;
  }
  co_return intake_result::not_durable;
}

asio::awaitable<replay_result> intake::replay_here(wire::bot_number bot,
                                                   std::string raw) {
  using kind = replay_result::kind;
  replay_result out;
  const auto update = wire::decode_update(raw);
  const auto claim = claim_of_replay(bot, update.id, parts_.now());
  auto key = turn_of(bot, update);
  const auto turn = co_await turns_.take(std::move(key));
  if (claim.is_taken(parts_.journal.rows(), parts_.now()))
    co_return out;
  auto handled = co_await handle(bot, update, claim);
  if (!handled.problem.empty()) {
    out.what = kind::failed;
    out.reason = std::move(handled.problem);
  } else if (handled.outcome == update_outcome::not_durable) {
    out.what = kind::try_later;
    out.reason = "its effect could not be stored";
  }
  co_return out;
}

asio::awaitable<intake::handling> intake::handle(wire::bot_number bot,
                                                 const wire::update& update,
                                                 const update_claim& claim) {
  handling out;
  if (const auto* poison = std::get_if<wire::poison_update>(&update.what)) {
    out.problem = "cannot be read: " + poison->reason;
    co_return out;
  }
  out.outcome = update_outcome::not_mine;
  const auto known = handlers_.find(bot);
  if (known == handlers_.end())
    co_return out;
  try {
    for (auto* const handler : known->second) {
      out.outcome = co_await handler->handle(bot, update, claim, asker_);
      if (out.outcome != update_outcome::not_mine)
        break;
    }
  } catch (const std::exception& problem) {
    out.problem = "the handler failed: " + clipped(problem.what());
  } catch (...) {
    out.problem = "the handler failed";
  }
  co_return out;
}

asio::awaitable<intake_result>
intake::park(wire::bot_number bot, wire::update_id id,
             const update_claim& claim, std::string raw, std::string reason) {
  const auto number = std::to_string(static_cast<std::int64_t>(id));
  spdlog::warn("update {} of bot {} is parked: {}", number, to_string(bot),
               reason);
  persistence::new_delivery parked;
  parked.lane = wire::intake_lane(bot);
  parked.group = "telegram.update:" + number;
  parked.kind = parked_kind;
  parked.payload = as_text(std::move(raw));
  parked.created_at = parts_.now();
  parked.message_id = number;
  persistence::changes what;
  what.claims.push_back(claim.once("parked"));
  what.deliveries.push_back(std::move(parked));
  const auto outcome = co_await commit(parts_.journal, std::move(what));
  if (std::holds_alternative<persistence::committed>(outcome))
    co_return intake_result::parked;
  co_return std::holds_alternative<persistence::conflict>(outcome)
    ? intake_result::repeated
    : intake_result::not_durable;
}

} // namespace switchboard::api::telegram
