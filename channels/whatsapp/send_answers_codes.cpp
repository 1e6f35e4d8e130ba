#include "channels/whatsapp/send_answers_codes.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace switchboard::channels::whatsapp {

namespace {

using std::chrono::seconds;

constexpr std::string_view window_words
  = "The 24 hours after the customer's last message are over";
constexpr std::string_view rate_words = "Too many messages at once";
constexpr std::string_view recipient_words
  = "This number cannot be reached on WhatsApp";
constexpr std::string_view unwilling_words
  = "The customer has blocked us, opted out, or cannot get this message";
constexpr std::string_view content_words
  = "WhatsApp does not take this message";
constexpr std::string_view file_words = "WhatsApp does not take this file";
constexpr std::string_view template_words
  = "The template for late messages does not fit, or is paused or disabled";
constexpr std::string_view access_words
  = "Our access to WhatsApp is refused: its credentials must be renewed";
constexpr std::string_view sender_words
  = "Our number is not registered for WhatsApp with this account";
constexpr std::string_view account_words
  = "Our WhatsApp account is blocked, locked or unpaid";
constexpr std::string_view service_words = "WhatsApp has trouble at the moment";
constexpr std::string_view lost_words
  = "The connection to WhatsApp is lost at the moment";
constexpr std::string_view paired_words
  = "Our number is logged out of WhatsApp and must be paired again";

constexpr seconds daily_pause{3600};
constexpr seconds spam_pause{900};
constexpr seconds maintenance_pause{60};
// One message in six seconds, and a burst is borrowed from the time after it.
constexpr seconds pair_pause{16};

constexpr std::array twilio_codes{
  code_row{11751, trouble::bad_content, "The file is too large for WhatsApp"},
  code_row{20003, trouble::logged_out, access_words},
  code_row{20404, trouble::logged_out,
           "Our account is unknown at the address of Twilio"},
  code_row{20429, trouble::busy, rate_words},
  code_row{20500, trouble::none, service_words},
  code_row{20503, trouble::none, service_words},
  code_row{21211, trouble::bad_recipient, recipient_words},
  code_row{21606, trouble::logged_out, sender_words},
  code_row{21608, trouble::bad_recipient,
           "A trial account cannot write to this number"},
  code_row{21614, trouble::bad_recipient, recipient_words},
  code_row{21617, trouble::bad_content, "The message is too long"},
  code_row{21620, trouble::bad_content, file_words},
  code_row{21623, trouble::bad_content, file_words},
  code_row{21656, trouble::bad_content, template_words},
  code_row{63003, trouble::bad_recipient, recipient_words},
  code_row{63005, trouble::bad_content, content_words},
  code_row{63007, trouble::logged_out, sender_words},
  code_row{63013, trouble::bad_content,
           "The message is against WhatsApp's policy"},
  code_row{63016, trouble::window_closed, window_words},
  code_row{63018, trouble::busy, rate_words},
  code_row{63019, trouble::bad_content, file_words},
  code_row{63021, trouble::bad_content, content_words},
  code_row{63024, trouble::bad_recipient, recipient_words},
  code_row{63032, trouble::bad_recipient, unwilling_words},
  code_row{63038, trouble::busy, "Today's number of messages is used up",
           daily_pause},
};

constexpr std::array cloud_codes{
  code_row{0, trouble::logged_out, access_words},
  code_row{1, trouble::none, service_words},
  code_row{2, trouble::none, service_words},
  code_row{3, trouble::logged_out, access_words},
  code_row{4, trouble::busy, rate_words},
  code_row{10, trouble::logged_out, access_words},
  code_row{33, trouble::logged_out, sender_words},
  code_row{100, trouble::bad_content, content_words},
  code_row{190, trouble::logged_out, access_words},
  code_row{368, trouble::logged_out, account_words},
  code_row{80007, trouble::busy, rate_words},
  code_row{130429, trouble::busy, rate_words},
  code_row{130472, trouble::bad_recipient,
           "WhatsApp does not bring such messages to this customer"},
  code_row{131000, trouble::none, service_words},
  code_row{131005, trouble::logged_out, access_words},
  code_row{131008, trouble::bad_content, content_words},
  code_row{131009, trouble::bad_content, content_words},
  code_row{131016, trouble::none, service_words},
  code_row{131021, trouble::bad_recipient,
           "The recipient's number is our own one"},
  code_row{131026, trouble::bad_recipient, recipient_words},
  code_row{131030, trouble::bad_recipient,
           "A test number cannot write to this number"},
  code_row{131031, trouble::logged_out, account_words},
  code_row{131042, trouble::logged_out, account_words},
  code_row{131045, trouble::logged_out, sender_words},
  code_row{131047, trouble::window_closed, window_words},
  code_row{131048, trouble::busy,
           "WhatsApp lets our number send less, since too many have blocked it",
           spam_pause},
  code_row{131049, trouble::bad_recipient,
           "The customer has had too many messages of this kind"},
  code_row{131051, trouble::bad_content, content_words},
  code_row{131052, trouble::bad_content, file_words},
  code_row{131053, trouble::bad_content, file_words},
  code_row{131056, trouble::busy, "Too many messages to this number at once",
           pair_pause},
  code_row{131057, trouble::not_connected,
           "Our WhatsApp account is being maintained", maintenance_pause},
  code_row{132000, trouble::bad_content, template_words},
  code_row{132001, trouble::bad_content, template_words},
  code_row{132005, trouble::bad_content, template_words},
  code_row{132007, trouble::bad_content, template_words},
  code_row{132012, trouble::bad_content, template_words},
  code_row{132015, trouble::bad_content, template_words},
  code_row{132016, trouble::bad_content, template_words},
  code_row{133010, trouble::logged_out, sender_words},
  code_row{133016, trouble::busy, rate_words, maintenance_pause},
};

/// Why WhatsApp Web ends a connection, and what its servers refuse.
constexpr std::array baileys_codes{
  code_row{401, trouble::logged_out, paired_words},
  code_row{403, trouble::logged_out, account_words},
  code_row{408, trouble::not_connected, lost_words},
  code_row{411, trouble::logged_out, paired_words},
  code_row{428, trouble::not_connected, lost_words},
  code_row{429, trouble::busy, rate_words},
  code_row{440, trouble::not_connected, lost_words},
  code_row{463, trouble::bad_recipient,
           "WhatsApp does not let our number begin this chat"},
  code_row{503, trouble::not_connected, lost_words},
  code_row{515, trouble::not_connected, lost_words},
};

std::span<const code_row> codes_of(provider p) noexcept {
  switch (p) {
    case provider::baileys: return baileys_codes;
    case provider::twilio: return twilio_codes;
    case provider::cloud: return cloud_codes;
    case provider::n8n: return {};
  }
  return {};
}

constexpr bool is_sorted(std::span<const code_row> rows) {
  return std::ranges::is_sorted(rows, {}, &code_row::code);
}
static_assert(is_sorted(twilio_codes) && is_sorted(cloud_codes)
              && is_sorted(baileys_codes));

} // namespace

const code_row* find_code(provider p, int code) noexcept {
  static constexpr int permissions_begin = 200;
  static constexpr int permissions_end = 300;
  if (p == provider::cloud && code >= permissions_begin
      && code < permissions_end)
    code = 3;
  const auto rows = codes_of(p);
  const auto at = std::ranges::lower_bound(rows, code, {}, &code_row::code);
  return at == rows.end() || at->code != code ? nullptr : &*at;
}

trouble trouble_of(provider p, int code) noexcept {
  // 0 says that there is no code, though it is one of Meta's.
  const auto* row = code == 0 ? nullptr : find_code(p, code);
  return row == nullptr ? trouble::none : row->why;
}

std::string_view explain(provider p, int code) noexcept {
  const auto* row = code == 0 ? nullptr : find_code(p, code);
  return row == nullptr ? std::string_view{} : row->words;
}

} // namespace switchboard::channels::whatsapp
