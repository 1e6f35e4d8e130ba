#include "channels/whatsapp/vcard.hpp"

#include "domain/text.hpp"

#include <algorithm>

namespace switchboard::channels::whatsapp {

namespace {

constexpr std::size_t lines_max = 500;
constexpr std::size_t values_max = 10;

std::string upper(std::string_view text) {
  std::string out{text};
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return out;
}

/// `\n`, `\,`, `\;` and `\\` are escapes.
std::string unescape(std::string_view value) {
  std::string out;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] != '\\' || i + 1 == value.size()) {
      out += value[i];
      continue;
    }
    ++i;
    out += value[i] == 'n' || value[i] == 'N' ? ' ' : value[i];
  }
  return out;
}

/// `Family;Given;Middle;…` in the order in which it is said.
std::string said_name(std::string_view structured) {
  const auto end = std::min(structured.find(';'), structured.size());
  const auto family = structured.substr(0, end);
  auto rest = structured.substr(std::min(end + 1, structured.size()));
  rest = rest.substr(0, rest.find(';'));
  return unescape(std::string{rest}.append(" ").append(family));
}

struct property {
  std::string name;       ///< upper case, without a group
  std::string parameters; ///< upper case
  std::string_view value;
};

property split(std::string_view line) {
  const auto colon = std::min(line.find(':'), line.size());
  auto head = line.substr(0, colon);
  property out;
  out.value = line.substr(std::min(colon + 1, line.size()));
  const auto semicolon = std::min(head.find(';'), head.size());
  out.parameters = upper(head.substr(semicolon));
  head = head.substr(0, semicolon);
  // `item1.TEL`
  if (const auto dot = head.rfind('.'); dot != std::string_view::npos)
    head.remove_prefix(dot + 1);
  out.name = upper(head);
  return out;
}

void add(std::vector<std::string>& values, std::string value) {
  if (!value.empty() && values.size() < values_max
      && std::find(values.begin(), values.end(), value) == values.end())
    values.push_back(std::move(value));
}

/// The phone of `TEL;waid=15551234567:+1 555 123 4567`.
std::string phone_of(const property& line) {
  constexpr std::string_view uri = "tel:";
  auto written = line.value;
  if (written.starts_with(uri))
    written.remove_prefix(uri.size());
  auto phone = clean_line(unescape(written), domain::name_length_max);
  if (!phone.empty())
    return phone;
  constexpr std::string_view own = "WAID=";
  const auto at = line.parameters.find(own);
  if (at == std::string::npos)
    return {};
  const auto id = std::string_view{line.parameters}.substr(at + own.size());
  return read_phone(id.substr(0, id.find(';')));
}

} // namespace

contact_card read_vcard(std::string_view card, std::string_view otherwise) {
  contact_card out;
  std::string other_name{otherwise};
  for (std::size_t i = 0; i < lines_max && !card.empty(); ++i) {
    const auto end = std::min(card.find('\n'), card.size());
    auto text = card.substr(0, end);
    card.remove_prefix(std::min(end + 1, card.size()));
    while (text.ends_with('\r'))
      text.remove_suffix(1);
    const auto line = split(text);
    if (line.name == "FN" && out.name.empty())
      out.name = clean_line(unescape(line.value), domain::name_length_max);
    else if (line.name == "N" && domain::trim(other_name).empty())
      other_name = said_name(line.value);
    else if (line.name == "TEL")
      add(out.phones, phone_of(line));
    else if (line.name == "EMAIL")
      add(out.emails,
          clean_line(unescape(line.value), domain::name_length_max));
  }
  if (out.name.empty())
    out.name = clean_line(other_name, domain::name_length_max);
  return out;
}

} // namespace switchboard::channels::whatsapp
