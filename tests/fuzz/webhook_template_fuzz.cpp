// Templates of webhooks' bodies: what is accepted gives JSON, whatever the
// values are. The input serves as a value, too, when it is text.
#include "channels/webhooks/payload_template.hpp"
#include "domain/text.hpp"
#include "tests/fuzz/fuzz_check.hpp"

#include <simdjson.h>

#include <limits>

namespace {

using namespace switchboard::channels::webhooks;
using switchboard::fuzz::require;

constexpr std::string_view nasty_text
  = "\"\\\n\r\t\x01\x1f\x7f/u0041null}}]{{\xC3\xA9\xF0\x9F\x98\x80";
constexpr std::string_view document
  = R"({"ticket":{"customer":{"name":"\"\\"},"tags":["a",null,1.5]}})";

field_values fill(std::string_view text, std::uint64_t number) {
  field_values out;
  for (std::size_t i = 0; i < template_field_names.size(); ++i) {
    const auto f = static_cast<template_field>(i);
    switch (kind_of(f)) {
      case field_kind::text: out.set(f, text); break;
      case field_kind::number: out.set(f, number); break;
      case field_kind::json: out.set(f, document); break;
    }
  }
  return out;
}

void require_json(const payload_template& made, const field_values& values) {
  const auto body = made.render(values);
  if (!body)
    return;
  require(body->size() <= payload_template::rendered_size_max,
          "the size of a body");
  static simdjson::dom::parser parser;
  require(parser.parse(*body).error() == simdjson::SUCCESS, "a body is JSON");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const auto text = switchboard::fuzz::to_text(data, size);
  const auto read = payload_template::parse(text);
  require(read.value.has_value() == read.problems.empty(),
          "either a template or problems");
  require(read.problems.size() <= payload_template::problems_max,
          "the number of problems");
  for (const auto& one : read.problems)
    require(!one.message.empty() && one.message.size() < 500
              && switchboard::domain::is_clean_utf8(one.message),
            "a problem is a short text");
  if (!read.value)
    return 0;
  const auto clean = switchboard::domain::is_clean_utf8(text);
  require(clean, "a template is text");
  constexpr auto largest = std::numeric_limits<std::uint64_t>::max();
  for (const auto& values : {field_values{}, fill("", 0), fill("n", 10),
                             fill(nasty_text, largest), fill(text, 1)}) {
    if (read.value->has_raw_text())
      static_cast<void>(read.value->render(values));
    else
      require_json(*read.value, values);
  }
  return 0;
}
