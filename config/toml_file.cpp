#include "config/toml_file.hpp"

#include "config/assign.hpp"
#include "config/keys.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace switchboard::config {

namespace {

constexpr std::size_t file_size_max = 1'048'576;

const key_spec* find_key(std::string_view section, std::string_view key) {
  for (const auto& spec : keys())
    if (spec.section == section && spec.key == key)
      return &spec;
  return nullptr;
}

/// Whether keys may stand in `path` or in a section below it.
bool is_section(std::string_view path) {
  return std::ranges::any_of(keys(), [path](const key_spec& spec) {
    return spec.section == path
           || (spec.section.starts_with(path)
               && spec.section.substr(path.size()).starts_with('.'));
  });
}

/// Fills `out`, or returns false when no key takes such a node.
bool to_value(const toml::node& node, value& out) {
  if (const auto* number = node.as_integer()) {
    out = number->get();
    return true;
  }
  if (const auto* truth = node.as_boolean()) {
    out = truth->get();
    return true;
  }
  if (const auto* text = node.as_string()) {
    out = text->get();
    return true;
  }
  const auto* array = node.as_array();
  if (array == nullptr)
    return false;
  auto& items = out.emplace<std::vector<std::string>>();
  for (const auto& item : *array) {
    if (const auto* number = item.as_integer())
      items.push_back(std::to_string(number->get()));
    else if (const auto* text = item.as_string())
      items.push_back(text->get());
    else
      return false;
  }
  return true;
}

/// Walks one parsed file.
class reader {
public:
  reader(config& c, std::string name, std::vector<problem>& problems)
    : config_{c}, name_{std::move(name)}, problems_{problems} {}

  void read_table(const toml::table& table, const std::string& section) {
    for (const auto& [key, node] : table) {
      const std::string name{key.str()};
      std::string path = section;
      path += section.empty() ? "" : ".";
      path += name;
      if (const auto* spec = find_key(section, name))
        read_key(*spec, node);
      else if (const auto* inner = node.as_table();
               inner != nullptr && is_section(path))
        read_table(*inner, path);
      else if (inner != nullptr)
        refuse_section(path, node);
      else
        refuse_key(path, node);
    }
  }

private:
  void add(const toml::node& node, std::string key, std::string shown,
           std::string message) {
    const auto line = node.source().begin.line;
    problems_.push_back({name_ + ':' + std::to_string(line), std::move(key),
                         std::move(shown), std::move(message)});
  }

  void read_key(const key_spec& spec, const toml::node& node) {
    value given;
    const bool fits = to_value(node, given);
    const auto wrong = fits ? assign(config_, spec, given) : expectation(spec);
    if (!wrong)
      return;
    std::string shown = "(hidden)";
    if (!spec.secret)
      shown = fits ? show(spec, given) : raw(node);
    add(node, full_name(spec), std::move(shown), *wrong);
  }

  void refuse_section(const std::string& path, const toml::node& node) {
    name_guesser guess{path};
    for (const auto& spec : keys())
      guess.consider(std::string{spec.section});
    add(node, path, {}, "there is no section [" + path + "]" + guess.hint());
  }

  /// The value stays out of the message: it may be a misplaced secret.
  void refuse_key(const std::string& path, const toml::node& node) {
    if (is_section(path)) {
      add(node, path, {}, "is a section: write [" + path + "]");
      return;
    }
    name_guesser guess{path};
    for (const auto& spec : keys())
      guess.consider(full_name(spec));
    // Else perhaps the right key in the wrong section.
    const auto last = path.substr(path.rfind('.') + 1);
    for (const auto& spec : keys())
      if (spec.key == last)
        guess.fall_back_on(full_name(spec));
    add(node, path, {}, "there is no such key" + guess.hint());
  }

  static std::string raw(const toml::node& node) {
    std::ostringstream out;
    node.visit([&out](const auto& n) { out << n; });
    const auto text = out.str();
    return text.size() > 200 ? text.substr(0, 200) + "..." : text;
  }

  config& config_;
  std::string name_;
  std::vector<problem>& problems_;
};

} // namespace

void read_file(config& c, const std::filesystem::path& file,
               std::vector<problem>& problems) {
  const auto name = file.string();
  std::error_code error;
  if (!std::filesystem::exists(file, error)) {
    problems.push_back({name, {}, {}, "there is no such file"});
    return;
  }
  std::ifstream in{file, std::ios::binary};
  std::string text;
  text.resize(file_size_max + 1);
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (!in.is_open() || in.bad()) {
    problems.push_back({name, {}, {}, "the file cannot be read"});
    return;
  }
  if (text.size() > file_size_max) {
    problems.push_back({name, {}, {}, "the file is larger than 1 MiB"});
    return;
  }
  try {
    reader{c, name, problems}.read_table(toml::parse(text, name), {});
  } catch (const toml::parse_error& e) {
    const auto line = std::to_string(e.source().begin.line);
    problems.push_back({name + ':' + line,
                        {},
                        {},
                        "this is no TOML: " + std::string{e.description()}});
  }
}

} // namespace switchboard::config
