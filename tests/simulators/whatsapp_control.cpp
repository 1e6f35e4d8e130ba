#include "tests/simulators/whatsapp_control.hpp"

#include "tests/simulators/whatsapp_wire.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <utility>

namespace switchboard::simulators {

namespace json = boost::json;
using whatsapp::member_reader;
using whatsapp::texts;

namespace {

constexpr std::string_view prefix = "/control/";

peer_answer say(int status, const json::value& body) {
  peer_answer out;
  out.status = status;
  out.body = json::serialize(body) + "\n";
  return out;
}

peer_answer refuse(const texts& problems) {
  json::array all;
  for (const auto& one : problems)
    all.emplace_back(one);
  return say(400, {{"errors", std::move(all)}});
}

json::value to_json(const whatsapp_delivery& one) {
  json::object out{{"id", one.id}, {"to", one.to}, {"kind", one.kind}};
  const auto add = [&out](std::string_view name, const std::string& value) {
    if (!value.empty())
      out[name] = value;
  };
  add("text", one.text);
  add("quoted", one.quoted);
  add("target", one.target);
  add("template", one.template_name);
  add("mime_type", one.file.mime_type);
  add("file_name", one.file.name);
  if (!one.file.bytes.empty())
    out["file_size"] = one.file.bytes.size();
  return out;
}

whatsapp_words read_words(member_reader& in, texts& problems) {
  whatsapp_words out;
  out.from = in.needed("from");
  if (!whatsapp::is_e164(out.from))
    in.note("from", "is no number like +15551234567");
  out.name = in.text("name");
  out.text = in.text("text");
  out.group = in.text("group");
  out.reply_to = in.text("reply_to");
  if (const auto* given = in.object("file")) {
    member_reader inner{*given, "file.", problems};
    out.file.mime_type = inner.needed("mime_type");
    out.file.name = inner.text("name");
    out.file.bytes = whatsapp::from_base64(inner.needed("base64")).value_or("");
    if (out.file.bytes.empty())
      inner.note("base64", "is none");
    inner.finish();
  } else if (out.text.empty()) {
    in.note("text", "is missing, and there is no file");
  }
  return out;
}

/// What POST calls do; nothing when there is no such call.
std::optional<peer_answer>
act(whatsapp_simulator& on, const whatsapp_hand& hand, std::string_view action,
    const json::object& body) {
  texts problems;
  member_reader in{body, {}, problems};
  json::object out{{"ok", true}};
  if (action == "say") {
    const auto words = read_words(in, problems);
    in.finish();
    if (problems.empty())
      out["id"] = hand.say(words).id;
  } else if (action == "report") {
    const auto id = in.needed("id");
    const auto status = in.needed("status");
    in.finish();
    if (problems.empty())
      hand.report(id, status);
  } else if (action == "state") {
    const auto state = in.needed("state");
    in.finish();
    if (problems.empty() && !hand.become(state))
      in.note("state", "is not connected, disconnected or logged_out");
  } else if (action == "advance") {
    const auto hours = in.number("hours", true);
    in.finish();
    const std::chrono::duration<double, std::ratio<3'600>> time{hours};
    if (problems.empty())
      on.advance(std::chrono::duration_cast<std::chrono::milliseconds>(time));
  } else {
    return std::nullopt;
  }
  return problems.empty() ? say(200, out) : refuse(problems);
}

peer_answer show(const whatsapp_simulator& on, std::string_view what) {
  json::array out;
  if (what == "sent") {
    for (const auto& one : on.deliveries())
      out.push_back(to_json(one));
    return say(200, {{"sent", std::move(out)}});
  }
  if (what != "complaints")
    return say(404, {{"errors", json::array{"no such control"}}});
  for (const auto& one : on.complaints())
    out.emplace_back(one);
  return say(200, {{"complaints", std::move(out)}});
}

} // namespace

whatsapp_simulator::control make_whatsapp_control(whatsapp_simulator& on,
                                                  whatsapp_hand hand) {
  return [&on, hand = std::move(hand)](
           const peer_request& request) -> std::optional<peer_answer> {
    if (!request.path.starts_with(prefix))
      return std::nullopt;
    const auto action = std::string_view{request.path}.substr(prefix.size());
    if (request.method == "GET")
      return show(on, action);
    boost::system::error_code ec;
    const auto body = json::parse(request.body, ec);
    if (ec || !body.is_object())
      return refuse({"the body is no JSON object"});
    if (auto answer = act(on, hand, action, body.get_object()))
      return answer;
    return say(404, {{"errors", json::array{"no such control"}}});
  };
}

bool set_whatsapp_state(whatsapp_simulator& on, std::string_view state) {
  const auto status = state == "connected"      ? 200
                      : state == "disconnected" ? 503
                      : state == "logged_out"   ? 401
                                                : 0;
  if (status == 0)
    return false;
  on.clear_faults();
  if (status != 200)
    on.fail(whatsapp_fault::refuse(status).repeated(0));
  return true;
}

} // namespace switchboard::simulators
