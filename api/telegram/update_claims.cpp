#include "api/telegram/update_claims.hpp"

#include "persistence/claims.hpp"

#include <sodium/crypto_generichash.h>
#include <sodium/utils.h>

#include <array>
#include <cstdint>

namespace switchboard::api::telegram {

namespace {

std::string scope_of(std::string_view what, wire::bot_number bot) {
  std::string out{what};
  out += ':';
  out += to_string(bot);
  return out;
}

std::string text_of(wire::update_id id) {
  return std::to_string(static_cast<std::int64_t>(id));
}

} // namespace

persistence::unique_claim update_claim::once(std::string result) const {
  return {scope_, id_, std::move(result), expires_};
}

persistence::unique_claim update_claim::step(std::string_view name,
                                             std::string result) const {
  auto id = id_;
  id += ':';
  id += name;
  return {scope_, std::move(id), std::move(result), expires_};
}

bool update_claim::is_taken(const persistence::row_reader& rows,
                            domain::timestamp now) const {
  return persistence::find_claim(rows, scope_, id_, now).has_value();
}

update_claim claim_of(wire::bot_number bot, wire::update_id id,
                      domain::timestamp now) {
  return {scope_of("telegram.update", bot), text_of(id), now + update_memory};
}

update_claim claim_of_bytes(wire::bot_number bot, std::string_view bytes,
                            domain::timestamp now) {
  constexpr std::size_t hash_size = 16;
  std::array<unsigned char, hash_size> hash{};
  crypto_generichash(hash.data(), hash.size(),
                     reinterpret_cast<const unsigned char*>(bytes.data()),
                     bytes.size(), nullptr, 0);
  std::array<char, 2 * hash_size + 1> hex{};
  sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
  return {scope_of("telegram.update", bot), std::string{"#"} + hex.data(),
          now + update_memory};
}

update_claim claim_of_replay(wire::bot_number bot, wire::update_id id,
                             domain::timestamp now) {
  return {scope_of("telegram.replay", bot), text_of(id), now + update_memory};
}

} // namespace switchboard::api::telegram
