#include "persistence/keys.hpp"

#include <array>

namespace switchboard::persistence::keys {

namespace {

constexpr char number_prefix = 'n';
constexpr char queue_prefix = 'q';
constexpr char waiting_prefix = 'w';
constexpr std::size_t uuid_size = 16;
constexpr std::size_t u64_size = 8;
constexpr char lane_attempt_prefix = '\xff';

template <class Integer>
void append_integer(std::string& out, Integer value) {
  std::array<char, sizeof(Integer)> bytes{};
  for (std::size_t i = 0; i < sizeof(Integer); ++i)
    bytes[i] = static_cast<char>(value >> (8U * (sizeof(Integer) - 1 - i)));
  out.append(bytes.data(), bytes.size());
}

template <class Integer>
Integer read_integer(std::string_view bytes) noexcept {
  if (bytes.size() < sizeof(Integer))
    return 0;
  Integer value = 0;
  for (std::size_t i = 0; i < sizeof(Integer); ++i)
    value
      = static_cast<Integer>(value << 8U) | static_cast<std::uint8_t>(bytes[i]);
  return value;
}

std::uint64_t millis(domain::timestamp at) noexcept {
  return static_cast<std::uint64_t>(at.time_since_epoch().count());
}

domain::timestamp from_millis(std::uint64_t ms) noexcept {
  return domain::timestamp{
    std::chrono::milliseconds{static_cast<std::int64_t>(ms)}};
}

} // namespace

bool is_key_word(std::string_view word) noexcept {
  return !word.empty() && word.find('\0') == std::string_view::npos;
}

void append_u32(std::string& out, std::uint32_t value) {
  append_integer(out, value);
}

void append_u64(std::string& out, std::uint64_t value) {
  append_integer(out, value);
}

std::uint32_t read_u32(std::string_view bytes) noexcept {
  return read_integer<std::uint32_t>(bytes);
}

std::uint64_t read_u64(std::string_view bytes) noexcept {
  return read_integer<std::uint64_t>(bytes);
}

std::string u64(std::uint64_t value) {
  std::string out;
  append_u64(out, value);
  return out;
}

std::string after_prefix(std::string_view prefix) {
  std::string out{prefix};
  while (!out.empty() && out.back() == '\xff')
    out.pop_back();
  if (!out.empty())
    out.back() = static_cast<char>(static_cast<std::uint8_t>(out.back()) + 1U);
  return out;
}

std::string event_block(domain::offset first) {
  return u64(static_cast<std::uint64_t>(first));
}

std::string entity(domain::entity_kind kind, const domain::uuid& id) {
  std::string out;
  out.reserve(1 + uuid_size);
  out.push_back(static_cast<char>(kind));
  out.append(id.view());
  return out;
}

std::string ticket(const domain::ticket_id& id) {
  return entity(domain::entity_kind::ticket, id.value);
}

std::string message(const domain::ticket_id& id,
                    domain::message_sequence number) {
  std::string out;
  out.reserve(uuid_size + sizeof(std::uint32_t));
  out.append(id.value.view());
  append_u32(out, static_cast<std::uint32_t>(number));
  return out;
}

std::string number(domain::ticket_number number) {
  std::string out(1, number_prefix);
  append_u64(out, static_cast<std::uint64_t>(number));
  return out;
}

std::string queue_of(domain::status s) {
  return {queue_prefix, static_cast<char>(s)};
}

std::string queue(domain::status s, domain::priority p,
                  const domain::ticket_id& id) {
  std::string out;
  out.reserve(3 + uuid_size);
  out.push_back(queue_prefix);
  out.push_back(static_cast<char>(s));
  out.push_back(static_cast<char>(0xffU - static_cast<unsigned>(p)));
  out.append(id.value.view());
  return out;
}

std::string waiting_of(domain::status s, domain::priority p) {
  return {waiting_prefix, static_cast<char>(s),
          static_cast<char>(0xffU - static_cast<unsigned>(p))};
}

std::string waiting(domain::status s, domain::priority p,
                    domain::timestamp since, const domain::ticket_id& id) {
  auto out = waiting_of(s, p);
  out.reserve(out.size() + u64_size + uuid_size);
  append_u64(out, millis(since));
  out.append(id.value.view());
  return out;
}

std::optional<waiting_key> parse_waiting(std::string_view key) noexcept {
  constexpr std::size_t head = 3;
  if (key.size() != head + u64_size + uuid_size)
    return std::nullopt;
  const auto id = domain::uuid_from_bytes(key.substr(head + u64_size));
  if (!id)
    return std::nullopt;
  return waiting_key{from_millis(read_u64(key.substr(head))),
                     domain::ticket_id{*id}};
}

std::string labelled(label kind, std::string_view text) {
  std::string key(1, static_cast<char>(kind));
  key += text;
  key += '\0';
  return key;
}

std::string activity(const domain::ticket_id& id, domain::sequence number) {
  std::string key{id.value.view()};
  append_u64(key, static_cast<std::uint64_t>(number));
  return key;
}

std::string unique(std::string_view scope, std::string_view id) {
  std::string out;
  out.reserve(scope.size() + 1 + id.size());
  out.append(scope).push_back('\0');
  out.append(id);
  return out;
}

std::string outbox(std::string_view lane, delivery_id id) {
  std::string out;
  out.reserve(lane.size() + 1 + u64_size);
  out.append(lane).push_back('\0');
  append_u64(out, static_cast<std::uint64_t>(id));
  return out;
}

std::string attempt(delivery_id id, std::uint32_t number) {
  std::string out = u64(static_cast<std::uint64_t>(id));
  append_u32(out, number);
  return out;
}

std::string lane_attempts_of(std::string_view lane) {
  std::string out(1, lane_attempt_prefix);
  out.append(lane).push_back('\0');
  return out;
}

std::string lane_attempt(std::string_view lane, domain::timestamp at,
                         delivery_id id, std::uint32_t number) {
  std::string out = lane_attempts_of(lane);
  append_u64(out, millis(at));
  append_u64(out, static_cast<std::uint64_t>(id));
  append_u32(out, number);
  return out;
}

std::optional<lane_attempt_key>
parse_lane_attempt(std::string_view key) noexcept {
  constexpr std::size_t tail = 2 * u64_size + sizeof(std::uint32_t);
  if (key.size() < tail + 3 || key.front() != lane_attempt_prefix)
    return std::nullopt;
  const std::size_t end = key.size() - tail - 1;
  if (key[end] != '\0')
    return std::nullopt;
  const auto rest = key.substr(end + 1);
  return lane_attempt_key{key.substr(1, end - 1), from_millis(read_u64(rest)),
                          delivery_id{read_u64(rest.substr(u64_size))},
                          read_u32(rest.substr(2 * u64_size))};
}

std::string dead_letter(delivery_id id) {
  return u64(static_cast<std::uint64_t>(id));
}

std::string timer(const timer_change& timer) {
  std::string out = u64(millis(timer.due));
  out.push_back(static_cast<char>(timer.kind));
  out.append(timer.entity.view());
  out.append(timer.name);
  return out;
}

std::string timers_after(domain::timestamp at) {
  return u64(millis(at) + 1);
}

std::optional<outbox_key> parse_outbox(std::string_view key) noexcept {
  if (key.size() <= u64_size + 1)
    return std::nullopt;
  const std::size_t end = key.size() - u64_size - 1;
  if (key[end] != '\0')
    return std::nullopt;
  return outbox_key{key.substr(0, end),
                    delivery_id{read_u64(key.substr(end + 1))}};
}

std::optional<timer_change> parse_timer(std::string_view key) {
  if (key.size() < u64_size + 1 + uuid_size)
    return std::nullopt;
  const auto id = domain::uuid_from_bytes(key.substr(u64_size + 1, uuid_size));
  if (!id)
    return std::nullopt;
  return timer_change{from_millis(read_u64(key)),
                      static_cast<domain::entity_kind>(key[u64_size]), *id,
                      std::string{key.substr(u64_size + 1 + uuid_size)}, true};
}

void append_expiry(std::string& out, std::optional<domain::timestamp> expires) {
  append_u64(out, expires ? millis(*expires) : 0);
}

bool has_expired(std::string_view value, domain::timestamp now) noexcept {
  const std::uint64_t expiry = read_u64(value);
  return expiry != 0 && from_millis(expiry) <= now;
}

std::string_view after_expiry(std::string_view value) noexcept {
  return value.size() < u64_size ? std::string_view{} : value.substr(u64_size);
}

} // namespace switchboard::persistence::keys
