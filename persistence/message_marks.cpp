#include "persistence/message_marks.hpp"

#include "domain/match.hpp"
#include "persistence/codec_fields.hpp"
#include "persistence/keys.hpp"
#include "persistence/ticket_codec.hpp"

#include <algorithm>
#include <utility>

namespace switchboard::persistence {

namespace {

using domain::delivery_state;
using domain::message_sequence;
using domain::ticket_id;
using fields::code;
using fields::read;

constexpr char of_message = 'm';
constexpr char by_external_id = 'x';

/// Values are stored: never reuse one.
enum class mark_kind : std::uint8_t { reaction = 1, deletion, delivery };

constexpr std::size_t uuid_size = 16;
constexpr std::size_t message_key_size = 1 + uuid_size + 4;
constexpr std::size_t delivery_part_size = 4 + 1;

// -- keys ---------------------------------------------------------------------

std::string message_key(const ticket_id& ticket, message_sequence number) {
  std::string key(1, of_message);
  key += ticket.value.view();
  keys::append_u32(key, static_cast<std::uint32_t>(number));
  return key;
}

std::string mark_key(const ticket_id& ticket, message_sequence number,
                     mark_kind kind) {
  auto key = message_key(ticket, number);
  key += static_cast<char>(kind);
  return key;
}

std::string external_key(std::string_view external_id) {
  std::string key(1, by_external_id);
  key += external_id;
  return key;
}

/// What the key of a mark tells beside its ticket.
struct mark_name {
  message_sequence number{};
  mark_kind kind = mark_kind::reaction;
  std::string_view by;    ///< of a reaction
  std::uint32_t part = 0; ///< of a delivery
  delivery_state state = delivery_state::queued;
};

std::optional<mark_name> parse_mark(std::string_view key) {
  if (key.size() <= message_key_size || key.front() != of_message)
    return std::nullopt;
  mark_name out;
  out.number = message_sequence{keys::read_u32(key.substr(1 + uuid_size))};
  out.kind = static_cast<mark_kind>(key[message_key_size]);
  const auto rest = key.substr(message_key_size + 1);
  switch (out.kind) {
    case mark_kind::reaction:
      out.by = rest;
      return out.by.empty() ? std::nullopt : std::optional{out};
    case mark_kind::deletion:
      return rest.empty() ? std::optional{out} : std::nullopt;
    case mark_kind::delivery: {
      if (rest.size() != delivery_part_size)
        return std::nullopt;
      out.part = keys::read_u32(rest);
      const auto state = static_cast<std::uint8_t>(rest.back());
      if (state == 0 || state > code(delivery_state::failed))
        return std::nullopt;
      out.state = static_cast<delivery_state>(state);
      return out;
    }
  }
  return std::nullopt;
}

// -- values -------------------------------------------------------------------

/// What the rows of all kinds tell; each kind has some of it (MarkRow).
struct mark_row {
  domain::timestamp at{};
  std::string who;  ///< the name of who reacts, or who has deleted it
  std::string what; ///< the emoji, or why it failed
  std::string via;
  std::string external_id;
};

std::string encode_mark(const mark_row& row) {
  std::string bytes;
  wire_writer out{bytes};
  out.number(1, code(row.at));
  out.text(2, row.who);
  out.text(3, row.what);
  out.text(4, row.via);
  out.text(5, row.external_id);
  return bytes;
}

std::optional<mark_row> decode_mark(std::string_view bytes) {
  std::optional<mark_row> result{std::in_place};
  wire_reader in{bytes};
  while (in.next()) {
    switch (in.field()) {
      case 1: read(in, result->at); break;
      case 2: read(in, result->who); break;
      case 3: read(in, result->what); break;
      case 4: read(in, result->via); break;
      case 5: read(in, result->external_id); break;
      default: break;
    }
  }
  if (in.damaged())
    result.reset();
  return result;
}

std::string encode_external(const external_message& what) {
  std::string bytes;
  wire_writer out{bytes};
  out.element(1, what.ticket.value.view());
  out.number(2, code(what.number));
  out.number(3, what.part);
  out.number(4, what.is_ours ? 1 : 0);
  return bytes;
}

std::optional<external_message> decode_external(std::string_view bytes) {
  external_message out;
  bool has_ticket = false;
  wire_reader in{bytes};
  while (in.next()) {
    switch (in.field()) {
      case 1:
        has_ticket = true;
        read(in, out.ticket.value);
        break;
      case 2: read(in, out.number); break;
      case 3: read(in, out.part); break;
      case 4: out.is_ours = in.number() != 0; break;
      default: break;
    }
  }
  return in.damaged() || !has_ticket ? std::nullopt : std::optional{out};
}

/// Whether WhatsApp has a name for this message that came in.
bool is_named(const domain::message_draft& message) {
  return message.via == domain::channel::whatsapp
         && !message.external_id.empty();
}

// -- from events to rows ------------------------------------------------------

class row_maker {
public:
  explicit row_maker(const ticket_id& ticket) : ticket_{ticket} {}

  void make(const domain::ticket_event& event) {
    domain::match(
      event.fact, [&](const domain::message_added& fact) { name(fact); },
      [&](const domain::message_reacted& fact) { add(fact, event.at); },
      [&](const domain::message_deleted& fact) { add(fact, event.at); },
      [&](const domain::delivery_reported& fact) { add(fact, event.at); },
      [](const auto&) {});
  }

  std::vector<row_change> done() && {
    return std::move(rows_);
  }

private:
  void put(std::string&& key, std::optional<std::string>&& value) {
    rows_.push_back({family::marks, std::move(key), std::move(value)});
  }

  void name(const domain::message_added& fact) {
    if (is_named(fact.message))
      put(external_key(fact.message.external_id),
          encode_external({ticket_, fact.number, 0, false}));
  }

  void add(const domain::message_reacted& fact, domain::timestamp at) {
    auto key = mark_key(ticket_, fact.number, mark_kind::reaction) + fact.by;
    if (fact.emoji.empty())
      put(std::move(key), std::nullopt);
    else
      put(std::move(key), encode_mark({at, fact.by_name, fact.emoji, {}, {}}));
  }

  void add(const domain::message_deleted& fact, domain::timestamp at) {
    put(mark_key(ticket_, fact.number, mark_kind::deletion),
        encode_mark({at, fact.actor, {}, {}, {}}));
  }

  void add(const domain::delivery_reported& fact, domain::timestamp at) {
    auto key = mark_key(ticket_, fact.number, mark_kind::delivery);
    keys::append_u32(key, fact.part);
    key += static_cast<char>(fact.to);
    put(std::move(key),
        encode_mark({at, {}, fact.reason, fact.via, fact.external_id}));
    if (!fact.external_id.empty())
      put(external_key(fact.external_id),
          encode_external({ticket_, fact.number, fact.part, true}));
  }

  ticket_id ticket_;
  std::vector<row_change> rows_;
};

// -- from rows to marks -------------------------------------------------------

/// Gathers the rows of one message, which come in the order of their keys.
class mark_gatherer {
public:
  void take(const mark_name& name, mark_row&& row) {
    switch (name.kind) {
      case mark_kind::reaction:
        out_.reactions.push_back({std::string{name.by}, std::move(row.who),
                                  std::move(row.what), row.at});
        break;
      case mark_kind::deletion: out_.deleted_at = row.at; break;
      case mark_kind::delivery:
        take_part(name.part, {name.state, std::move(row.via),
                              std::move(row.what), row.at});
        break;
    }
  }

  message_marks done() && {
    std::stable_sort(
      out_.reactions.begin(), out_.reactions.end(),
      [](const reaction& a, const reaction& b) { return a.at < b.at; });
    end_part();
    return std::move(out_);
  }

private:
  /// All rows of a part stand together.
  void take_part(std::uint32_t part, delivery_view&& report) {
    if (part_ && number_ != part)
      end_part();
    number_ = part;
    if (!part_ || farther(part_->state, report.state) != part_->state)
      part_ = std::move(report);
  }

  void end_part() {
    if (!part_)
      return;
    auto& whole = out_.delivery;
    if (!whole || comes_before(*part_, *whole))
      whole = std::move(part_);
    part_.reset();
  }

  /// Whether `a` tells more of how the whole message fares.
  static bool comes_before(const delivery_view& a, const delivery_view& b) {
    if (a.state == b.state)
      return a.at > b.at;
    if (a.state == delivery_state::failed || b.state == delivery_state::failed)
      return a.state == delivery_state::failed;
    return farther(a.state, b.state) == b.state;
  }

  message_marks out_;
  std::uint32_t number_ = 0;
  std::optional<delivery_view> part_;
};

} // namespace

std::vector<row_change>
mark_rows(const ticket_id& id, std::span<const domain::ticket_event> events) {
  row_maker rows{id};
  for (const auto& event : events)
    rows.make(event);
  return std::move(rows).done();
}

void complete_marks(const row_reader& rows,
                    const std::function<void(row_change&&)>& put) {
  rows.scan(
    family::messages, {}, {},
    [&](std::string_view key, std::string_view value) {
      const auto id = domain::uuid_from_bytes(key.substr(0, uuid_size));
      const message_sequence number{keys::read_u32(key.substr(uuid_size))};
      const auto row = decode_message_row(number, value);
      if (id && row && is_named(row->message))
        put({family::marks, external_key(row->message.external_id),
             encode_external({ticket_id{*id}, number, 0, false})});
      return true;
    });
}

std::optional<ticket_id> ticket_of_mark(std::string_view key,
                                        std::string_view value) {
  if (key.starts_with(by_external_id)) {
    const auto what = decode_external(value);
    return what ? std::optional{what->ticket} : std::nullopt;
  }
  if (!parse_mark(key) || !decode_mark(value))
    return std::nullopt;
  const auto id = domain::uuid_from_bytes(key.substr(1, uuid_size));
  return id ? std::optional{ticket_id{*id}} : std::nullopt;
}

std::optional<external_message>
mark_views::find_external(std::string_view external_id) const {
  std::string value;
  if (!rows_.get(family::marks, external_key(external_id), value))
    return std::nullopt;
  return decode_external(value);
}

message_marks mark_views::of(const ticket_id& ticket,
                             message_sequence number) const {
  auto found = of_range(ticket, number, number);
  return found.empty() ? message_marks{} : std::move(found.front().second);
}

std::vector<std::pair<message_sequence, message_marks>>
mark_views::of_range(const ticket_id& ticket, message_sequence first,
                     message_sequence last) const {
  std::vector<std::pair<message_sequence, message_marks>> out;
  std::optional<mark_gatherer> current;
  message_sequence number{};
  const auto end = [&] {
    if (current)
      out.emplace_back(number, std::move(*current).done());
    current.reset();
  };
  rows_.scan(family::marks, message_key(ticket, first),
             keys::after_prefix(message_key(ticket, last)),
             [&](std::string_view key, std::string_view value) {
               const auto name = parse_mark(key);
               auto row = name ? decode_mark(value) : std::nullopt;
               if (!row)
                 return true;
               if (current && name->number != number)
                 end();
               if (!current)
                 current.emplace();
               number = name->number;
               current->take(*name, std::move(*row));
               return true;
             });
  end();
  return out;
}

std::vector<sent_copy> mark_views::copies_of(const ticket_id& ticket,
                                             message_sequence number) const {
  using dated = std::pair<domain::timestamp, sent_copy>;
  std::vector<dated> found;
  const auto prefix = mark_key(ticket, number, mark_kind::delivery);
  rows_.scan(
    family::marks, prefix, keys::after_prefix(prefix),
    [&](std::string_view key, std::string_view value) {
      const auto name = parse_mark(key);
      auto row = name ? decode_mark(value) : std::nullopt;
      if (!row || name->state == delivery_state::failed
          || row->external_id.empty())
        return true;
      const auto known
        = std::find_if(found.begin(), found.end(), [&](const dated& one) {
            return one.second.part == name->part
                   && one.second.external_id == row->external_id;
          });
      if (known != found.end())
        known->first = std::max(known->first, row->at);
      else
        found.emplace_back(row->at, sent_copy{name->part, std::move(row->via),
                                              std::move(row->external_id)});
      return true;
    });
  std::stable_sort(found.begin(), found.end(),
                   [](const dated& a, const dated& b) {
                     return std::pair{a.second.part, a.first}
                            < std::pair{b.second.part, b.first};
                   });
  std::vector<sent_copy> out;
  out.reserve(found.size());
  for (auto& [at, copy] : found)
    out.push_back(std::move(copy));
  return out;
}

std::vector<std::string>
mark_views::external_ids_of(const ticket_id& ticket,
                            message_sequence number) const {
  std::vector<std::string> out;
  for (auto& copy : copies_of(ticket, number))
    out.push_back(std::move(copy.external_id));
  return out;
}

} // namespace switchboard::persistence
