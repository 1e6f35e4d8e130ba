#include "channels/whatsapp/inbound_text.hpp"

#include "domain/attachment.hpp"
#include "domain/contact.hpp"
#include "domain/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace switchboard::channels::whatsapp {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";
constexpr std::string_view cut_notice
  = "\n[The message was longer; its end was left out.]";
constexpr std::size_t url_size_min = 9;
constexpr std::size_t cards_max = 50;
constexpr std::size_t parts_max = 20; ///< of a card, a poll, an order
/// Years before 2001 are no milliseconds; seconds reach beyond 5000.
constexpr std::int64_t seconds_max = 100'000'000'000;
constexpr std::int64_t milliseconds_max = 100'000'000'000'000;

std::size_t size_by_lead(char lead) noexcept {
  const auto byte = static_cast<unsigned char>(lead);
  if (byte < 0xC0)
    return 1;
  if (byte < 0xE0)
    return 2;
  return byte < 0xF0 ? 3 : 4;
}

/// C0, DEL, or C1 (which has two bytes).
bool is_control(std::string_view character) noexcept {
  const auto lead = static_cast<unsigned char>(character[0]);
  if (character.size() == 1)
    return lead < 0x20 || lead == 0x7F;
  return lead == 0xC2 && static_cast<unsigned char>(character[1]) < 0xA0;
}

/// Calls `take` with each character; what is no UTF-8 is replaced, byte by
/// byte.
template <class Take>
void for_each_character(std::string_view text, Take take) {
  for (std::size_t at = 0; at < text.size();) {
    const auto size = std::min(size_by_lead(text[at]), text.size() - at);
    const auto one = text.substr(at, size);
    // NUL is clean in no text, and a control character below.
    if (one == std::string_view{"\0", 1} || domain::is_clean_utf8(one)) {
      take(one);
      at += size;
    } else {
      take(replacement);
      ++at;
    }
  }
}

bool needs_cleaning(std::string_view text) noexcept {
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= 0x20 || c == '\n' || c == '\t') && byte != 0x7F
           && byte != 0xC2;
  });
  return !plain || !domain::is_clean_utf8(text);
}

std::string coordinates(double latitude, double longitude) {
  std::array<char, 64> room{};
  std::string out;
  for (const double value : {latitude, longitude}) {
    // Six digits are a tenth of a metre.
    const auto [end, problem]
      = std::to_chars(room.data(), room.data() + room.size(), value,
                      std::chars_format::fixed, 6);
    if (problem != std::errc{})
      return {};
    std::string digits{room.data(), end};
    digits.erase(digits.find_last_not_of('0') + 1);
    if (digits.ends_with('.'))
      digits.pop_back();
    out += out.empty() ? digits : "," + digits;
  }
  return out;
}

/// By the part of a type before its parameters.
std::string_view extension_of(std::string_view mime_type) noexcept {
  using row = std::pair<std::string_view, std::string_view>;
  static constexpr std::array rows{
    row{"image/jpeg", ".jpg"},
    row{"image/png", ".png"},
    row{"image/webp", ".webp"},
    row{"image/gif", ".gif"},
    row{"image/heic", ".heic"},
    row{"video/mp4", ".mp4"},
    row{"video/3gpp", ".3gp"},
    row{"video/quicktime", ".mov"},
    row{"audio/ogg", ".ogg"},
    row{"audio/mpeg", ".mp3"},
    row{"audio/mp4", ".m4a"},
    row{"audio/aac", ".aac"},
    row{"audio/amr", ".amr"},
    row{"audio/wav", ".wav"},
    row{"application/pdf", ".pdf"},
    row{"text/plain", ".txt"},
    row{"text/csv", ".csv"},
    row{"text/vcard", ".vcf"},
    row{"text/x-vcard", ".vcf"},
    row{"application/zip", ".zip"},
    row{"application/msword", ".doc"},
    row{"application/vnd.ms-excel", ".xls"},
    row{"application/vnd.openxmlformats-officedocument.wordprocessingml."
        "document",
        ".docx"},
    row{"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ".xlsx"}};
  const auto type = domain::trim(mime_type.substr(0, mime_type.find(';')));
  for (const auto& [name, extension] : rows)
    if (name == type)
      return extension;
  return {};
}

std::string listed(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words)
    out.append(out.empty() ? "" : ", ").append(word);
  return out;
}

} // namespace

std::string clean_text(std::string_view text) {
  if (!needs_cleaning(text))
    return std::string{domain::trim(text)};
  std::string out;
  out.reserve(text.size());
  for_each_character(text, [&](std::string_view one) {
    if (one == "\n" || one == "\t" || !is_control(one))
      out += one;
  });
  return std::string{domain::trim(out)};
}

std::string clean_line(std::string_view text, std::size_t length_max) {
  std::string out;
  for_each_character(text, [&](std::string_view one) {
    if (is_control(one))
      out += ' ';
    else
      out += one;
  });
  const auto line = domain::trim(domain::clip(domain::trim(out), length_max));
  return std::string{line};
}

std::string body_text(std::string_view text) {
  auto out = clean_text(text);
  // Bytes bound code points, so most texts need no counting.
  if (out.size() <= domain::body_length_max
      || domain::count_code_points(out) <= domain::body_length_max)
    return out;
  const auto room
    = domain::body_length_max - domain::count_code_points(cut_notice);
  out.resize(domain::clip(out, room).size());
  return out.append(cut_notice);
}

std::optional<std::string> read_identifier(std::string_view text,
                                           std::size_t size_max) {
  const auto is_printable = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte != 0x7F;
  };
  if (text.empty() || text.size() > size_max
      || !std::all_of(text.begin(), text.end(), is_printable)
      || !domain::is_clean_utf8(text))
    return std::nullopt;
  return std::string{text};
}

std::string join_lines(std::string head, std::string_view tail) {
  if (!head.empty() && !tail.empty())
    head += '\n';
  return std::move(head.append(tail));
}

std::string location_text(const place& where) {
  auto out = clean_line(where.name, domain::name_length_max);
  const auto address = clean_line(where.address, domain::name_length_max);
  if (!out.empty() && !address.empty())
    out += ", ";
  out += address;
  if (where.is_live)
    out = out.empty() ? "Live location" : "Live location: " + out;
  else if (out.empty())
    out = "Location";
  out.insert(0, "📍 ");
  if (!where.latitude || !where.longitude || std::abs(*where.latitude) > 90
      || std::abs(*where.longitude) > 180)
    return out;
  const auto point = coordinates(*where.latitude, *where.longitude);
  return out.append("\nhttps://maps.google.com/?q=").append(point);
}

std::string contacts_text(const std::vector<contact_card>& cards) {
  std::string out;
  for (const auto& card : cards) {
    if (&card - cards.data() == cards_max)
      break;
    auto numbers = card.phones;
    numbers.insert(numbers.end(), card.emails.begin(), card.emails.end());
    if (numbers.size() > parts_max)
      numbers.resize(parts_max);
    auto line = clean_line(card.name, domain::name_length_max);
    const auto reached
      = clean_line(listed(numbers), domain::subject_length_max);
    if (!line.empty() && !reached.empty())
      line += ": ";
    line += reached;
    if (!line.empty())
      out = join_lines(std::move(out), line.insert(0, "👤 "));
  }
  return out;
}

std::string poll_text(std::string_view question,
                      const std::vector<std::string_view>& options) {
  auto out = titled_text("📊", question, {});
  const auto count = std::min(options.size(), parts_max);
  for (std::size_t i = 0; i < count; ++i)
    out.append("\n• ").append(
      clean_line(options[i], domain::subject_length_max));
  return out;
}

std::string titled_text(std::string_view emoji, std::string_view title,
                        std::string_view details) {
  std::string out{emoji};
  out.append(" ").append(clean_line(title, domain::subject_length_max));
  return join_lines(std::move(out), clean_text(details));
}

std::string order_item_text(std::int64_t quantity, std::string_view item,
                            std::string_view price, std::string_view currency) {
  auto out = std::to_string(quantity) + " × "
             + clean_line(item, domain::name_length_max);
  if (price.empty())
    return out;
  const auto cost = std::string{price}.append(" ").append(currency);
  return out.append(" (")
    .append(clean_line(cost, domain::name_length_max))
    .append(")");
}

std::string referral_text(std::string_view headline, std::string_view url) {
  const auto words = std::string{headline}.append(" ").append(
    is_file_url(url) ? url : std::string_view{});
  const auto line = clean_line(
    words, domain::subject_length_max + domain::media_url_size_max);
  return line.empty() ? line : "📣 " + line;
}

std::string unsupported_text(std::string_view type) {
  auto name = clean_line(type, domain::category_length_max);
  if (name.empty())
    name = "unknown";
  return "[unsupported message: " + name + "]";
}

std::string made_name(std::string_view kind, std::string_view mime_type) {
  return std::string{kind}.append(extension_of(mime_type));
}

media make_media(std::string_view kind, std::string_view mime_type,
                 std::string_view name) {
  media out;
  out.mime_type = clean_line(mime_type, domain::mime_type_size_max);
  // A type is ASCII; anything else is no type.
  if (std::any_of(out.mime_type.begin(), out.mime_type.end(),
                  [](char c) { return static_cast<unsigned char>(c) >= 0x80; }))
    out.mime_type.clear();
  out.name = clean_line(name, domain::attachment_name_length_max);
  if (out.name.empty())
    out.name = made_name(kind, out.mime_type);
  return out;
}

bool is_file_url(std::string_view text) {
  return (text.starts_with("https://") || text.starts_with("http://"))
         && text.size() >= url_size_min
         && text.find(' ') == std::string_view::npos
         && read_identifier(text, domain::media_url_size_max).has_value();
}

domain::timestamp read_moment(std::optional<std::int64_t> number) noexcept {
  if (!number || *number <= 0 || *number > milliseconds_max)
    return {};
  const auto ms = *number <= seconds_max ? *number * 1'000 : *number;
  return domain::timestamp{std::chrono::milliseconds{ms}};
}

std::string read_phone(std::string_view text) {
  if (text.empty())
    return {};
  std::string whole{text};
  if (text[0] >= '0' && text[0] <= '9')
    whole.insert(0, "+");
  auto phone = domain::parse_phone(whole);
  return phone ? std::move(phone).value() : std::string{};
}

person make_person(std::string_view name, std::string phone,
                   std::vector<std::string> aliases,
                   std::string_view otherwise) {
  person out;
  out.name = clean_line(name, domain::name_length_max);
  out.phone = std::move(phone);
  out.aliases = std::move(aliases);
  if (out.phone.empty() && out.aliases.empty() && !otherwise.empty())
    out.aliases.push_back(std::string{"user:"}.append(otherwise));
  return out;
}

bool is_sound(const content& what) noexcept {
  const auto is_id = [](const std::string& id) {
    return !id.empty() && id.size() <= inbound_id_size_max;
  };
  if (const auto* words = std::get_if<said>(&what))
    return !words->text.empty() || !words->files.empty();
  if (const auto* reaction = std::get_if<reacted>(&what))
    return is_id(reaction->target)
           && reaction->emoji.size() <= domain::emoji_size_max;
  if (const auto* change = std::get_if<edited>(&what))
    return is_id(change->target) && !change->text.empty();
  return is_id(std::get<revoked>(what).target);
}

} // namespace switchboard::channels::whatsapp
