#include "tests/simulators/whatsapp_twilio.hpp"
#include "tests/simulators/whatsapp_wire.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

// What the engine asks of Twilio.

namespace switchboard::simulators {

namespace json = boost::json;
using whatsapp::texts;

namespace {

constexpr std::size_t body_max = 1'600;
constexpr std::size_t file_max = std::size_t{16} * 1'024 * 1'024;
constexpr std::size_t image_max = std::size_t{5} * 1'024 * 1'024;
constexpr std::size_t redirects_max = 5;
constexpr std::string_view cdn_prefix = "/cdn";
constexpr std::array<std::string_view, 9> parameters{"To",
                                                     "From",
                                                     "MessagingServiceSid",
                                                     "Body",
                                                     "MediaUrl",
                                                     "ContentSid",
                                                     "ContentVariables",
                                                     "StatusCallback",
                                                     "PersistentAction"};

std::string value_of(const twilio_fields& of, std::string_view name) {
  const auto at
    = std::ranges::find(of, name, &twilio_fields::value_type::first);
  return at == of.end() ? std::string{} : at->second;
}

std::ptrdiff_t count_of(const twilio_fields& of, std::string_view name) {
  return std::ranges::count(of, name, &twilio_fields::value_type::first);
}

bool is_sid(std::string_view text, std::string_view prefix) {
  return text.size() == 34 && text.starts_with(prefix);
}

std::string_view message_of(int code) {
  switch (code) {
    case 20'003: return "Authenticate";
    case 20'404: return "The requested resource was not found";
    case 20'429: return "Too Many Requests";
    case 21'211: return "The 'To' number is not a valid phone number.";
    case 21'602: return "Message body is required.";
    case 21'617:
      return "The concatenated message body exceeds the 1600 "
             "character limit.";
    case 21'620: return "Invalid media URL(s)";
    case 21'623: return "Number of media files exceeds allowed limit";
    case 63'007:
      return "Twilio could not find a Channel with the specified "
             "From address";
    default: return "Twilio says why";
  }
}

int code_for(int status) {
  switch (status) {
    case 401: return 20'003;
    case 404: return 20'404;
    case 429: return 20'429;
    case 503: return 20'503;
    default: return status >= 500 ? 20'500 : 21'211;
  }
}

struct web_address {
  std::string scheme;
  std::string authority;
  std::string target;
};

std::optional<web_address> read_address(std::string_view url) {
  const auto colon = url.find("://");
  if (colon == std::string_view::npos)
    return std::nullopt;
  web_address out;
  out.scheme = url.substr(0, colon);
  const auto rest = url.substr(colon + 3);
  const auto slash = std::min(rest.find('/'), rest.size());
  out.authority = rest.substr(0, slash);
  out.target = slash == rest.size() ? "/" : rest.substr(slash);
  if ((out.scheme != "http" && out.scheme != "https") || out.authority.empty())
    return std::nullopt;
  return out;
}

} // namespace

peer_answer twilio_simulator::refusal(int status, int code) const {
  if (code == 0)
    code = code_for(status);
  const auto name = std::to_string(code);
  peer_answer out;
  out.status = status;
  out.body = json::serialize(
    json::object{{"code", code},
                 {"message", message_of(code)},
                 {"more_info", "https://www.twilio.com/docs/errors/" + name},
                 {"status", status}});
  return out;
}

peer_answer twilio_simulator::take(const peer_request& request) {
  const auto account = "/2010-04-01/Accounts/" + options_.account_sid;
  if (request.header("authorization")
      != whatsapp::basic_authorization(options_.account_sid,
                                       options_.auth_token)) {
    complain(request.path + ": missing or wrong credentials");
    return refusal(401, 0);
  }
  if (request.method == "POST" && request.path == account + "/Messages.json")
    return take_message(request);
  if (request.method == "GET" && files_.contains(request.path))
    return take_media(request);
  complain(request.method + " " + request.path + " is not known");
  return refusal(404, 0);
}

// -- files for the engine -----------------------------------------------------

peer_answer twilio_simulator::take_media(const peer_request& request) {
  peer_answer out;
  out.status = 307;
  out.headers.emplace_back("Location",
                           cdn_.url(std::string{cdn_prefix} + request.path
                                    + "?Expires=1&Signature=abc"));
  return out;
}

peer_answer twilio_simulator::take_from_cdn(const peer_request& request) {
  peer_answer out;
  if (!request.header("authorization").empty()) {
    complain("the media store was sent credentials");
    out.status = 400;
    return out;
  }
  const auto at = files_.find(std::string_view{request.path}.substr(
    std::min(cdn_prefix.size(), request.path.size())));
  if (at == files_.end() || request.query.empty()) {
    complain(request.target + ": the media store has no such file");
    out.status = 404;
    return out;
  }
  out.content_type = at->second.mime_type;
  out.body = at->second.bytes;
  return out;
}

// -- messages -----------------------------------------------------------------

peer_answer twilio_simulator::take_message(const peer_request& request) {
  texts problems;
  if (!request.header("content-type")
         .starts_with("application/x-www-form-urlencoded"))
    problems.emplace_back("the content type is not that of a form");
  const auto form = whatsapp::from_form(request.body);
  if (!form) {
    complain(request.path + ": the body is no form");
    return refusal(400, 21'602);
  }
  const auto code = check(*form, problems);
  complain_all(request.path, problems);
  return code == 0 ? accept(*form) : refusal(400, code);
}

int twilio_simulator::check_ends(const twilio_fields& form,
                                 texts& problems) const {
  constexpr std::string_view prefix = "whatsapp:";
  const auto to = value_of(form, "To");
  const auto from = value_of(form, "From");
  const auto service = value_of(form, "MessagingServiceSid");
  const auto address
    = std::string_view{to}.substr(std::min(prefix.size(), to.size()));
  if (!to.starts_with(prefix)
      || (!whatsapp::is_e164(address) && !address.starts_with("ID."))) {
    problems.push_back("To is no WhatsApp address: " + to);
    return 21'211;
  }
  if (from.empty() == service.empty())
    problems.emplace_back("one of From and MessagingServiceSid is needed");
  const auto is_sender = from == "whatsapp:" + options_.from;
  if (service.empty() ? !is_sender : service != options_.messaging_service) {
    problems.push_back("From is no sender of the account: " + from + service);
    return 63'007;
  }
  const auto callback = value_of(form, "StatusCallback");
  if (!callback.empty() && !callback.starts_with(public_url() + "/"))
    problems.push_back("StatusCallback does not lead to the engine: "
                       + callback);
  return 0;
}

int twilio_simulator::check_template(const twilio_fields& form,
                                     texts& problems) const {
  const auto sid = value_of(form, "ContentSid");
  const auto variables = value_of(form, "ContentVariables");
  const auto known = options_.templates.find(sid);
  if (!is_sid(sid, "HX") || known == options_.templates.end()) {
    problems.push_back("ContentSid names no template: " + sid);
    return 21'655;
  }
  if (!value_of(form, "Body").empty() || count_of(form, "MediaUrl") > 0)
    problems.emplace_back("a template has no Body and no MediaUrl");
  boost::system::error_code ec;
  const auto read = json::parse(variables.empty() ? "{}" : variables, ec);
  const auto* given = read.if_object();
  if (ec || given == nullptr) {
    problems.emplace_back("ContentVariables is no JSON object");
    return 21'656;
  }
  for (std::size_t i = 1; i <= known->second; ++i) {
    const auto* one = given->if_contains(std::to_string(i));
    if (one == nullptr || !one->is_string() || one->get_string().empty()) {
      problems.push_back("ContentVariables has no string " + std::to_string(i));
      return 21'656;
    }
    // Meta refuses such parameters.
    const std::string_view words{one->get_string().data(),
                                 one->get_string().size()};
    if (words.find_first_of("\n\t") != std::string_view::npos
        || words.find("     ") != std::string_view::npos) {
      problems.emplace_back(
        "a variable has a line break, a tabulator or five "
        "blanks in a row");
      return 21'656;
    }
  }
  if (given->size() != known->second)
    problems.emplace_back("ContentVariables has more than the template");
  return 0;
}

int twilio_simulator::check(const twilio_fields& form, texts& problems) const {
  for (const auto& [name, value] : form) {
    if (std::ranges::find(parameters, name) == parameters.end())
      problems.push_back(name + " is not known");
    else if (value.empty())
      problems.push_back(name + " is empty");
    if (name != "MediaUrl" && name != "PersistentAction"
        && count_of(form, name) > 1)
      problems.push_back(name + " is given twice");
  }
  if (const auto code = check_ends(form, problems); code != 0)
    return code;
  if (count_of(form, "ContentSid") > 0)
    return check_template(form, problems);
  if (count_of(form, "ContentVariables") > 0)
    problems.emplace_back("ContentVariables without ContentSid");
  const auto body = value_of(form, "Body");
  const auto media = value_of(form, "MediaUrl");
  if (body.empty() && media.empty()) {
    problems.emplace_back("neither Body nor MediaUrl");
    return 21'602;
  }
  if (whatsapp::code_points(body).value_or(0) > body_max) {
    problems.emplace_back("Body is longer than 1600");
    return 21'617;
  }
  if (count_of(form, "MediaUrl") > 1) {
    problems.emplace_back("more than one MediaUrl");
    return 21'623;
  }
  if (!media.empty() && !read_address(media)) {
    problems.push_back("MediaUrl is no address: " + media);
    return 21'620;
  }
  return 0;
}

peer_answer twilio_simulator::accept(const twilio_fields& form) {
  const auto media = value_of(form, "MediaUrl");
  const auto is_template = count_of(form, "ContentSid") > 0;
  const auto id = new_id(media.empty() ? "SM" : "MM", 34);
  whatsapp_delivery what;
  what.id = id;
  what.to = value_of(form, "To");
  what.kind = is_template ? "template" : media.empty() ? "text" : "document";
  what.text = value_of(form, "Body");
  what.template_name = value_of(form, "ContentSid");
  if (is_template) {
    const auto read = json::parse(value_of(form, "ContentVariables"));
    if (const auto* first = read.as_object().if_contains("1"))
      what.text = first->as_string().c_str();
  }
  what.is_settled = false;
  sent_[id]
    = {what.to, value_of(form, "From"), value_of(form, "StatusCallback")};
  add(what);
  if (media.empty())
    settle(id, 0);
  else
    fetch_media(id, media, 0);
  const auto path
    = "/2010-04-01/Accounts/" + options_.account_sid + "/Messages/" + id;
  peer_answer out;
  out.status = 201;
  out.body = json::serialize(
    json::object{{"account_sid", options_.account_sid},
                 {"api_version", "2010-04-01"},
                 {"body", what.text},
                 {"date_created", "Thu, 24 Aug 2023 05:01:45 +0000"},
                 {"date_sent", nullptr},
                 {"date_updated", "Thu, 24 Aug 2023 05:01:45 +0000"},
                 {"direction", "outbound-api"},
                 {"error_code", nullptr},
                 {"error_message", nullptr},
                 {"from", value_of(form, "From")},
                 {"messaging_service_sid", nullptr},
                 {"num_media", media.empty() ? "0" : "1"},
                 {"num_segments", "1"},
                 {"price", nullptr},
                 {"price_unit", nullptr},
                 {"sid", id},
                 {"status", "queued"},
                 {"subresource_uris", {{"media", path + "/Media.json"}}},
                 {"to", what.to},
                 {"uri", path + ".json"}});
  return out;
}

// -- files from the engine ----------------------------------------------------

void twilio_simulator::fetch_media(const std::string& id,
                                   const std::string& url,
                                   std::size_t redirects) {
  const auto address = read_address(url);
  if (!address || redirects > redirects_max) {
    complain("a file cannot be had from " + url);
    settle(id, 63'019);
    return;
  }
  // The engine's public address leads to where the engine really is.
  const std::string_view known = options_.public_url;
  const auto is_engine
    = !known.empty() && url.starts_with(std::string{known} + "/");
  auto port = engine_port_locked();
  if (!is_engine) {
    const auto colon = address->authority.rfind(':');
    const auto* last = address->authority.data() + address->authority.size();
    port = 0;
    if (colon != std::string::npos)
      std::from_chars(address->authority.data() + colon + 1, last, port);
  }
  outgoing_call call;
  call.method = "GET";
  call.target = address->target;
  call.host = address->authority;
  call.headers.emplace_back("User-Agent", "TwilioProxy/1.1");
  fetch(port, std::move(call), [this, id, url, redirects](const auto& reply) {
    const std::lock_guard lock{mutex_};
    take_fetched(id, url, reply, redirects);
  });
}

void twilio_simulator::take_fetched(const std::string& id,
                                    const std::string& url,
                                    const call_reply& reply,
                                    std::size_t redirects) {
  if (const auto location = reply.header("location");
      reply.status >= 300 && reply.status < 400 && !location.empty()) {
    fetch_media(id, location, redirects + 1);
    return;
  }
  auto* what = delivery_with(id);
  if (what == nullptr)
    return;
  if (reply.status != 200 || reply.body.empty()) {
    complain(url + " answers " + std::to_string(reply.status) + " "
             + reply.problem);
    settle(id, 63'019);
    return;
  }
  what->file.mime_type = reply.header("content-type");
  what->file.bytes = reply.body;
  what->kind = whatsapp::kind_of(what->file.mime_type);
  const auto size_max = what->kind == "image" ? image_max : file_max;
  if (what->file.mime_type.empty()
      || whatsapp::is_mislabelled(what->file.mime_type, reply.body)) {
    complain(url + " has the wrong type: " + what->file.mime_type);
    settle(id, 63'021);
  } else if (reply.body.size() > size_max) {
    complain(url + " is too large");
    settle(id, 11'751);
  } else {
    settle(id, 0);
  }
}

} // namespace switchboard::simulators
