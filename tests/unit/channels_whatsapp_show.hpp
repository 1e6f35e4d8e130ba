#pragma once

#include "channels/whatsapp/inbound.hpp"
#include "domain/time.hpp"

#include <string>
#include <variant>

/// What came in from WhatsApp, in a line that a table of tests can hold.
namespace switchboard::channels::whatsapp::tests {

inline std::string show(const media& file) {
  auto out = "<" + file.name + "|" + file.mime_type;
  if (!file.reference.empty())
    out += "|" + file.reference;
  if (!file.bytes.empty())
    out += "|bytes:" + file.bytes;
  if (file.size != 0)
    out += "|" + std::to_string(file.size);
  return out + ">";
}

inline std::string show(const content& what) {
  if (const auto* words = std::get_if<said>(&what)) {
    auto out = words->text;
    for (const auto& file : words->files)
      out += show(file);
    return out;
  }
  if (const auto* one = std::get_if<reacted>(&what))
    return "react " + one->target + " " + one->emoji;
  if (const auto* one = std::get_if<edited>(&what))
    return "edit " + one->target + " " + one->text;
  return "revoke " + std::get<revoked>(what).target;
}

inline std::string show(const person& who) {
  auto out = who.name + "/" + who.phone;
  for (const auto& alias : who.aliases)
    out += "/" + alias;
  return out;
}

inline std::string show(const status_report& status) {
  auto out = status.id + " " + std::string{to_string(status.state)};
  if (status.code != 0)
    out += " " + std::to_string(status.code);
  if (!status.reason.empty())
    out += " " + status.reason;
  return status.window_closed ? out + " (window)" : out;
}

inline std::string show(const line_report& line) {
  const auto* const state = line.state == line_state::open ? "open"
                            : line.state == line_state::connecting
                              ? "connecting"
                              : "logged_out";
  return line.account + " " + state
         + (line.reason.empty() ? "" : ": " + line.reason);
}

/// Everything of a batch, a line for each; `i` and `m` are what was counted.
inline std::string show(const inbound_batch& batch) {
  std::string out;
  const auto add
    = [&](const std::string& line) { out += out.empty() ? line : "; " + line; };
  for (const auto& one : batch.messages)
    add(one.id + "=" + show(one.what));
  for (const auto& one : batch.statuses)
    add(show(one));
  for (const auto& one : batch.lines)
    add(show(one));
  if (batch.ignored != 0)
    add("i" + std::to_string(batch.ignored));
  if (batch.malformed != 0)
    add("m" + std::to_string(batch.malformed));
  return out;
}

} // namespace switchboard::channels::whatsapp::tests
