#include "channels/whatsapp/cloud_content.hpp"

#include "domain/attachment.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>

namespace switchboard::channels::whatsapp {

namespace {

constexpr std::array<std::string_view, 5> file_kinds{"image", "video", "audio",
                                                     "document", "sticker"};
constexpr std::size_t order_items_max = 30;

bool is_file(std::string_view type) {
  return std::find(file_kinds.begin(), file_kinds.end(), type)
         != file_kinds.end();
}

said read_file(std::string_view type, json_node in) {
  // A voice message is an audio file that says so.
  const auto kind = in["voice"].flag() ? std::string_view{"voice"} : type;
  auto file
    = make_media(kind, in["mime_type"].string(), in["filename"].string());
  file.reference
    = read_identifier(in["id"].string(), inbound_id_size_max).value_or("");
  if (const auto size = in["file_size"].integer(); size && *size > 0)
    file.size = static_cast<std::uint64_t>(*size);
  said out{std::string{in["caption"].string()}, {}};
  out.files.push_back(std::move(file));
  return out;
}

std::string read_location(json_node in) {
  place where;
  where.latitude = in["latitude"].number();
  where.longitude = in["longitude"].number();
  where.name = in["name"].string();
  where.address = in["address"].string();
  return location_text(where);
}

std::string read_contacts(json_node in) {
  std::vector<contact_card> cards;
  for (const auto one : in.items()) {
    contact_card card;
    card.name
      = one["name"].first("formatted_name", "first_name", "last_name").string();
    if (card.name.empty())
      card.name = one["org"]["company"].string();
    for (const auto phone : one["phones"].items()) {
      std::string number{phone["phone"].string()};
      if (number.empty())
        number = read_phone(phone["wa_id"].string());
      if (!number.empty())
        card.phones.push_back(std::move(number));
    }
    for (const auto email : one["emails"].items())
      if (const auto address = email["email"].string(); !address.empty())
        card.emails.emplace_back(address);
    cards.push_back(std::move(card));
  }
  return contacts_text(cards);
}

std::string read_choice(json_node in) {
  const auto type = in["type"].string();
  if (type == "nfm_reply") {
    const auto reply = in["nfm_reply"];
    return std::string{reply.first("body", "name").string()};
  }
  const auto reply = in.first("button_reply", "list_reply");
  return std::string{reply.first("title", "id").string()};
}

/// A price is a number or a text, by version.
std::string price_of(json_node item) {
  const auto price = item["item_price"];
  if (price.is_string())
    return std::string{price.string()};
  const auto number = price.number();
  if (!number || *number < 0 || *number > 1e9)
    return {};
  const auto cents = std::llround(*number * 100);
  const auto rest = std::to_string(100 + cents % 100).substr(1);
  return std::to_string(cents / 100) + "." + rest;
}

std::string read_order(json_node in) {
  std::string out = "🛒 Order";
  if (const auto words = clean_text(in["text"].string()); !words.empty())
    out.append(": ").append(words);
  std::size_t count = 0;
  for (const auto item : in["product_items"].items()) {
    if (++count > order_items_max)
      break;
    out
      = join_lines(std::move(out),
                   order_item_text(item["quantity"].integer().value_or(1),
                                   item["product_retailer_id"].string(),
                                   price_of(item), item["currency"].string()));
  }
  return out;
}

/// What an edited message says now: its text, or a file's caption.
std::string edited_text(json_node message) {
  const auto type = message["type"].string();
  if (type == "text" || type.empty())
    return body_text(message["text"]["body"].string());
  const auto words = message[type].first("caption", "body").string();
  return words.empty() ? unsupported_text(type) : body_text(words);
}

/// Other changes say nothing to people (a new security code).
std::optional<content> read_system(json_node in) {
  const auto type = in["type"].string();
  const bool is_change = type.empty() || type == "user_changed_number"
                         || type == "customer_changed_number"
                         || type == "user_changed_user_id";
  if (!is_change || in["body"].string().empty())
    return std::nullopt;
  return said{std::string{in["body"].string()}, {}};
}

std::string unsupported_type(json_node message) {
  const auto type = message["type"].string();
  if (type != "unsupported")
    return unsupported_text(type);
  return unsupported_text(message["unsupported"]["type"].string());
}

/// Words and files, before it is said where they come from.
said read_words(std::string_view type, json_node message) {
  const auto in = message[type];
  if (is_file(type))
    return read_file(type, in);
  std::string text;
  if (type == "text")
    text = in["body"].string();
  else if (type == "button")
    text = in.first("text", "payload").string();
  else if (type == "interactive")
    text = read_choice(in);
  else if (type == "location")
    text = read_location(in);
  else if (type == "contacts")
    text = read_contacts(in);
  else if (type == "order")
    text = read_order(in);
  else
    text = unsupported_type(message);
  return {std::move(text), {}};
}

/// The lines about an ad or a product that the message came from.
std::string origin_lines(json_node message) {
  const auto referral = message["referral"];
  auto out = referral_text(referral["headline"].string(),
                           referral["source_url"].string());
  const auto product
    = message["context"]["referred_product"]["product_retailer_id"].string();
  if (product.empty())
    return out;
  return join_lines(
    std::move(out),
    "🛍 About the product " + clean_line(product, inbound_id_size_max));
}

} // namespace

std::optional<content> read_cloud_content(json_node message) {
  const auto type = message["type"].string();
  // The chat was opened, and nothing said yet.
  if (type == "request_welcome")
    return std::nullopt;
  if (type == "system")
    return read_system(message["system"]);
  if (type == "reaction") {
    const auto in = message["reaction"];
    return reacted{std::string{in["message_id"].string()},
                   clean_line(in["emoji"].string(), inbound_id_size_max)};
  }
  if (type == "edit") {
    const auto in = message["edit"];
    return edited{std::string{in["original_message_id"].string()},
                  edited_text(in["message"])};
  }
  if (type == "revoke")
    return revoked{
      std::string{message["revoke"]["original_message_id"].string()}};
  auto out = read_words(type, message);
  out.text = body_text(join_lines(std::move(out.text), origin_lines(message)));
  return out;
}

} // namespace switchboard::channels::whatsapp
