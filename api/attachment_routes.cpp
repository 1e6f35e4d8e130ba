#include "api/attachment_routes.hpp"

#include "api/errors.hpp"
#include "api/query.hpp"
#include "api/session_attachments.hpp"
#include "api/wait_for.hpp"
#include "domain/media_type.hpp"

#include <sodium/utils.h>

#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <charconv>
#include <utility>
#include <variant>

namespace switchboard::api {

namespace {

constexpr error_kind gone{410, "gone"};
constexpr error_kind range_not_satisfiable{416, "range_not_satisfiable"};
constexpr std::string_view cache_control = "private, max-age=3600";
constexpr std::string_view hex_digits = "0123456789ABCDEF";

/// The parameters of a signed address; nothing when there is none of them.
struct signed_query {
  std::string expires;
  std::string signature;
};

std::optional<signed_query> signature_of(const net::request& req) {
  std::optional<signed_query> out;
  each_parameter(req.query, [&](std::string_view name, std::string&& value) {
    if (name != "expires" && name != "signature")
      return;
    if (!out)
      out.emplace();
    (name == "expires" ? out->expires : out->signature) = std::move(value);
  });
  return out;
}

std::string etag_of(const domain::attachment& file) {
  std::string hex(file.sha256.size() * 2 + 1, '\0');
  sodium_bin2hex(hex.data(), hex.size(),
                 reinterpret_cast<const unsigned char*>(file.sha256.data()),
                 file.sha256.size());
  hex.pop_back(); // its terminating zero
  return '"' + hex + '"';
}

/// Whether a list of tags names this one; weak ones do here.
bool names_tag(std::string_view list, std::string_view tag) {
  while (!list.empty()) {
    auto one = list.substr(0, list.find(','));
    list.remove_prefix(std::min(one.size() + 1, list.size()));
    while (one.starts_with(' '))
      one.remove_prefix(1);
    while (one.ends_with(' '))
      one.remove_suffix(1);
    if (one.starts_with("W/"))
      one.remove_prefix(2);
    if (one == tag || one == "*")
      return true;
  }
  return false;
}

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t out = 0;
  const auto* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, out);
  if (text.empty() || error != std::errc{} || stop != end)
    return std::nullopt;
  return out;
}

/// As RFC 8187 wants it in `filename*`.
std::string percent_encoded(std::string_view text) {
  constexpr std::string_view plain = "!#$&+-.^_`|~";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')
                         || (c >= 'A' && c <= 'Z');
    if (is_word || plain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += '%';
      out += hex_digits[byte >> 4U];
      out += hex_digits[byte & 0x0FU];
    }
  }
  return out;
}

net::response come_back(const char* message) {
  auto out = error_response(unavailable, message);
  out.headers.emplace_back("Retry-After", "5");
  return out;
}

void add_file_headers(net::response& to, const domain::attachment& file) {
  to.headers.emplace_back("ETag", etag_of(file));
  to.headers.emplace_back("Accept-Ranges", "bytes");
  to.headers.emplace_back("Cache-Control", cache_control);
  to.headers.emplace_back("Content-Disposition", content_disposition(file));
  to.headers.emplace_back("Content-Security-Policy",
                          "sandbox; default-src 'none'");
}

std::string content_range(const range_request& wanted, std::uint64_t size) {
  std::string out = "bytes ";
  if (wanted.kind == range_kind::part) {
    const auto& [first, count] = wanted.range;
    out += std::to_string(first) + '-' + std::to_string(first + count - 1);
  } else {
    out += '*';
  }
  return out + '/' + std::to_string(size);
}

} // namespace

attachment_routes::attachment_routes(attachment_tools tools,
                                     attachment_options options)
  : tools_{tools}, options_{options}, records_{tools_.rows} {}

void attachment_routes::add_to(net::router& router, gate& door) {
  router.get("/api/v1/attachments/:id",
             net::async_handler{
               [this, &door](auto& req) { return on_read(req, door); }});
}

attachment_routes::answer attachment_routes::on_read(net::request& req,
                                                     gate& door) {
  const auto id = domain::parse_uuid(req.params.front());
  gate::header_list headers;
  const domain::attachment_id wanted{id.value_or(domain::uuid{})};
  if (auto refusal = refuse(req, wanted, door, headers)) {
    std::move(headers.begin(), headers.end(),
              std::back_inserter(refusal->headers));
    co_return std::move(*refusal);
  }
  auto settling = settled(wanted);
  auto found = co_await std::move(settling);
  net::response out;
  if (!found) {
    out = error_response(not_found, "there is no such attachment");
  } else if (found->state == domain::attachment_state::pending) {
    out = come_back("the file is still being fetched");
  } else if (found->state == domain::attachment_state::failed) {
    out = error_response(gone, found->failure.empty()
                                 ? std::string_view{"it could not be fetched"}
                                 : std::string_view{found->failure});
  } else {
    auto sending = send(req, std::move(*found));
    out = co_await std::move(sending);
  }
  std::move(headers.begin(), headers.end(), std::back_inserter(out.headers));
  co_return out;
}

std::optional<net::response>
attachment_routes::refuse(const net::request& req,
                          const domain::attachment_id& id, gate& door,
                          gate::header_list& headers) const {
  if (const auto given = signature_of(req)) {
    using verdict = channels::attachment_links::verdict;
    switch (tools_.links.judge(id, given->expires, given->signature)) {
      case verdict::good: return std::nullopt;
      case verdict::expired:
        return error_response(forbidden, "this address has expired");
      case verdict::wrong: break;
    }
    return error_response(forbidden, "this address is not signed by us");
  }
  auto admitted = door.admit(req, domain::scope::tickets_read, headers);
  if (auto* const refusal = std::get_if<net::response>(&admitted))
    return std::move(*refusal);
  return std::nullopt;
}

boost::asio::awaitable<std::optional<domain::attachment>>
attachment_routes::settled(domain::attachment_id id) {
  auto found = records_.find(id);
  if (!found)
    co_return std::nullopt;
  if (found->value.state != domain::attachment_state::pending)
    co_return std::move(found->value);
  /// A place among those who wait.
  struct place {
    std::atomic<std::size_t>& count;
    std::size_t before;
    explicit place(std::atomic<std::size_t>& all)
      : count{all}, before{all.fetch_add(1)} {}
    place(const place&) = delete;
    place& operator=(const place&) = delete;
    ~place() {
      --count;
    }
  };
  const place mine{waiting_};
  const auto deadline = std::chrono::steady_clock::now() + options_.patience;
  boost::asio::steady_timer timer{co_await boost::asio::this_coro::executor};
  while (mine.before < options_.waiting_max && !stopping_
         && std::chrono::steady_clock::now() < deadline) {
    timer.expires_after(options_.look_pause);
    auto waiting = timer.async_wait(boost::asio::use_awaitable);
    co_await std::move(waiting);
    found = records_.find(id);
    if (!found || found->value.state != domain::attachment_state::pending)
      break;
  }
  if (!found)
    co_return std::nullopt;
  co_return std::move(found->value);
}

attachment_routes::answer attachment_routes::send(const net::request& req,
                                                  domain::attachment file) {
  const auto tag = etag_of(file);
  if (names_tag(req.header("if-none-match"), tag)) {
    net::response same{304, {}};
    same.headers.emplace_back("ETag", tag);
    same.headers.emplace_back("Cache-Control", cache_control);
    co_return same;
  }
  range_request wanted;
  // A range of another version is of no use to who asks.
  const auto condition = req.header("if-range");
  if (req.header_count("range") == 1 && (condition.empty() || condition == tag))
    wanted = parse_range(req.header("range"), file.size);
  if (wanted.kind == range_kind::unsatisfiable) {
    auto none
      = error_response(range_not_satisfiable, "the file has no such range");
    none.headers.emplace_back("Content-Range",
                              content_range(wanted, file.size));
    co_return none;
  }
  persistence::file_range range;
  if (wanted.kind == range_kind::part) {
    range.first = wanted.range.first;
    range.count = wanted.range.count;
  }
  using outcome = std::variant<std::string, persistence::file_problem>;
  auto start = [this, &file, range](auto done) {
    tools_.files.read(file.sha256, range, std::move(done));
  };
  auto reading = wait_for<outcome>(start);
  auto read = co_await std::move(reading);
  if (const auto* const problem = std::get_if<persistence::file_problem>(&read))
    co_return refused_file(*problem);
  net::response out;
  out.body = std::get<std::string>(std::move(read));
  out.content_type = domain::known_media_type(file.mime_type);
  if (wanted.kind == range_kind::part) {
    out.status = 206;
    out.headers.emplace_back("Content-Range", content_range(wanted, file.size));
  }
  add_file_headers(out, file);
  co_return out;
}

range_request parse_range(std::string_view header, std::uint64_t size) {
  constexpr std::string_view unit = "bytes=";
  range_request out;
  if (!header.starts_with(unit))
    return out;
  header.remove_prefix(unit.size());
  const auto dash = header.find('-');
  if (dash == std::string_view::npos)
    return out;
  const auto first_text = header.substr(0, dash);
  const auto last_text = header.substr(dash + 1);
  const auto first = parse_number(first_text);
  const auto last = parse_number(last_text);
  if (!first_text.empty() && !first)
    return out;
  if (!last_text.empty() && !last)
    return out;
  if (!first && !last)
    return out;
  if (!first) { // the last so many bytes
    const auto count = std::min(*last, size);
    out.kind = count == 0 ? range_kind::unsatisfiable : range_kind::part;
    if (count > 0)
      out.range = {size - count, count};
    return out;
  }
  if (last && *last < *first)
    return out;
  if (*first >= size) {
    out.kind = range_kind::unsatisfiable;
    return out;
  }
  out.kind = range_kind::part;
  const auto end = last && *last < size - 1 ? *last : size - 1;
  out.range = {*first, end - *first + 1};
  return out;
}

std::string content_disposition(const domain::attachment& file) {
  std::string plain;
  for (const char c : file.name) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_safe
      = byte >= 0x20 && byte < 0x7F && c != '"' && c != '\\' && c != '%';
    plain += is_safe ? c : '_';
  }
  std::string out
    = domain::may_show_inline(file.mime_type) ? "inline" : "attachment";
  out += "; filename=\"" + plain + '"';
  out += "; filename*=UTF-8''" + percent_encoded(file.name);
  return out;
}

} // namespace switchboard::api
