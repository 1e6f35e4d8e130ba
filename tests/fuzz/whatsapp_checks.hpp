#pragma once

#include "channels/whatsapp/inbound.hpp"
#include "channels/whatsapp/inbound_text.hpp"
#include "channels/whatsapp/provider.hpp"
#include "domain/attachment.hpp"
#include "domain/contact.hpp"
#include "domain/session.hpp"
#include "domain/text.hpp"
#include "tests/fuzz/fuzz_check.hpp"

#include <string_view>
#include <variant>

/// What holds for whatever the decoders make of any bytes, so that it can be
/// handed on as it is.
namespace switchboard::fuzz {

inline void require_text(std::string_view text, std::size_t length_max,
                         std::string_view what) {
  require(domain::is_clean_utf8(text), what);
  require(domain::count_code_points(text) <= length_max, what);
}

inline void require_line(std::string_view text, std::size_t length_max,
                         std::string_view what) {
  require_text(text, length_max, what);
  for (const char c : text)
    require(static_cast<unsigned char>(c) >= 0x20 && c != '\x7F', what);
}

inline void require_id(std::string_view id, std::size_t size_max,
                       std::string_view what) {
  require(!id.empty() && id.size() <= size_max && domain::is_clean_utf8(id),
          what);
}

inline void require_file(const channels::whatsapp::media& file,
                         std::size_t bytes_max) {
  require(!file.name.empty(), "a file has a name");
  require_line(file.name, domain::attachment_name_length_max, "a file's name");
  require(file.mime_type.size() <= domain::mime_type_size_max,
          "a file's type is short");
  require_line(file.mime_type, domain::mime_type_size_max, "a file's type");
  require(file.bytes.size() <= bytes_max, "a file's size");
  require(file.bytes.empty() || file.size == file.bytes.size(),
          "the size is that of the bytes");
  require(file.reference.size() <= domain::media_url_size_max
            && domain::is_clean_utf8(file.reference),
          "where a file is");
}

inline void require_content(const channels::whatsapp::content& what,
                            std::size_t bytes_max) {
  using namespace channels::whatsapp;
  require(is_sound(what), "a message says something");
  if (const auto* words = std::get_if<said>(&what)) {
    require_text(words->text, domain::body_length_max, "a text");
    require(words->files.size() <= domain::attachments_max, "few files");
    for (const auto& file : words->files)
      require_file(file, bytes_max);
  } else if (const auto* reaction = std::get_if<reacted>(&what)) {
    require_id(reaction->target, inbound_id_size_max, "a reaction's target");
    require_line(reaction->emoji, domain::emoji_size_max, "an emoji");
  } else if (const auto* change = std::get_if<edited>(&what)) {
    require_id(change->target, inbound_id_size_max, "an edit's target");
    require_text(change->text, domain::body_length_max, "an edit's text");
  } else {
    require_id(std::get<revoked>(what).target, inbound_id_size_max,
               "a revoke's target");
  }
}

inline void require_person(const channels::whatsapp::person& who) {
  require_line(who.name, domain::name_length_max, "a name");
  require(!who.phone.empty() || !who.aliases.empty(), "somebody is known");
  if (!who.phone.empty()) {
    const auto phone = domain::parse_phone(who.phone);
    require(phone && phone.value() == who.phone, "a phone is E.164");
  }
  for (const auto& alias : who.aliases)
    require_id(alias, domain::chat_address_size_max, "an alias");
}

inline void require_batch(const channels::whatsapp::inbound_batch& batch,
                          std::size_t bytes_max) {
  using namespace channels::whatsapp;
  for (const auto& one : batch.messages) {
    require_id(one.id, inbound_id_size_max + 100, "a message's id");
    require_id(one.address, domain::chat_address_size_max, "an address");
    require_line(one.account, account_size_max, "an account");
    require(one.is_group == !one.group.empty(), "a group has a name");
    require(one.reply_to.size() <= inbound_id_size_max, "what is answered");
    require_person(one.author);
    require_content(one.what, bytes_max);
    const auto name = external_id(one.via, one.account, one.id);
    require_id(name, domain::external_id_size_max, "an external id");
    require(provider_of(name) == one.via, "an external id has its provider");
    if (const auto read = parse_external_id(name))
      require(read->account == one.account && read->id == one.id,
              "an external id is read back");
    const auto place = parse_lane(lane_of(one.via, one.address));
    require(place && place->address == one.address, "a lane is read back");
  }
  for (const auto& one : batch.statuses) {
    require_id(one.id, inbound_id_size_max, "a status' id");
    require_line(one.reason, domain::reason_length_max, "a status' reason");
  }
  for (const auto& one : batch.lines)
    require_line(one.reason, domain::reason_length_max, "a line's reason");
}

} // namespace switchboard::fuzz
