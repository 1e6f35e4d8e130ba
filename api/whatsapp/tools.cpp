#include "api/whatsapp/tools.hpp"

#include "api/commands.hpp"
#include "api/commits.hpp"
#include "domain/text.hpp"
#include "persistence/ticket_changes.hpp"

#include <sodium/crypto_generichash.h>
#include <sodium/utils.h>

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>
#include <variant>

namespace switchboard::api::whatsapp {

namespace {

constexpr std::size_t reason_length_max = 300;

} // namespace

std::string_view to_string(outcome o) noexcept {
  switch (o) {
    case outcome::done: return "done";
    case outcome::repeated: return "repeated";
    case outcome::ignored: return "ignored";
    case outcome::put_aside: return "parked";
    case outcome::unknown_target: return "unknown_target";
    case outcome::not_durable: return "not_durable";
  }
  return "not_durable";
}

persistence::unique_claim update_claim(wire::provider via, std::string id,
                                       domain::timestamp now,
                                       std::string result) {
  std::string scope = "whatsapp.update:";
  scope += to_string(via);
  return {std::move(scope), std::move(id), std::move(result),
          now + persistence::message_claim_life};
}

std::vector<std::string> names_of(const intake_options& options,
                                  wire::provider via, std::string_view account,
                                  std::string_view id) {
  std::vector<std::string> out{wire::external_id(via, account, id)};
  const auto add = [&](std::string_view other) {
    auto name = wire::external_id(via, other, id);
    if (std::find(out.begin(), out.end(), name) == out.end())
      out.push_back(std::move(name));
  };
  if (const auto known = options.accounts.find(via);
      known != options.accounts.end())
    add(known->second);
  add({});
  return out;
}

std::string hash_of(std::string_view bytes) {
  constexpr std::size_t size = crypto_generichash_BYTES_MIN;
  std::array<unsigned char, size> hash{};
  crypto_generichash(hash.data(), hash.size(),
                     reinterpret_cast<const unsigned char*>(bytes.data()),
                     bytes.size(), nullptr, 0);
  std::array<char, 2 * size + 1> hex{};
  sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
  return hex.data();
}

std::string clipped(std::string_view reason) {
  if (!domain::is_clean_utf8(reason))
    return "it could not be handled";
  return std::string{domain::clip(reason, reason_length_max)};
}

bool is_of_the_world(const domain::error& problem) noexcept {
  switch (problem.code) {
    case domain::errc::overloaded:
    case domain::errc::storage_unavailable:
    case domain::errc::outcome_unknown: return true;
    default: return false;
  }
}

boost::asio::awaitable<outcome> settle(const intake_tools& tools,
                                       persistence::changes what) {
  auto committing = commit(tools.parts.journal, std::move(what));
  const auto result = co_await std::move(committing);
  if (std::holds_alternative<persistence::committed>(result))
    co_return outcome::done;
  co_return std::holds_alternative<persistence::conflict>(result)
    ? outcome::repeated
    : outcome::not_durable;
}

boost::asio::awaitable<outcome>
tell_ticket(intake_tools& tools, domain::ticket_id ticket,
            domain::ticket_command what, persistence::unique_claim once) {
  actors::ticket_request request;
  request.target = ticket;
  request.command = std::move(what);
  request.once = std::move(once);
  auto asking = command(tools.asker, tools.parts.engine, std::move(request));
  const auto reply = co_await std::move(asking);
  if (reply)
    co_return reply.value().taken ? outcome::repeated : outcome::done;
  if (is_of_the_world(reply.error()))
    co_return outcome::not_durable;
  spdlog::info("whatsapp: ticket {} does not take what came in: {}",
               to_string(ticket.value), reply.error().detail);
  co_return outcome::ignored;
}

} // namespace switchboard::api::whatsapp
