#include "tests/simulators/whatsapp_cloud.hpp"
#include "tests/simulators/whatsapp_wire.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <utility>

// What the engine asks of the Graph API.

namespace switchboard::simulators {

namespace json = boost::json;
using whatsapp::member_reader;
using whatsapp::texts;

namespace {

constexpr std::size_t mebibyte = std::size_t{1'024} * 1'024;
constexpr std::chrono::minutes address_life{5};
constexpr std::string_view lookaside_path = "/whatsapp_business/attachments/";

int code_for(int status) {
  switch (status) {
    case 401: return 190;
    case 403: return 10;
    case 429: return 130'429;
    default: return status >= 500 ? 131'000 : 100;
  }
}

std::string_view message_of(int code) {
  switch (code) {
    case 10:
      return "(#10) Application does not have permission for this action";
    case 100: return "(#100) Invalid parameter";
    case 190: return "Error validating access token: Session has expired";
    case 130'429: return "(#130429) Rate limit hit";
    case 131'056:
      return "(#131056) (Business Account, Consumer Account) pair "
             "rate limit hit";
    case 132'000:
      return "(#132000) Number of parameters does not match the "
             "expected number of params";
    case 132'001:
      return "(#132001) Template name does not exist in the "
             "translation";
    default: return "(#131000) Something went wrong";
  }
}

peer_answer refuse(int status, int code, std::string_view details) {
  peer_answer out;
  out.status = status;
  out.body = json::serialize(json::object{
    {"error",
     {{"message", message_of(code)},
      {"type", "OAuthException"},
      {"code", code},
      {"error_data", {{"messaging_product", "whatsapp"}, {"details", details}}},
      {"fbtrace_id", "AbCdEfGhIjKlMnOp"}}}});
  return out;
}

peer_answer say(const json::object& body) {
  peer_answer out;
  out.body = json::serialize(body);
  return out;
}

std::size_t size_max(std::string_view kind) {
  if (kind == "image")
    return 5 * mebibyte;
  if (kind == "sticker")
    return 500 * std::size_t{1'024};
  return kind == "document" ? 100 * mebibyte : 16 * mebibyte;
}

} // namespace

peer_answer cloud_simulator::refusal(int status, int code) const {
  return refuse(status, code == 0 ? code_for(status) : code,
                "the simulator was told to");
}

peer_answer cloud_simulator::take(const peer_request& request) {
  if (request.header("authorization") != "Bearer " + options_.access_token) {
    complain(request.path + ": missing or wrong token");
    return refusal(401, 190);
  }
  if (!is_token_good_)
    return refusal(401, 190);
  const auto version = "/" + options_.version + "/";
  const auto number = version + options_.phone_number_id;
  if (request.method == "POST" && request.path == number + "/messages")
    return take_message(request);
  if (request.method == "POST" && request.path == number + "/media")
    return take_upload(request);
  if (request.method == "GET" && request.path.starts_with(version))
    return take_media_query(request.path.substr(version.size()));
  complain(request.method + " " + request.path + " is not known");
  return refuse(400, 100, "Unsupported request");
}

// -- files --------------------------------------------------------------------

std::string cloud_simulator::new_media_id() {
  // Digits alone, as Meta's are.
  auto out = new_id("1", 16);
  for (auto& c : out)
    if (c >= 'a')
      c = static_cast<char>('0' + (c - 'a'));
  return out;
}

peer_answer cloud_simulator::take_media_query(const std::string& id) {
  const auto at = media_.find(id);
  if (at == media_.end()) {
    complain("there is no file " + id);
    return refuse(400, 100, "Object with ID does not exist");
  }
  auto& one = at->second;
  one.token = new_id("", 32);
  one.token_until = now_locked() + address_life;
  const auto& file = one.file;
  return say({{"url", lookaside_.url(std::string{lookaside_path} + "?mid=" + id
                                     + "&ext=1&hash=" + one.token)},
              {"mime_type", file.mime_type},
              {"sha256", whatsapp::to_hex(whatsapp::sha256(file.bytes))},
              {"file_size", std::to_string(file.bytes.size())},
              {"id", id},
              {"messaging_product", "whatsapp"}});
}

peer_answer cloud_simulator::take_lookaside(const peer_request& request) {
  peer_answer out;
  if (request.header("authorization") != "Bearer " + options_.access_token) {
    complain("lookaside was asked without the token");
    out.status = 401;
    return out;
  }
  const auto query
    = whatsapp::from_form(request.query).value_or(whatsapp::form_fields{});
  for (const auto& [id, one] : media_) {
    const auto is_asked = query.size() == 3 && query[0].second == id
                          && query[2].second == one.token;
    if (!is_asked || one.token_until <= now_locked())
      continue;
    out.content_type = one.file.mime_type;
    out.body = one.file.bytes;
    return out;
  }
  out.status = 404;
  return out;
}

peer_answer cloud_simulator::take_upload(const peer_request& request) {
  std::string problem;
  const auto parts = whatsapp::read_multipart(request.header("content-type"),
                                              request.body, problem);
  const auto refuse_it = [this, &request](const std::string& why) {
    complain(request.path + ": " + why);
    return refuse(400, 100, why);
  };
  if (!problem.empty())
    return refuse_it(problem);
  whatsapp_file file;
  std::string type;
  texts names;
  for (const auto& one : parts) {
    names.push_back(one.name);
    if (one.name == "messaging_product" && one.body != "whatsapp")
      return refuse_it("messaging_product is not whatsapp");
    if (one.name == "type")
      type = one.body;
    if (one.name == "file")
      file = {one.content_type, one.file_name, one.body};
  }
  std::ranges::sort(names);
  if (names != texts{"file", "messaging_product", "type"})
    return refuse_it("the parts must be messaging_product, type and file");
  if (file.bytes.empty() || file.name.empty())
    return refuse_it("the file has no bytes or no name");
  if (file.mime_type != type)
    return refuse_it("the file's type is not the one that is told");
  if (whatsapp::is_mislabelled(type, file.bytes))
    return refuse_it("the file is not what its type says");
  if (file.bytes.size() > size_max(whatsapp::kind_of(type)))
    return refuse_it("the file is too large");
  const auto id = new_media_id();
  media_[id].file = std::move(file);
  return say({{"id", id}});
}

// -- messages -----------------------------------------------------------------

peer_answer cloud_simulator::take_message(const peer_request& request) {
  if (!request.header("content-type").starts_with("application/json"))
    complain(request.path + ": the content type is not application/json");
  boost::system::error_code ec;
  const auto read = json::parse(request.body, ec);
  if (ec || !read.is_object()) {
    complain(request.path + ": the body is no JSON object");
    return refuse(400, 100, "The body is no JSON object");
  }
  const auto& body = read.get_object();
  if (body.contains("status"))
    return take_read(body);
  texts problems;
  int code = 100;
  auto what = read_message(body, problems, code);
  complain_all(request.path, problems);
  if (!problems.empty())
    return refuse(400, code, problems.front());
  if (is_too_fast(what.to))
    return refuse(400, 131'056,
                  "Message failed to send because there were too "
                  "many messages sent from this phone number to "
                  "the same phone number in a short period of "
                  "time.");
  return accept(std::move(what));
}

peer_answer cloud_simulator::take_read(const object& body) {
  texts problems;
  member_reader in{body, {}, problems};
  if (in.needed("messaging_product") != "whatsapp")
    in.note("messaging_product", "is not whatsapp");
  if (in.needed("status") != "read")
    in.note("status", "is not read");
  if (!received_.contains(in.needed("message_id")))
    in.note("message_id", "names no message of a customer");
  if (const auto* typing = in.object("typing_indicator"))
    if (*typing != object{{"type", "text"}})
      in.note("typing_indicator", "has not the type text");
  in.finish();
  complain_all("read", problems);
  if (!problems.empty())
    return refuse(400, 100, problems.front());
  return say({{"success", true}});
}

whatsapp_delivery cloud_simulator::read_message(const object& body,
                                                texts& problems, int& code) {
  member_reader in{body, {}, problems};
  whatsapp_delivery out;
  if (in.needed("messaging_product") != "whatsapp")
    in.note("messaging_product", "is not whatsapp");
  if (in.has("recipient_type") && in.text("recipient_type") != "individual")
    in.note("recipient_type", "is not individual");
  out.to = in.text("to");
  const auto recipient = in.text("recipient");
  if (out.to.starts_with('+'))
    out.to.erase(0, 1);
  if (out.to.empty())
    out.to = recipient;
  else if (!whatsapp::is_digits(out.to))
    in.note("to", "is no number");
  if (out.to.empty())
    in.note("to", "is missing");
  out.kind = in.has("type") ? in.needed("type") : "text";
  out.key = in.text("biz_opaque_callback_data", false, 512);
  if (const auto* context = in.object("context")) {
    member_reader inner{*context, "context.", problems};
    out.quoted = inner.needed("message_id");
    if (!knows(out.quoted))
      inner.note("message_id", "names no message");
    inner.finish();
  }
  const auto* content = in.object(out.kind, true);
  in.finish();
  if (content == nullptr)
    return out;
  if (out.kind == "text")
    read_text(*content, out, problems);
  else if (out.kind == "interactive")
    read_interactive(*content, out, problems);
  else if (out.kind == "reaction")
    read_reaction(*content, out, problems);
  else if (out.kind == "location")
    read_location(*content, out, problems);
  else if (out.kind == "template")
    read_template(*content, out, problems, code);
  else if (out.kind == "image" || out.kind == "video" || out.kind == "audio"
           || out.kind == "sticker" || out.kind == "document")
    read_media(*content, out, problems);
  else
    in.note("type", "is not known: " + out.kind);
  return out;
}

peer_answer cloud_simulator::accept(whatsapp_delivery what) {
  what.id
    = "wamid." + whatsapp::to_base64(whatsapp::upper_case(new_id("HBgL", 37)));
  what.code = fate_of(what);
  sent_[what.id] = {what.to, what.key};
  add(what);
  report_by_itself(what);
  const object contact{{"input", what.to}, {"wa_id", what.to}};
  const object message{{"id", what.id}, {"message_status", "accepted"}};
  return say({{"messaging_product", "whatsapp"},
              {"contacts", json::array{contact}},
              {"messages", json::array{message}}});
}

bool cloud_simulator::knows(const std::string& id) const {
  return sent_.contains(id) || received_.contains(id);
}

bool cloud_simulator::is_too_fast(const std::string& to) {
  if (options_.pair_burst == 0)
    return false;
  constexpr double seconds_each = 6;
  const auto burst = static_cast<double>(options_.pair_burst);
  const auto now = now_locked();
  const auto [at, is_new] = rates_.try_emplace(to, pair_rate{burst, now});
  auto& rate = at->second;
  const std::chrono::duration<double> passed = now - rate.at;
  rate.at = now;
  rate.left = std::min(burst, rate.left + passed.count() / seconds_each);
  if (rate.left < 1)
    return true;
  rate.left -= 1;
  return false;
}

} // namespace switchboard::simulators
