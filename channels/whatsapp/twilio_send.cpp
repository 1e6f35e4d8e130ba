#include "channels/whatsapp/outgoing_forms.hpp"

#include <utility>

namespace switchboard::channels::whatsapp {

namespace {

constexpr std::string_view scheme = "whatsapp:";

std::string twilio_address(std::string_view address) {
  if (const auto digits = phone_digits(address); !digits.empty())
    return std::string{scheme} + '+' + std::string{digits};
  return address.starts_with(scheme) ? std::string{address}
                                     : std::string{scheme}.append(address);
}

void add_field(std::string& form, std::string_view name,
               std::string_view value) {
  if (!form.empty())
    form += '&';
  form.append(name).append("=");
  append_percent_encoded(form, value);
}

void add_content(std::string& form, const twilio_end& end,
                 const outgoing_message& message) {
  if (message.as_template) {
    std::string variables;
    json::writer out{variables};
    out.begin_object();
    out.key("1").string(template_words(message.text)).end_object();
    add_field(form, "ContentSid", end.template_sid);
    add_field(form, "ContentVariables", variables);
    return;
  }
  const auto words = message.file ? caption_of(provider::twilio, message)
                                  : std::string_view{message.text};
  if (!words.empty())
    add_field(form, "Body", words);
  if (message.file)
    add_field(form, "MediaUrl", message.file->link);
}

} // namespace

http_request encode(const twilio_end& end, const outgoing_message& message) {
  std::string form;
  add_field(form, "To", twilio_address(message.address));
  if (end.from.starts_with("MG"))
    add_field(form, "MessagingServiceSid", end.from);
  else
    add_field(form, "From", twilio_address(end.from));
  add_content(form, end, message);
  if (!end.status_url.empty())
    add_field(form, "StatusCallback", end.status_url);
  auto url = end.api_url + "/2010-04-01/Accounts/";
  append_percent_encoded(url, end.account_sid);
  auto out = call_of("POST", url + "/Messages.json", std::move(form));
  out.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
  out.headers.emplace_back(
    "Authorization", basic_authorization(end.account_sid, end.auth_token));
  return out;
}

} // namespace switchboard::channels::whatsapp
