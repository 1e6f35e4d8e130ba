#include "channels/whatsapp/twilio_inbound.hpp"

#include "channels/whatsapp/inbound_text.hpp"
#include "domain/attachment.hpp"
#include "domain/session.hpp"
#include "domain/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace switchboard::channels::whatsapp {

namespace {

using domain::delivery_state;

constexpr int window_closed_code = 63'016;
constexpr std::size_t sid_size_max = 64;
/// With `user:` in front it is still an identity.
constexpr std::size_t user_size_max = domain::chat_address_size_max - 5;

std::string_view without_prefix(std::string_view address) {
  constexpr std::string_view prefix = "whatsapp:";
  if (address.starts_with(prefix))
    address.remove_prefix(prefix.size());
  return domain::trim(address);
}

/// The first of the fields that is not empty.
template <class... Names>
std::string_view any_of(const form& fields, const Names&... names) {
  std::string_view out;
  static_cast<void>((!(out = find_field(fields, names)).empty() || ...));
  return out;
}

bool has_field(const form& fields, std::string_view name) {
  return std::any_of(fields.begin(), fields.end(),
                     [&](const auto& field) { return field.first == name; });
}

template <class Number>
std::optional<Number> read_number(std::string_view text) {
  Number out{};
  const auto* end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, out);
  if (text.empty() || problem != std::errc{} || stop != end)
    return std::nullopt;
  return out;
}

std::optional<std::string> sid_of(const form& fields) {
  return read_identifier(
    any_of(fields, "MessageSid", "SmsMessageSid", "SmsSid"), sid_size_max);
}

std::string account_of(std::string_view address) {
  return read_identifier(without_prefix(address), account_size_max)
    .value_or("");
}

// -- statuses -----------------------------------------------------------------

/// How far it is by Twilio's word; nothing while it is still at Twilio.
std::optional<delivery_state> state_of(std::string_view word) {
  using row = std::pair<std::string_view, delivery_state>;
  static constexpr std::array rows{
    row{"sent", delivery_state::sent},
    row{"delivered", delivery_state::delivered},
    row{"partially_delivered", delivery_state::sent},
    row{"read", delivery_state::read},
    row{"undelivered", delivery_state::failed},
    row{"failed", delivery_state::failed},
    row{"canceled", delivery_state::failed}};
  for (const auto& [name, state] : rows)
    if (name == word)
      return state;
  return std::nullopt;
}

/// A message has its words and files, even if there are none.
bool is_status(const form& fields) {
  const auto word = any_of(fields, "MessageStatus", "SmsStatus");
  return !word.empty() && word != "received" && word != "receiving"
         && !has_field(fields, "Body") && !has_field(fields, "NumMedia");
}

domain::result<inbound_batch> decode_status(const form& fields) {
  auto id = sid_of(fields);
  if (!id)
    return domain::fail(domain::errc::invalid, "a status without MessageSid");
  inbound_batch out;
  const auto state = state_of(any_of(fields, "MessageStatus", "SmsStatus"));
  if (!state) {
    out.ignored = 1;
    return out;
  }
  status_report report;
  report.via = provider::twilio;
  report.account = account_of(find_field(fields, "From"));
  report.id = std::move(*id);
  report.state = *state;
  if (*state == delivery_state::failed) {
    report.code = read_number<int>(find_field(fields, "ErrorCode")).value_or(0);
    report.reason = clean_line(find_field(fields, "ErrorMessage"),
                               domain::reason_length_max);
    report.window_closed = report.code == window_closed_code;
  }
  out.statuses.push_back(std::move(report));
  return out;
}

// -- messages -----------------------------------------------------------------

/// The kinds that files without a name are named by.
std::string_view kind_of(std::string_view type, std::string_view mime_type) {
  static constexpr std::array<std::string_view, 5> kinds{
    "image", "video", "audio", "sticker", "document"};
  if (std::find(kinds.begin(), kinds.end(), type) != kinds.end())
    return type;
  if (type == "contacts" || mime_type.find("vcard") != std::string_view::npos)
    return "contact";
  const auto family = mime_type.substr(0, mime_type.find('/'));
  if (family == "image" || family == "video" || family == "audio")
    return family;
  return "document";
}

/// WhatsApp's name of a document has no field; it comes as the text.
bool is_file_name(std::string_view text) {
  const auto dot = text.rfind('.');
  if (dot == std::string_view::npos || dot == 0
      || domain::count_code_points(text) > domain::attachment_name_length_max
      || text.find_first_of("/\\\n:?*") != std::string_view::npos)
    return false;
  const auto extension = text.substr(dot + 1);
  return !extension.empty() && extension.size() <= 5
         && std::all_of(extension.begin(), extension.end(), [](char c) {
              return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
                     || (c >= '0' && c <= '9');
            });
}

/// The files, and the text without what is the name of one.
said read_files(const form& fields, std::string_view text) {
  said out;
  const auto count = std::min(
    read_number<std::size_t>(find_field(fields, "NumMedia")).value_or(0),
    domain::attachments_max);
  const auto type = find_field(fields, "MessageType");
  for (std::size_t i = 0; i < count; ++i) {
    const auto number = std::to_string(i);
    const auto mime_type = find_field(fields, "MediaContentType" + number);
    const auto kind = kind_of(type, mime_type);
    const bool is_named
      = kind == "document" && count == 1 && is_file_name(text);
    auto file = make_media(kind, mime_type, is_named ? text : "");
    if (is_named)
      text = {};
    if (const auto url = find_field(fields, "MediaUrl" + number);
        is_file_url(url))
      file.reference = url;
    out.files.push_back(std::move(file));
  }
  out.text = text;
  return out;
}

std::string location_of(const form& fields) {
  place where;
  where.latitude = read_number<double>(find_field(fields, "Latitude"));
  where.longitude = read_number<double>(find_field(fields, "Longitude"));
  if (!where.latitude || !where.longitude)
    return {};
  where.name = find_field(fields, "Label");
  where.address = find_field(fields, "Address");
  return location_text(where);
}

content read_content(const form& fields) {
  const auto type = find_field(fields, "MessageType");
  const auto body = any_of(fields, "Body", "ButtonText", "ListTitle",
                           "ButtonPayload", "ListId");
  const auto target = find_field(fields, "OriginalRepliedMessageSid");
  if (type == "reaction" && !target.empty()
      && body.size() <= domain::emoji_size_max)
    return reacted{std::string{target},
                   clean_line(body, domain::emoji_size_max)};
  auto out = read_files(fields, domain::trim(body));
  if (const auto location = location_of(fields); !location.empty()) {
    // The text repeats the place's name and address.
    const bool repeats = location.find(out.text) != std::string::npos;
    out.text = repeats ? location : join_lines(std::move(out.text), location);
  }
  if (out.text.empty() && out.files.empty())
    out.text = unsupported_text(type);
  out.text = join_lines(std::move(out.text),
                        referral_text(find_field(fields, "ReferralHeadline"),
                                      find_field(fields, "ReferralSourceUrl")));
  out.text = body_text(out.text);
  return out;
}

} // namespace

domain::result<inbound_batch> decode_twilio(const form& fields) {
  if (is_status(fields))
    return decode_status(fields);
  auto id = sid_of(fields);
  const auto user = without_prefix(find_field(fields, "ExternalUserId"));
  const auto from = without_prefix(find_field(fields, "From"));
  auto address = read_identifier(from.empty() ? user : from, user_size_max);
  if (!id || !address)
    return domain::fail(domain::errc::invalid,
                        "neither a message with MessageSid and From nor a "
                        "status");
  auto phone = read_phone(find_field(fields, "WaId"));
  if (phone.empty())
    phone = read_phone(from);
  std::vector<std::string> aliases;
  if (const auto alias = read_identifier(user, user_size_max))
    aliases.push_back("user:" + *alias);
  inbound_message out;
  out.via = provider::twilio;
  out.account = account_of(find_field(fields, "To"));
  out.id = std::move(*id);
  out.author = make_person(find_field(fields, "ProfileName"), std::move(phone),
                           std::move(aliases), *address);
  out.address = std::move(*address);
  out.reply_to
    = read_identifier(find_field(fields, "OriginalRepliedMessageSid"),
                      sid_size_max)
        .value_or("");
  out.is_forwarded = find_field(fields, "Forwarded") == "true"
                     || find_field(fields, "FrequentlyForwarded") == "true";
  out.what = read_content(fields);
  inbound_batch batch;
  if (is_sound(out.what))
    batch.messages.push_back(std::move(out));
  else
    batch.malformed = 1;
  return batch;
}

} // namespace switchboard::channels::whatsapp
