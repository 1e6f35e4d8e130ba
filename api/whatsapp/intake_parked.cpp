#include "api/whatsapp/intake.hpp"
#include "channels/whatsapp/cloud_inbound.hpp"
#include "channels/whatsapp/twilio_inbound.hpp"
#include "domain/match.hpp"
#include "domain/text.hpp"

#include <spdlog/spdlog.h>

#include <utility>
#include <variant>

/// What the intake puts aside, and takes up again.
namespace switchboard::api::whatsapp {

namespace asio = boost::asio;

namespace {

/// Bytes that are no text would break the answers that show them.
std::string as_text(std::string&& raw) {
  if (domain::is_clean_utf8(raw))
    return std::move(raw);
  for (char& c : raw)
    if (c == '\0' || static_cast<unsigned char>(c) >= 0x80)
      c = '?';
  return std::move(raw);
}

replay_result as_replay(outcome result, bool may_be_dropped) {
  using kind = replay_result::kind;
  replay_result out;
  if (result == outcome::unknown_target) {
    out.what = kind::not_yet;
    out.may_be_dropped = may_be_dropped;
    out.reason = "the message that it is about is not known";
  } else if (result == outcome::not_durable) {
    out.what = kind::try_later;
    out.reason = "its effect could not be stored";
  }
  return out;
}

replay_result failed(std::string reason) {
  replay_result out;
  out.what = replay_result::kind::failed;
  out.reason = std::move(reason);
  return out;
}

domain::result<wire::inbound_batch> decode(const unread_call& call) {
  if (call.via == wire::provider::cloud)
    return wire::decode_cloud(call.raw);
  auto fields = wire::parse_form(call.raw);
  if (!fields)
    return domain::fail(fields.error().code, fields.error().detail);
  return wire::decode_twilio(fields.value());
}

} // namespace

asio::awaitable<outcome> intake::park_thing(const parked& what,
                                            std::string_view id) {
  const auto now = tools_.parts.now();
  const auto via = domain::match(what, [](const auto& in) { return in.via; });
  persistence::changes changes;
  changes.claims.push_back(update_claim(via, "parked:" + std::string{id}, now));
  changes.deliveries.push_back(delivery_of(what, now));
  auto settling = settle(tools_, std::move(changes));
  const auto result = co_await std::move(settling);
  co_return result == outcome::done ? outcome::put_aside : result;
}

asio::awaitable<bool> intake::park_here(unread_call call) {
  call.raw = as_text(std::move(call.raw));
  call.reason = clipped(call.reason);
  spdlog::warn("whatsapp: a call by {} cannot be read and is parked: {}",
               to_string(call.via), call.reason);
  actors::error_note note;
  note.where = "whatsapp:";
  note.where += to_string(call.via);
  note.code = "unread_call";
  note.message = "a call cannot be read: " + call.reason;
  tools_.parts.engine.report_error(std::move(note));
  const auto id = hash_of(call.raw);
  const parked thing{std::move(call)};
  auto parking = park_thing(thing, id);
  const auto result = co_await std::move(parking);
  co_return result != outcome::not_durable;
}

asio::awaitable<replay_result> intake::replay_here(wire::provider via,
                                                   std::string payload) {
  auto what = decode_parked(payload);
  if (!what)
    co_return failed("what was parked cannot be read");
  auto result = outcome::ignored;
  bool may_be_dropped = false;
  std::string problem;
  if (auto* const call = std::get_if<unread_call>(&*what)) {
    auto replaying = replay_call(std::move(*call));
    co_return co_await std::move(replaying);
  }
  if (auto* const message = std::get_if<wire::inbound_message>(&*what)) {
    auto key = identities_of(*message).front();
    const auto turn = co_await turns_.take(std::move(key));
    auto handling = handle_safely(*message, problem);
    result = co_await std::move(handling);
  } else if (const auto* const status
             = std::get_if<wire::status_report>(&*what)) {
    may_be_dropped = true;
    auto noting = marks_.on_status(*status);
    result = co_await std::move(noting);
  } else {
    auto noting = marks_.on_sent(std::get<sent_report>(*what));
    result = co_await std::move(noting);
  }
  if (!problem.empty())
    co_return failed(std::move(problem));
  observe(via, result);
  co_return as_replay(result, may_be_dropped);
}

asio::awaitable<replay_result> intake::replay_call(unread_call call) {
  auto batch = decode(call);
  if (!batch)
    co_return failed("it cannot be read: " + clipped(batch.error().detail));
  auto taking = take_here(std::move(batch.value()));
  const auto result = co_await std::move(taking);
  co_return as_replay(
    result.not_durable > 0 ? outcome::not_durable : outcome::done, false);
}

} // namespace switchboard::api::whatsapp
