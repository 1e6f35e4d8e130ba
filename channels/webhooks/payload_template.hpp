#pragma once

#include "channels/json/reader.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::channels::webhooks {

/// What a template can name, in the order of `template_field_names`.
enum class template_field : std::uint8_t {
  type,
  timestamp,
  sequence, ///< a number
  webhook_id,
  actor,
  ticket_id,
  ticket_number, ///< a number
  ticket_ref,
  ticket_key,
  ticket_title,
  ticket_description,
  ticket_status,
  ticket_state,
  ticket_priority,
  ticket_channel,
  ticket_category,
  ticket_assignee, ///< a number
  ticket_url,
  ticket_created_at,
  ticket_updated_at,
  customer_name,
  customer_phone,
  customer_email,
  message_id,
  message_body,
  message_sender,
  message_sender_name,
  message_channel,
  message_media_url,
  data, ///< a JSON document
};

inline constexpr std::array<std::string_view, 30> template_field_names{
  "type",
  "timestamp",
  "sequence",
  "webhook_id",
  "actor",
  "ticket.id",
  "ticket.number",
  "ticket.ref",
  "ticket.key",
  "ticket.title",
  "ticket.description",
  "ticket.status",
  "ticket.state",
  "ticket.priority",
  "ticket.channel",
  "ticket.category",
  "ticket.assignee",
  "ticket.url",
  "ticket.created_at",
  "ticket.updated_at",
  "customer.name",
  "customer.phone",
  "customer.email",
  "message.id",
  "message.body",
  "message.sender",
  "message.sender_name",
  "message.channel",
  "message.media_url",
  "data"};

enum class field_kind : std::uint8_t { text, number, json };

[[nodiscard]] constexpr field_kind kind_of(template_field f) noexcept {
  switch (f) {
    case template_field::sequence:
    case template_field::ticket_number:
    case template_field::ticket_assignee: return field_kind::number;
    case template_field::data: return field_kind::json;
    default: return field_kind::text;
  }
}

/// The values for one rendering; what is not set is absent. It holds views: the
/// texts must outlive it. Not thread-safe.
class field_values {
public:
  /// For fields of text and for `data`, whose value is a JSON document.
  void set(template_field f, std::string_view text) {
    values_[index(f)] = {text, 0, true};
  }
  /// For fields that are numbers.
  void set(template_field f, std::uint64_t number) {
    values_[index(f)] = {{}, number, true};
  }

  struct value {
    std::string_view text;
    std::uint64_t number = 0;
    bool present = false;
  };

  [[nodiscard]] const value& get(template_field f) const noexcept {
    return values_[index(f)];
  }

private:
  static constexpr std::size_t index(template_field f) noexcept {
    return static_cast<std::size_t>(f);
  }

  std::array<value, template_field_names.size()> values_;
};

/// A webhook's body with gaps: `{"text": "{{ticket.ref}}: {{ticket.title}}"}`.
///
///   {{name}}       text: escaped for JSON, without quotes; absent: nothing.
///                  A number as it is; absent: `null`. `data`: the document.
///   {{name|raw}}   text as it is, for receivers that want no JSON.
///   {{name|json}}  a whole JSON value: text with its quotes; absent: `null`.
///
/// Blanks within the braces do not matter. `{{` always opens a gap; a text that
/// needs the two characters writes `\u007b{`.
///
/// Without `|raw` on a text, a template that was accepted renders to valid JSON
/// whatever the values are, provided that they are UTF-8. Parsed once and then
/// immutable: any thread may render.
class payload_template {
public:
  static constexpr std::size_t size_max = 20'000;
  static constexpr std::size_t gaps_max = 500;
  /// A few bytes of template can repeat a long text many times.
  static constexpr std::size_t rendered_size_max = 1'048'576;
  static constexpr std::size_t problems_max = 20;
  /// How deeply the JSON of a template may be nested.
  static constexpr std::size_t depth_max = 64;

  struct parsed; ///< a template or all that is wrong with the text
  static parsed parse(std::string_view text);

  /// `{"type", "timestamp", "data", "sequence"}`: what endpoints without a
  /// template get.
  static const payload_template& standard();

  /// Nullopt when the body would be larger than `rendered_size_max`.
  [[nodiscard]] std::optional<std::string>
  render(const field_values& values) const;

  /// Whether some text goes in unescaped, so that the body may be no JSON.
  [[nodiscard]] bool has_raw_text() const noexcept {
    return has_raw_text_;
  }

private:
  enum class form : std::uint8_t { plain, raw, json };

  /// Fixed text, and the gap behind it.
  struct part {
    std::string text;
    std::optional<template_field> field; ///< none: the end of the template
    form how = form::plain;
  };

  class parser;

  payload_template() = default;

  static void append(std::string& out, const part& gap,
                     const field_values& values);

  std::vector<part> parts_;
  std::size_t size_ = 0; ///< of all the fixed text
  bool has_raw_text_ = false;
};

struct payload_template::parsed {
  std::optional<payload_template> value;
  std::vector<json::field_problem> problems; ///< of the field `template`
};

} // namespace switchboard::channels::webhooks
