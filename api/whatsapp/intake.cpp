#include "api/whatsapp/intake.hpp"

#include "api/wait_for.hpp"
#include "persistence/claims.hpp"
#include "persistence/ticket_changes.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <spdlog/spdlog.h>

#include <algorithm>
#include <deque>
#include <exception>
#include <functional>
#include <optional>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace switchboard::api::whatsapp {

namespace {

namespace asio = boost::asio;

/// Counts things for as long as it lives.
class presence {
public:
  presence(std::size_t& count, std::size_t things)
    : count_{count}, things_{things} {
    count_ += things_;
  }
  presence(const presence&) = delete;
  presence& operator=(const presence&) = delete;
  ~presence() {
    count_ -= things_;
  }

private:
  std::size_t& count_;
  std::size_t things_;
};

std::string name_of(const wire::inbound_message& message) {
  return wire::external_id(message.via, message.account, message.id);
}

std::string name_of(const wire::status_report& status) {
  auto out = wire::external_id(status.via, status.account, status.id);
  out += ':';
  return out += to_string(status.state);
}

/// Whose messages come one after the other: a group's, a person's.
turns::key turn_of(const wire::inbound_message& message) {
  auto names = identities_of(message);
  return std::move(names.front());
}

doer as_doer(const wire::inbound_message& message) {
  const auto& author = message.author;
  doer out;
  out.name = whatsapp::name_of(author);
  if (!author.phone.empty())
    out.id = "phone:" + author.phone;
  else
    out.id = author.aliases.empty() ? message.address : author.aliases.front();
  return out;
}

/// What a private chat's reactions are known by, whichever of its names a
/// message tells.
std::string surest_name(const domain::session& chat, std::string otherwise) {
  for (const auto& name : chat.identities)
    if (name.starts_with("phone:"))
      return name;
  return otherwise;
}

void count(take_result& out, outcome result) {
  switch (result) {
    case outcome::done:
    case outcome::put_aside: ++out.accepted; break;
    case outcome::repeated:
    case outcome::ignored:
    case outcome::unknown_target: ++out.ignored; break;
    case outcome::not_durable: ++out.not_durable; break;
  }
}

} // namespace

/// A batch, cut into pieces that have nothing to do with each other.
struct intake::batch_work {
  using piece
    = std::vector<std::variant<wire::inbound_message, wire::status_report>>;

  std::deque<piece> pieces;
  std::size_t workers = 0;
  take_result result;
  std::function<void(bool)> done;

  explicit batch_work(wire::inbound_batch&& batch) {
    std::unordered_map<std::string, std::size_t> known;
    const auto add = [&](const std::string& key, auto&& thing) {
      const auto [at, is_new] = known.try_emplace(key, pieces.size());
      if (is_new)
        pieces.emplace_back();
      pieces[at->second].emplace_back(std::forward<decltype(thing)>(thing));
    };
    for (auto& message : batch.messages) {
      const auto key = turn_of(message);
      add(key, std::move(message));
    }
    for (auto& status : batch.statuses)
      add("status:" + status.id, std::move(status));
  }
};

intake::intake(intake_parts parts, intake_options options)
  : tools_{std::move(parts), std::move(options)},
    sessions_{tools_},
    marks_{tools_},
    talk_{tools_, sessions_, marks_},
    staff_{tools_, marks_} {}

void intake::close() {
  tools_.asker.close();
}

// -- the doors ----------------------------------------------------------------

asio::awaitable<take_result> intake::take(wire::inbound_batch batch) {
  auto work = take_here(std::move(batch));
  auto running
    = asio::co_spawn(executor(), std::move(work), asio::use_awaitable);
  auto result = co_await std::move(running);
  co_return result;
}

asio::awaitable<bool> intake::park(unread_call call) {
  auto work = park_here(std::move(call));
  auto running
    = asio::co_spawn(executor(), std::move(work), asio::use_awaitable);
  const bool result = co_await std::move(running);
  co_return result;
}

asio::awaitable<replay_result> intake::replay(wire::provider via,
                                              std::string payload) {
  auto work = replay_here(via, std::move(payload));
  auto running
    = asio::co_spawn(executor(), std::move(work), asio::use_awaitable);
  auto result = co_await std::move(running);
  co_return result;
}

// -- batches ------------------------------------------------------------------

asio::awaitable<take_result> intake::take_here(wire::inbound_batch batch) {
  take_result out;
  out.ignored = batch.ignored + batch.malformed;
  if (batch.malformed > 0)
    spdlog::warn(
      "whatsapp: {} things of a call cannot be read and are left "
      "out; {} are taken",
      batch.malformed, batch.messages.size() + batch.statuses.size());
  for (const auto& line : batch.lines) {
    if (tools_.parts.on_line)
      tools_.parts.on_line(line);
    ++out.accepted;
  }
  const auto things = batch.messages.size() + batch.statuses.size();
  if (things == 0)
    co_return out;
  if (in_progress_ > 0
      && in_progress_ + things > tools_.options.in_progress_max) {
    out.not_durable = things;
    co_return out;
  }
  const presence counted{in_progress_, things};
  batch_work work{std::move(batch)};
  work.workers = std::min(work.pieces.size(),
                          std::max<std::size_t>(tools_.options.at_once_max, 1));
  auto start = [this, &work](auto done) {
    work.done = std::move(done);
    for (auto left = work.workers; left > 0; --left)
      asio::co_spawn(executor(), work_off(work),
                     [&work](const std::exception_ptr& problem) {
                       // What it was at is not known to be durable.
                       if (problem)
                         ++work.result.not_durable;
                       if (--work.workers == 0)
                         work.done(true);
                     });
  };
  auto working = wait_for<bool>(start);
  co_await std::move(working);
  out.accepted += work.result.accepted;
  out.ignored += work.result.ignored;
  out.not_durable += work.result.not_durable;
  co_return out;
}

asio::awaitable<void> intake::work_off(batch_work& work) {
  while (!work.pieces.empty()) {
    auto piece = std::move(work.pieces.front());
    work.pieces.pop_front();
    for (auto& thing : piece) {
      auto* const message = std::get_if<wire::inbound_message>(&thing);
      auto* const status = std::get_if<wire::status_report>(&thing);
      const auto via = message != nullptr ? message->via : status->via;
      auto taking = message != nullptr ? take_message(std::move(*message))
                                       : take_status(std::move(*status));
      const auto result = co_await std::move(taking);
      count(work.result, result);
      observe(via, result);
    }
  }
}

asio::awaitable<outcome> intake::take_message(wire::inbound_message message) {
  const auto name = name_of(message);
  const bool is_said = std::holds_alternative<wire::said>(message.what);
  auto key = turn_of(message);
  const auto turn = co_await turns_.take(std::move(key));
  const auto scope = persistence::message_scope(domain::channel::whatsapp);
  if (is_said
      && persistence::find_claim(tools_.rows(), scope, name,
                                 tools_.parts.now()))
    co_return outcome::repeated;
  std::string problem;
  auto handling = handle_safely(message, problem);
  const auto result = co_await std::move(handling);
  const bool is_poison = !problem.empty();
  if (is_poison)
    spdlog::warn("whatsapp: message {} is parked: {}", name, problem);
  // In a group nearly everything is about what others have said.
  if (!is_poison && result == outcome::unknown_target && message.is_group)
    co_return outcome::ignored;
  if (!is_poison && result != outcome::unknown_target)
    co_return result;
  const parked thing{std::move(message)};
  std::string id{word_of(thing)};
  id += ':' + name + ':' + hash_of(delivery_of(thing, {}).payload);
  auto parking = park_thing(thing, id);
  co_return co_await std::move(parking);
}

asio::awaitable<outcome> intake::take_status(wire::status_report status) {
  auto noting = marks_.on_status(status);
  const auto result = co_await std::move(noting);
  if (result != outcome::unknown_target)
    co_return result;
  const auto name = "status:" + name_of(status);
  const parked thing{std::move(status)};
  auto parking = park_thing(thing, name);
  co_return co_await std::move(parking);
}

// -- one message --------------------------------------------------------------

asio::awaitable<outcome> intake::handle_safely(wire::inbound_message& message,
                                               std::string& problem) {
  auto result = outcome::ignored;
  try {
    auto handling = handle(message);
    result = co_await std::move(handling);
  } catch (const std::exception& thrown) {
    problem = clipped(thrown.what());
  } catch (...) {
    problem = "it could not be handled";
  }
  co_return result;
}

asio::awaitable<outcome> intake::handle(wire::inbound_message& message) {
  const auto colleague = staff_.find(message);
  if (colleague) {
    auto remembering = staff_.remember(message, *colleague);
    co_await std::move(remembering);
  }
  if (const auto* const said = std::get_if<wire::said>(&message.what)) {
    if (colleague && message.is_group)
      co_return outcome::ignored;
    if (colleague) {
      auto saying = staff_.on_said(message, *colleague);
      co_return co_await std::move(saying);
    }
    const auto answered
      = message.is_group && !message.is_addressed
          ? marks_.find(message.via, message.account, message.reply_to)
          : std::nullopt;
    const bool is_for_us = !message.is_group || message.is_addressed
                           || (answered && answered->is_ours);
    if (!is_for_us || (said->text.empty() && said->files.empty()))
      co_return outcome::ignored;
    auto saying = talk_.on_said(message);
    co_return co_await std::move(saying);
  }
  auto who = as_doer(message);
  if (colleague) {
    who.id = "phone:" + colleague->phone;
    who.name = colleague->name;
    who.is_staff = true;
  } else if (const auto chat = sessions_.find(message)) {
    who.session = chat->value.id;
    if (!message.is_group)
      who.id = surest_name(chat->value, std::move(who.id));
  }
  auto doing = std::holds_alternative<wire::reacted>(message.what)
                 ? marks_.on_reaction(message, std::move(who))
               : std::holds_alternative<wire::edited>(message.what)
                 ? marks_.on_edit(message, std::move(who))
                 : marks_.on_revoke(message, std::move(who));
  const auto result = co_await std::move(doing);
  // Staff may do so to what the bot told them; that is nobody's business.
  co_return result == outcome::unknown_target&& colleague ? outcome::ignored
                                                          : result;
}

void intake::observe(wire::provider via, outcome result) const {
  if (tools_.parts.observe)
    tools_.parts.observe(via, result);
}

} // namespace switchboard::api::whatsapp
