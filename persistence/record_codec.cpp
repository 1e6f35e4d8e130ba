#include "persistence/record_codec.hpp"

#include "persistence/codec_fields.hpp"

namespace switchboard::persistence {

using namespace fields;

namespace {

using fields::read;

/// Protobuf's `sint64`: small numbers of either sign are short.
std::uint64_t zigzag(std::int64_t value) noexcept {
  return (static_cast<std::uint64_t>(value) << 1U)
         ^ static_cast<std::uint64_t>(value >> 63);
}

std::int64_t unzigzag(std::uint64_t value) noexcept {
  return static_cast<std::int64_t>((value >> 1U) ^ (~(value & 1U) + 1U));
}

template <class Take>
bool decode(std::string_view bytes, Take take) {
  wire_reader in{bytes};
  while (in.next())
    take(in);
  return !in.damaged();
}

void read(wire_reader& outer, std::pair<std::string, std::string>& header) {
  read_fields(outer, outer.bytes(), [&](wire_reader& in) {
    switch (in.field()) {
      case 1: read(in, header.first); break;
      case 2: read(in, header.second); break;
      default: break;
    }
  });
}

void read(wire_reader& outer, domain::provider_file& file) {
  read_fields(outer, outer.bytes(), [&](wire_reader& in) {
    switch (in.field()) {
      case 1: read(in, file.provider); break;
      case 2: read(in, file.reference); break;
      default: break;
    }
  });
}

void read(wire_reader& outer, domain::chat_line& line) {
  read_fields(outer, outer.bytes(), [&](wire_reader& in) {
    switch (in.field()) {
      case 1: read(in, line.provider); break;
      case 2: read(in, line.account); break;
      case 3: read(in, line.address); break;
      default: break;
    }
  });
}

void read(wire_reader& outer, domain::telegram_file& file) {
  read_fields(outer, outer.bytes(), [&](wire_reader& in) {
    switch (in.field()) {
      case 1: file.bot = unzigzag(in.number()); break;
      case 2: read(in, file.file_id); break;
      default: break;
    }
  });
}

} // namespace

std::string encode_record(const domain::user& user) {
  std::string bytes;
  wire_writer out{bytes};
  out.number(1, code(user.id));
  out.text(2, user.name);
  out.text(3, user.username);
  out.number(4, code(user.role));
  if (user.telegram_id)
    out.number_always(5, zigzag(*user.telegram_id));
  out.text(6, user.phone);
  out.text(7, user.email);
  if (user.default_group)
    out.number(8, code(*user.default_group));
  for (const auto& skill : user.skills)
    out.element(9, skill);
  out.number(10, user.online ? 1 : 0);
  out.number(11, code(user.created_at));
  out.number(12, code(user.updated_at));
  return bytes;
}

bool decode_record(std::string_view bytes, domain::user& out) {
  return decode(bytes, [&](wire_reader& in) {
    switch (in.field()) {
      case 1: out.id = domain::user_id{in.number()}; break;
      case 2: read(in, out.name); break;
      case 3: read(in, out.username); break;
      case 4: read(in, out.role, domain::user_role::admin); break;
      case 5: out.telegram_id = unzigzag(in.number()); break;
      case 6: read(in, out.phone); break;
      case 7: read(in, out.email); break;
      case 8: out.default_group = domain::group_id{in.number()}; break;
      case 9: read(in, out.skills.emplace_back()); break;
      case 10: out.online = in.number() != 0; break;
      case 11: read(in, out.created_at); break;
      case 12: read(in, out.updated_at); break;
      default: break;
    }
  });
}

std::string encode_record(const domain::group& group) {
  std::string bytes;
  wire_writer out{bytes};
  out.number(1, code(group.id));
  out.text(2, group.title);
  if (group.telegram_group_id)
    out.number_always(3, zigzag(*group.telegram_group_id));
  out.number(4, code(group.created_at));
  out.number(5, code(group.updated_at));
  return bytes;
}

bool decode_record(std::string_view bytes, domain::group& out) {
  return decode(bytes, [&](wire_reader& in) {
    switch (in.field()) {
      case 1: out.id = domain::group_id{in.number()}; break;
      case 2: read(in, out.title); break;
      case 3: out.telegram_group_id = unzigzag(in.number()); break;
      case 4: read(in, out.created_at); break;
      case 5: read(in, out.updated_at); break;
      default: break;
    }
  });
}

std::string encode_record(const domain::api_key& key) {
  std::string bytes;
  wire_writer out{bytes};
  out.number(1, code(key.id));
  out.text(2, key.name);
  out.number(3, key.scopes.bits());
  if (key.owner)
    out.number(4, code(*key.owner));
  if (key.expires_at)
    out.number_always(5, code(*key.expires_at));
  out.text(6, key.secret_hash);
  out.number(7, code(key.created_at));
  return bytes;
}

bool decode_record(std::string_view bytes, domain::api_key& out) {
  return decode(bytes, [&](wire_reader& in) {
    switch (in.field()) {
      case 1: out.id = domain::api_key_id{in.number()}; break;
      case 2: read(in, out.name); break;
      case 3:
        out.scopes = domain::scope_set::from_bits(
          static_cast<std::uint16_t>(in.number()));
        break;
      case 4: out.owner = domain::user_id{in.number()}; break;
      case 5: read(in, out.expires_at); break;
      case 6: read(in, out.secret_hash); break;
      case 7: read(in, out.created_at); break;
      default: break;
    }
  });
}

std::string encode_record(const domain::webhook& webhook) {
  std::string bytes;
  wire_writer out{bytes};
  out.element(1, webhook.id.value.view());
  out.text(2, webhook.url);
  for (const auto& event : webhook.events)
    out.element(3, event);
  out.text(4, webhook.payload_template);
  for (const auto& [name, value] : webhook.headers)
    out.nested(5, [&name = name, &value = value](wire_writer& in) {
      in.text(1, name);
      in.text(2, value);
    });
  out.text(6, webhook.description);
  out.number(7, webhook.enabled ? 0 : 1);
  out.text(8, webhook.disabled_reason);
  out.text(9, webhook.secret);
  out.text(10, webhook.previous_secret);
  if (webhook.previous_until)
    out.number_always(11, code(*webhook.previous_until));
  out.number(12, code(webhook.created_at));
  out.number(13, code(webhook.updated_at));
  return bytes;
}

bool decode_record(std::string_view bytes, domain::webhook& out) {
  return decode(bytes, [&](wire_reader& in) {
    switch (in.field()) {
      case 1: read(in, out.id.value); break;
      case 2: read(in, out.url); break;
      case 3: read(in, out.events.emplace_back()); break;
      case 4: read(in, out.payload_template); break;
      case 5: read(in, out.headers.emplace_back()); break;
      case 6: read(in, out.description); break;
      case 7: out.enabled = in.number() == 0; break;
      case 8: read(in, out.disabled_reason); break;
      case 9: read(in, out.secret); break;
      case 10: read(in, out.previous_secret); break;
      case 11: read(in, out.previous_until); break;
      case 12: read(in, out.created_at); break;
      case 13: read(in, out.updated_at); break;
      default: break;
    }
  });
}

std::string encode_record(const domain::session& session) {
  std::string bytes;
  wire_writer out{bytes};
  out.element(1, session.id.value.view());
  out.number(2, code(session.via));
  out.number(3, code(session.mode));
  out.text(4, session.locale);
  out.text(5, session.user_agent);
  out.text(6, session.referer);
  out.nested(7, [&](wire_writer& in) { write(in, session.contact); });
  out.number(8, code(session.created_at));
  out.number(9, code(session.updated_at));
  for (const auto& line : session.lines)
    out.nested(10, [&](wire_writer& in) {
      in.text(1, line.provider);
      in.text(2, line.account);
      in.text(3, line.address);
    });
  for (const auto& identity : session.identities)
    out.element(11, identity);
  out.number(12, session.is_group ? 1 : 0);
  return bytes;
}

bool decode_record(std::string_view bytes, domain::session& out) {
  return decode(bytes, [&](wire_reader& in) {
    switch (in.field()) {
      case 1: read(in, out.id.value); break;
      case 2: read(in, out.via); break;
      case 3: read(in, out.mode, domain::session_mode::agent); break;
      case 4: read(in, out.locale); break;
      case 5: read(in, out.user_agent); break;
      case 6: read(in, out.referer); break;
      case 7: read(in, out.contact); break;
      case 8: read(in, out.created_at); break;
      case 9: read(in, out.updated_at); break;
      case 10: read(in, out.lines.emplace_back()); break;
      case 11: read(in, out.identities.emplace_back()); break;
      case 12: out.is_group = in.number() != 0; break;
      default: break;
    }
  });
}

std::string encode_record(const domain::attachment& attachment) {
  std::string bytes;
  wire_writer out{bytes};
  out.element(1, attachment.id.value.view());
  out.number(2, code(attachment.state));
  out.text(3, attachment.name);
  out.text(4, attachment.mime_type);
  out.number(5, attachment.size);
  out.text(6, attachment.sha256);
  if (attachment.session)
    out.element(7, attachment.session->value.view());
  if (attachment.ticket)
    out.element(8, attachment.ticket->value.view());
  if (attachment.source)
    out.nested(9, [&](wire_writer& in) {
      in.number(1, zigzag(attachment.source->bot));
      in.text(2, attachment.source->file_id);
    });
  out.text(10, attachment.failure);
  out.number(11, code(attachment.created_at));
  out.number(12, code(attachment.updated_at));
  if (attachment.provider_source)
    out.nested(13, [&](wire_writer& in) {
      in.text(1, attachment.provider_source->provider);
      in.text(2, attachment.provider_source->reference);
    });
  return bytes;
}

bool decode_record(std::string_view bytes, domain::attachment& out) {
  return decode(bytes, [&](wire_reader& in) {
    switch (in.field()) {
      case 1: read(in, out.id.value); break;
      case 2: read(in, out.state, domain::attachment_state::failed); break;
      case 3: read(in, out.name); break;
      case 4: read(in, out.mime_type); break;
      case 5: out.size = in.number(); break;
      case 6: read(in, out.sha256); break;
      case 7: read(in, out.session); break;
      case 8: read(in, out.ticket); break;
      case 9: read(in, out.source.emplace()); break;
      case 10: read(in, out.failure); break;
      case 11: read(in, out.created_at); break;
      case 12: read(in, out.updated_at); break;
      case 13: read(in, out.provider_source.emplace()); break;
      default: break;
    }
  });
}

std::string encode_record(const domain::prompt& prompt) {
  std::string bytes;
  wire_writer out{bytes};
  out.element(1, prompt.id.value.view());
  out.number(2, code(prompt.user));
  out.element(3, prompt.ticket.value.view());
  out.number(4, code(prompt.state));
  out.number(5, zigzag(prompt.bot));
  out.number(6, zigzag(prompt.chat));
  out.text(7, prompt.answer);
  out.number(8, code(prompt.created_at));
  out.number(9, code(prompt.expires_at));
  out.number(10, code(prompt.updated_at));
  return bytes;
}

bool decode_record(std::string_view bytes, domain::prompt& out) {
  return decode(bytes, [&](wire_reader& in) {
    switch (in.field()) {
      case 1: read(in, out.id.value); break;
      case 2: out.user = domain::user_id{in.number()}; break;
      case 3: read(in, out.ticket.value); break;
      case 4: read(in, out.state, domain::prompt_state::expired); break;
      case 5: out.bot = unzigzag(in.number()); break;
      case 6: out.chat = unzigzag(in.number()); break;
      case 7: read(in, out.answer); break;
      case 8: read(in, out.created_at); break;
      case 9: read(in, out.expires_at); break;
      case 10: read(in, out.updated_at); break;
      default: break;
    }
  });
}

} // namespace switchboard::persistence
