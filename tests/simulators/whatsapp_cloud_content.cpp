#include "tests/simulators/whatsapp_cloud.hpp"
#include "tests/simulators/whatsapp_wire.hpp"

#include <boost/json/serialize.hpp>

#include <utility>

// The contents of messages that the engine sends by the Graph API.

namespace switchboard::simulators {

namespace json = boost::json;
using whatsapp::member_reader;
using whatsapp::texts;

namespace {

constexpr std::size_t text_max = 4'096;
constexpr std::size_t caption_max = 1'024;

/// `{"type": "reply", "reply": {"id", "title"}}`, its text in brackets.
std::string read_button(const json::value& given, texts& problems) {
  const auto* button = given.if_object();
  if (button == nullptr) {
    problems.emplace_back("a button is no object");
    return {};
  }
  member_reader in{*button, "button.", problems};
  if (in.needed("type") != "reply")
    in.note("type", "is not reply");
  std::string out;
  if (const auto* reply = in.object("reply", true)) {
    member_reader inner{*reply, "reply.", problems};
    inner.needed("id", 256);
    out = " [" + inner.needed("title", 20) + "]";
    inner.finish();
  }
  in.finish();
  return out;
}

/// The parameters of a template's body.
texts read_parameters(const json::array& components, texts& problems) {
  texts out;
  for (const auto& one : components) {
    const auto* component = one.if_object();
    if (component == nullptr) {
      problems.emplace_back("a component is no object");
      continue;
    }
    member_reader in{*component, "component.", problems};
    const auto is_body = in.needed("type") == "body";
    const auto* given = in.array("parameters");
    in.finish();
    if (!is_body || given == nullptr)
      continue;
    for (const auto& parameter : *given) {
      const auto* fields = parameter.if_object();
      if (fields == nullptr) {
        problems.emplace_back("a parameter is no object");
        continue;
      }
      member_reader inner{*fields, "parameter.", problems};
      if (inner.needed("type") != "text")
        inner.note("type", "is not text");
      out.push_back(inner.needed("text", caption_max));
      inner.finish();
      if (out.back().find_first_of("\n\t") != std::string::npos
          || out.back().find("     ") != std::string::npos)
        problems.emplace_back(
          "a parameter has a line break, a tabulator or "
          "five blanks in a row");
    }
  }
  return out;
}

} // namespace

void cloud_simulator::read_text(const object& body, whatsapp_delivery& to,
                                texts& problems) const {
  member_reader in{body, "text.", problems};
  to.text = in.needed("body", text_max);
  in.flag("preview_url");
  in.finish();
}

void cloud_simulator::read_media(const object& body, whatsapp_delivery& to,
                                 texts& problems) const {
  member_reader in{body, to.kind + ".", problems};
  const auto id = in.text("id");
  const auto link = in.text("link");
  if (id.empty() == link.empty())
    in.note("id", "or link must be there, one of them");
  if (to.kind == "image" || to.kind == "video" || to.kind == "document")
    to.text = in.text("caption", false, caption_max);
  if (to.kind == "document")
    to.file.name = in.text("filename", false, 240);
  if (to.kind == "audio")
    in.flag("voice");
  in.finish();
  if (id.empty())
    return;
  const auto at = media_.find(id);
  if (at == media_.end()) {
    in.note("id", "names no file");
    return;
  }
  const auto name = to.file.name;
  to.file = at->second.file;
  if (!name.empty())
    to.file.name = name;
  const auto kind = whatsapp::kind_of(to.file.mime_type);
  if (to.kind != "document" && kind != to.kind)
    in.note("id", "names a file that is no " + to.kind);
}

void cloud_simulator::read_interactive(const object& body,
                                       whatsapp_delivery& to,
                                       texts& problems) const {
  member_reader in{body, "interactive.", problems};
  const auto type = in.needed("type");
  if (const auto* words = in.object("body", true)) {
    member_reader inner{*words, "body.", problems};
    to.text = inner.needed("text", 1'024);
    inner.finish();
  }
  for (const auto* const part : {"header", "footer"})
    in.object(part);
  const auto* action = in.object("action", true);
  in.finish();
  if (action == nullptr)
    return;
  member_reader inner{*action, "action.", problems};
  if (type == "button") {
    const auto* buttons = inner.array("buttons", true);
    if (buttons != nullptr && (buttons->empty() || buttons->size() > 3))
      inner.note("buttons", "are not one to three");
    if (buttons != nullptr)
      for (const auto& one : *buttons)
        to.text += read_button(one, problems);
  } else if (type == "list") {
    inner.needed("button", 20);
    inner.array("sections", true);
  } else {
    in.note("type", "is not known: " + type);
  }
  inner.finish();
}

void cloud_simulator::read_reaction(const object& body, whatsapp_delivery& to,
                                    texts& problems) const {
  member_reader in{body, "reaction.", problems};
  to.target = in.needed("message_id");
  to.text = in.text("emoji", false, 16);
  if (!in.has("emoji"))
    in.note("emoji", "is missing");
  if (!knows(to.target))
    in.note("message_id", "names no message");
  in.finish();
}

void cloud_simulator::read_location(const object& body, whatsapp_delivery& to,
                                    texts& problems) const {
  member_reader in{body, "location.", problems};
  in.number("latitude", true);
  in.number("longitude", true);
  to.text = in.text("name");
  in.text("address");
  in.finish();
}

void cloud_simulator::read_template(const object& body, whatsapp_delivery& to,
                                    texts& problems, int& code) const {
  member_reader in{body, "template.", problems};
  to.template_name = in.needed("name");
  if (const auto* language = in.object("language", true)) {
    member_reader inner{*language, "language.", problems};
    if (inner.needed("code") != options_.template_language) {
      inner.note("code", "is not the template's");
      code = 132'001;
    }
    inner.finish();
  }
  texts parameters;
  if (const auto* components = in.array("components"))
    parameters = read_parameters(*components, problems);
  in.finish();
  const auto known = options_.templates.find(to.template_name);
  if (known == options_.templates.end()) {
    in.note("name", "names no template");
    code = 132'001;
  } else if (parameters.size() != known->second) {
    in.note("components", "have another number of parameters");
    code = 132'000;
  }
  if (!parameters.empty())
    to.text = parameters.front();
}

} // namespace switchboard::simulators
