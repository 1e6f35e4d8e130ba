#include "net/server_request.hpp"

#include <boost/beast/core/string.hpp>

namespace switchboard::net {

namespace {

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size()
         && boost::beast::iequals({a.data(), a.size()}, {b.data(), b.size()});
}

/// The path and query of `http://host/path?query`, which clients of proxies
/// send; the authority adds nothing to `Host`.
std::string_view strip_authority(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!target.starts_with(scheme))
      continue;
    target.remove_prefix(scheme.size());
    const auto end = target.find_first_of("/?");
    if (end == std::string_view::npos)
      return "/";
    return target.substr(end);
  }
  return target;
}

} // namespace

void server_request::refresh() {
  method = reader_.method();
  auto target = reader_.target();
  if (!target.starts_with('/'))
    target = strip_authority(target);
  const auto mark = target.find('?');
  path = target.substr(0, mark);
  query = mark == std::string_view::npos ? std::string_view{}
                                         : target.substr(mark + 1);
  body = reader_.body();
}

std::string_view server_request::header(std::string_view name) const {
  for (const auto& field : reader_.fields())
    if (same_name(reader_.name(field), name))
      return reader_.value(field);
  return {};
}

std::size_t server_request::header_count(std::string_view name) const {
  std::size_t count = 0;
  for (const auto& field : reader_.fields())
    if (same_name(reader_.name(field), name))
      ++count;
  return count;
}

} // namespace switchboard::net
