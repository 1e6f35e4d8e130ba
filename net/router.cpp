#include "net/router.hpp"

#include "net/message.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <optional>
#include <utility>

namespace switchboard::net {

namespace {

using boost::beast::http::verb;

constexpr std::size_t segments_max = 16;

/// One place of the tree: the patterns that share all segments up to here.
struct node {
  std::vector<std::pair<std::string, std::unique_ptr<node>>> literals;
  std::unique_ptr<node> parameter;
  std::vector<const route*> routes; ///< that end here, one for each method
  std::string allow;
};

node* find_literal(const node& at, std::string_view segment) {
  for (const auto& [text, next] : at.literals)
    if (text == segment)
      return next.get();
  return nullptr;
}

/// A path taken apart at its slashes.
struct segment_list {
  std::array<std::string_view, segments_max> items;
  std::size_t count = 0;
};

std::optional<segment_list> split(std::string_view path) {
  segment_list segments;
  if (path.empty() || path.front() != '/')
    return std::nullopt;
  path.remove_prefix(1);
  while (!path.empty() || segments.count > 0) {
    const auto segment = path.substr(0, path.find('/'));
    if (segment.empty() || segments.count == segments_max)
      return std::nullopt;
    segments.items[segments.count++] = segment;
    if (segment.size() == path.size())
      break;
    path.remove_prefix(segment.size() + 1);
  }
  return segments;
}

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')
         || (c >= 'A' && c <= 'F');
}

/// Every `%` must begin an escape, and none may hide a NUL.
bool decodable(std::string_view segment) {
  for (auto at = segment.find('%'); at != std::string_view::npos;
       at = segment.find('%', at + 1)) {
    if (at + 2 >= segment.size() || !is_hex(segment[at + 1])
        || !is_hex(segment[at + 2]))
      return false;
    if (segment[at + 1] == '0' && segment[at + 2] == '0')
      return false;
  }
  return true;
}

const route* find_method(const node& at, verb method) {
  for (const auto* one : at.routes)
    if (one->method == method)
      return one;
  return nullptr;
}

std::string list_methods(const std::vector<const route*>& routes) {
  std::vector<std::string> names;
  for (const auto* one : routes) {
    names.emplace_back(boost::beast::http::to_string(one->method));
    if (one->method == verb::get)
      names.emplace_back("HEAD");
  }
  std::ranges::sort(names);
  const auto repeated = std::unique(names.begin(), names.end());
  names.erase(repeated, names.end());
  std::string list;
  for (const auto& name : names)
    list += (list.empty() ? "" : ", ") + name;
  return list;
}

/// One look-up; the walk goes back when a literal leads nowhere.
class walk {
public:
  walk(const segment_list& segments, std::vector<std::string>& params)
    : segments_{segments}, params_{params} {}

  const node* from(const node& at, std::size_t depth) {
    if (depth == segments_.count)
      return at.routes.empty() ? nullptr : &at;
    const auto segment = segments_.items[depth];
    const bool escaped = segment.find('%') != std::string_view::npos;
    const auto* next = escaped
                         ? find_literal(at, percent_decode(segment, false))
                         : find_literal(at, segment);
    if (next != nullptr)
      if (const auto* end = from(*next, depth + 1))
        return end;
    if (at.parameter == nullptr)
      return nullptr;
    const auto kept = params_.size();
    if (escaped)
      params_.push_back(percent_decode(segment, false));
    else
      params_.emplace_back(segment);
    if (const auto* end = from(*at.parameter, depth + 1))
      return end;
    params_.resize(kept);
    return nullptr;
  }

private:
  const segment_list& segments_;
  std::vector<std::string>& params_;
};

} // namespace

struct router::impl {
  node root;
  std::vector<std::unique_ptr<const route>> routes;
};

router::router() : impl_{std::make_unique<impl>()} {}
router::~router() = default;
router::router(router&&) noexcept = default;
router& router::operator=(router&&) noexcept = default;

void router::add(route r) {
  assert(int{r.sync != nullptr} + int{r.async != nullptr}
           + int{r.stream != nullptr}
         == 1);
  assert(r.stream == nullptr || r.method == verb::get);
  const auto kept
    = impl_->routes.emplace_back(std::make_unique<const route>(std::move(r)))
        .get();
  const auto segments = split(kept->pattern);
  assert(segments.has_value());
  auto* at = &impl_->root;
  for (std::size_t i = 0; i < segments->count; ++i) {
    const auto segment = segments->items[i];
    if (segment.front() == ':') {
      if (at->parameter == nullptr)
        at->parameter = std::make_unique<node>();
      at = at->parameter.get();
    } else if (auto* known = find_literal(*at, segment)) {
      at = known;
    } else {
      at = at->literals.emplace_back(segment, std::make_unique<node>())
             .second.get();
    }
  }
  assert(find_method(*at, kept->method) == nullptr);
  at->routes.push_back(kept);
  at->allow = list_methods(at->routes);
}

void router::get(std::string pattern, sync_handler h) {
  add({verb::get, std::move(pattern), std::move(h), {}});
}

void router::get(std::string pattern, async_handler h) {
  add({verb::get, std::move(pattern), {}, std::move(h)});
}

void router::post(std::string pattern, sync_handler h) {
  add({verb::post, std::move(pattern), std::move(h), {}});
}

void router::post(std::string pattern, async_handler h) {
  add({verb::post, std::move(pattern), {}, std::move(h)});
}

void router::put(std::string pattern, sync_handler h) {
  add({verb::put, std::move(pattern), std::move(h), {}});
}

void router::put(std::string pattern, async_handler h) {
  add({verb::put, std::move(pattern), {}, std::move(h)});
}

void router::patch(std::string pattern, sync_handler h) {
  add({verb::patch, std::move(pattern), std::move(h), {}});
}

void router::patch(std::string pattern, async_handler h) {
  add({verb::patch, std::move(pattern), {}, std::move(h)});
}

void router::del(std::string pattern, sync_handler h) {
  add({verb::delete_, std::move(pattern), std::move(h), {}});
}

void router::del(std::string pattern, async_handler h) {
  add({verb::delete_, std::move(pattern), {}, std::move(h)});
}

void router::stream(std::string pattern, stream_handler h) {
  add({verb::get, std::move(pattern), {}, {}, 0, std::move(h)});
}

router::match router::find(verb method, std::string_view path,
                           std::vector<std::string>& params) const {
  params.clear();
  match result;
  const auto segments = split(path);
  if (!segments || !decodable(path))
    return result;
  const auto* end = walk{*segments, params}.from(impl_->root, 0);
  if (end == nullptr)
    return result;
  result.path_known = true;
  result.allow = end->allow;
  result.found = find_method(*end, method);
  if (result.found == nullptr && method == verb::head)
    result.found = find_method(*end, verb::get);
  return result;
}

std::vector<const route*> router::routes() const {
  std::vector<const route*> all;
  all.reserve(impl_->routes.size());
  for (const auto& one : impl_->routes)
    all.push_back(one.get());
  return all;
}

} // namespace switchboard::net
