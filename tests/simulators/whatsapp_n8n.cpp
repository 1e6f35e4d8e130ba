#include "tests/simulators/whatsapp_n8n.hpp"

#include "tests/simulators/whatsapp_wire.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <charconv>
#include <utility>

namespace switchboard::simulators {

namespace json = boost::json;
using whatsapp::member_reader;
using whatsapp::texts;

namespace {

constexpr std::string_view files_prefix = "/files/";
constexpr std::size_t text_max = 4'096;
constexpr std::size_t caption_max = 1'024;

peer_answer say(int status, const json::object& body) {
  peer_answer out;
  out.status = status;
  out.content_type = "application/json; charset=utf-8";
  out.body = json::serialize(body);
  return out;
}

} // namespace

n8n_bridge::n8n_bridge(n8n_bridge_options options)
  : whatsapp_simulator{options}, options_{std::move(options)} {
  start();
}

n8n_bridge::~n8n_bridge() {
  shut_down();
}

std::string n8n_bridge::hook_url() const {
  return url() + options_.path;
}

void n8n_bridge::set_active(bool is_active) {
  const std::lock_guard lock{mutex_};
  is_active_ = is_active;
}

// -- what the engine asks -----------------------------------------------------

peer_answer n8n_bridge::refusal(int status, int /*code*/) const {
  return say(status, {{"message", "Error in workflow"}});
}

peer_answer n8n_bridge::take(const peer_request& request) {
  if (request.method == "GET" && request.path.starts_with(files_prefix)) {
    const auto at
      = files_.find(std::string_view{request.path}.substr(files_prefix.size()));
    peer_answer out;
    out.status = at == files_.end() ? 404 : 200;
    if (at != files_.end()) {
      out.content_type = at->second.mime_type;
      out.body = at->second.bytes;
    }
    return out;
  }
  const auto is_known
    = request.method == "POST" && request.path == options_.path;
  if (!is_known)
    complain(request.method + " " + request.path + " is not known");
  if (!is_known || !is_active_)
    return say(404, {{"code", 404},
                     {"message", "The requested webhook is not registered."},
                     {"hint",
                      "The workflow must be active for a production "
                      "URL to run successfully."}});
  if (request.header("x-api-key") != options_.api_key) {
    complain(request.path + ": missing or wrong key");
    peer_answer out;
    out.status = 403;
    out.content_type = "text/html; charset=utf-8";
    out.body = "Authorization data is wrong!";
    return out;
  }
  return take_send(request);
}

peer_answer n8n_bridge::take_send(const peer_request& request) {
  texts problems;
  whatsapp_delivery what;
  std::string link;
  boost::system::error_code ec;
  const auto read = json::parse(request.body, ec);
  if (!request.header("content-type").starts_with("application/json"))
    problems.emplace_back("the content type is not application/json");
  if (ec || !read.is_object()) {
    problems.emplace_back("the body is no JSON object");
  } else {
    member_reader in{read.get_object(), {}, problems};
    if (in.needed("event") != "message.send")
      in.note("event", "is not message.send");
    what.to = in.needed("to");
    const auto jid = in.text("jid");
    if (in.has("jid") && !whatsapp::is_jid(jid))
      in.note("jid", "is no JID");
    if (!whatsapp::is_e164(what.to) && !whatsapp::is_jid(what.to))
      in.note("to", "is neither a telephone number nor a JID");
    what.key = in.needed("idempotencyKey", 512);
    if (const auto* quoted = in.object("quoted"))
      if (const auto* key = quoted->if_contains("key"))
        if (const auto* fields = key->if_object())
          what.quoted
            = member_reader{*fields, "quoted.key.", problems}.needed("id");
    if (const auto* content = in.object("messageContent", true))
      link = read_content(*content, what, problems);
    in.finish();
  }
  complain_all(request.path, problems);
  if (!problems.empty())
    return say(500, {{"message", "Error in workflow"}});
  what.id = new_id("n8n-", 24);
  what.is_settled = link.empty();
  add(what);
  if (!link.empty())
    fetch_file(what.id, link);
  if (!options_.gives_id)
    return say(200, {{"message", "Workflow was started"}});
  return say(200, {{"id", what.id}});
}

std::string n8n_bridge::read_content(const json::object& content,
                                     whatsapp_delivery& to, texts& problems) {
  member_reader in{content, "messageContent.", problems};
  std::string link;
  std::size_t count = 0;
  if (in.has("text")) {
    ++count;
    to.kind = "text";
    to.text = in.needed("text", text_max);
  }
  for (const auto* const kind :
       {"image", "video", "audio", "document", "sticker"}) {
    const auto* file = in.object(kind);
    if (file == nullptr)
      continue;
    ++count;
    to.kind = kind;
    member_reader inner{*file, std::string{kind} + ".", problems};
    link = inner.needed("link");
    inner.finish();
    to.file.mime_type = in.text("mimetype");
    to.file.name = in.text("fileName");
    to.text = in.text("caption", false, caption_max);
  }
  in.finish();
  if (count != 1)
    problems.push_back("messageContent has " + std::to_string(count)
                       + " contents");
  return link;
}

void n8n_bridge::fetch_file(const std::string& id, const std::string& link) {
  const auto host = link.find("//");
  const auto path = host == std::string::npos ? host : link.find('/', host + 2);
  outgoing_call call;
  call.method = "GET";
  call.target = path == std::string::npos ? "/" : link.substr(path);
  if (host != std::string::npos)
    call.host = link.substr(host + 2, path - host - 2);
  fetch(
    engine_port_locked(), std::move(call),
    [this, id, link](const call_reply& reply) {
      const std::lock_guard lock{mutex_};
      auto* what = delivery_with(id);
      if (what == nullptr)
        return;
      what->file.bytes = reply.body;
      what->is_settled = true;
      if (reply.status != 200 || reply.body.empty()) {
        complain(link + " answers " + std::to_string(reply.status) + " "
                 + reply.problem);
        what->code = reply.status == 0 ? 1 : reply.status;
      } else if (whatsapp::is_mislabelled(what->file.mime_type, reply.body)) {
        complain(link + " is not " + what->file.mime_type);
      }
      changed();
    });
}

// -- what people do -----------------------------------------------------------

call_reply n8n_bridge::posts(const json::object& body, bool with_key) {
  outgoing_call call;
  call.target = options_.inbound_path;
  call.headers
    = {{"Content-Type", "application/json"}, {"User-Agent", "axios/1.8.3"}};
  if (with_key)
    call.headers.emplace_back("x-api-key", options_.api_key);
  call.body = json::serialize(body);
  return post_and_wait(std::move(call));
}

json::object n8n_bridge::message(std::string_view phone, std::string_view text,
                                 std::string_view name, std::string_view id) {
  const std::lock_guard lock{mutex_};
  json::object out{{"from", phone}};
  out["id"] = id.empty() ? new_id("wf-", 24) : std::string{id};
  if (!text.empty())
    out["text"] = text;
  if (!name.empty())
    out["pushName"] = name;
  const auto now = unix_now();
  std::int64_t seconds = 0;
  std::from_chars(now.data(), now.data() + now.size(), seconds);
  out["timestamp"] = seconds;
  return out;
}

whatsapp_said n8n_bridge::says(std::string_view phone, std::string_view text,
                               std::string_view name, std::string_view id) {
  const auto body = message(phone, text, name, id);
  whatsapp_said out;
  out.id = body.at("id").as_string().c_str();
  out.reply = posts(body);
  return out;
}

whatsapp_said
n8n_bridge::sends(std::string_view phone, const whatsapp_file& file,
                  std::string_view caption, std::string_view name) {
  auto body = message(phone, caption, name, {});
  whatsapp_said out;
  out.id = body.at("id").as_string().c_str();
  {
    const std::lock_guard lock{mutex_};
    files_[out.id] = file;
  }
  // As the canonical contract has it, next to the message.
  const json::object where{{"mimetype", file.mime_type},
                           {"fileName", file.name},
                           {"url", url() + std::string{files_prefix} + out.id}};
  body["media"] = {{out.id, where}};
  out.reply = posts(body);
  return out;
}

} // namespace switchboard::simulators
