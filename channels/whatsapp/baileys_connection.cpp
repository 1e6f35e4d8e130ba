#include "channels/whatsapp/baileys_events.hpp"
#include "channels/whatsapp/inbound_text.hpp"

#include <array>
#include <optional>
#include <string_view>

namespace switchboard::channels::whatsapp {

namespace {

struct word_row {
  std::string_view word;
  std::optional<line_state> state; ///< nothing: the reason decides
};

/// Baileys', Evolution's and fazer's words, and those of WAHA's sessions.
constexpr std::array words{word_row{"open", line_state::open},
                           word_row{"WORKING", line_state::open},
                           word_row{"connected", line_state::open},
                           word_row{"connecting", line_state::connecting},
                           word_row{"reconnecting", line_state::connecting},
                           word_row{"STARTING", line_state::connecting},
                           word_row{"STOPPED", line_state::connecting},
                           word_row{"SCAN_QR_CODE", line_state::logged_out},
                           word_row{"FAILED", line_state::logged_out},
                           word_row{"refused", line_state::logged_out},
                           word_row{"close", std::nullopt},
                           word_row{"disconnected", std::nullopt}};

struct reason_row {
  std::int64_t code;
  line_state state;
  std::string_view reason;
};

constexpr std::array reasons{
  reason_row{401, line_state::logged_out, "WhatsApp has logged it out"},
  reason_row{403, line_state::logged_out, "WhatsApp has banned the number"},
  reason_row{408, line_state::connecting, "the connection was lost"},
  reason_row{411, line_state::logged_out, "the devices do not match"},
  reason_row{428, line_state::connecting, "the connection was closed"},
  reason_row{440, line_state::connecting, "another connection took its place"},
  reason_row{500, line_state::logged_out, "the session is broken"},
  reason_row{503, line_state::connecting, "WhatsApp is not available"},
  reason_row{515, line_state::connecting, "it starts again"}};

/// The code in whichever of the places it has in an error's JSON.
std::optional<std::int64_t> code_of(json_node item) {
  const auto error = item["lastDisconnect"]["error"];
  for (const auto place :
       {error["output"]["statusCode"], error["output"]["payload"]["statusCode"],
        error["statusCode"], error["data"]["statusCode"],
        item["lastDisconnect"]["statusCode"], item["statusReason"],
        item["statusCode"]})
    if (const auto code = place.integer())
      return code;
  return std::nullopt;
}

} // namespace

void read_connection(json_node item, const sidecar_call& call,
                     inbound_batch& batch) {
  const auto word = item.first("connection", "state", "status").string();
  const bool is_unpaired = item.has("qr") ? static_cast<bool>(item["qr"])
                                          : static_cast<bool>(item["qrcode"]);
  line_report out;
  out.via = call.how->via;
  out.account = call.account;
  bool is_known = is_unpaired;
  for (const auto& row : words)
    if (row.word == word) {
      is_known = true;
      out.state = row.state.value_or(line_state::connecting);
    }
  if (!is_known) {
    ++batch.ignored;
    return;
  }
  if (out.state != line_state::open) {
    const auto code = code_of(item);
    for (const auto& row : reasons)
      if (code && *code == row.code) {
        out.state = row.state;
        out.reason = row.reason;
      }
  }
  if (is_unpaired) {
    out.state = line_state::logged_out;
    out.reason = "it has to be paired with the phone";
  }
  if (out.state == line_state::logged_out && out.reason.empty())
    out.reason = "it has to be paired with the phone again";
  batch.lines.push_back(std::move(out));
}

} // namespace switchboard::channels::whatsapp
