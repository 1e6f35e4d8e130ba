#pragma once

#include "domain/api_key.hpp"
#include "domain/attachment.hpp"
#include "domain/prompt.hpp"
#include "domain/session.hpp"
#include "domain/user.hpp"
#include "domain/webhook.hpp"

#include <optional>
#include <string>
#include <string_view>

/// Records as they lie in the store (schema/journal.proto). Encoding is exact,
/// decoding total: bytes that are no such record give nothing. Pure.
namespace switchboard::persistence {

[[nodiscard]] std::string encode_record(const domain::user& user);
[[nodiscard]] std::string encode_record(const domain::group& group);
[[nodiscard]] std::string encode_record(const domain::api_key& key);
[[nodiscard]] std::string encode_record(const domain::webhook& webhook);
[[nodiscard]] std::string encode_record(const domain::session& session);
[[nodiscard]] std::string encode_record(const domain::attachment& attachment);
[[nodiscard]] std::string encode_record(const domain::prompt& prompt);

[[nodiscard]] bool decode_record(std::string_view bytes, domain::user& out);
[[nodiscard]] bool decode_record(std::string_view bytes, domain::group& out);
[[nodiscard]] bool decode_record(std::string_view bytes, domain::api_key& out);
[[nodiscard]] bool decode_record(std::string_view bytes, domain::webhook& out);
[[nodiscard]] bool decode_record(std::string_view bytes, domain::session& out);
[[nodiscard]] bool decode_record(std::string_view bytes,
                                 domain::attachment& out);
[[nodiscard]] bool decode_record(std::string_view bytes, domain::prompt& out);

} // namespace switchboard::persistence
