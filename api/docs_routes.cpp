#include "api/docs_routes.hpp"

#include "api/errors.hpp"
#include "api/openapi/embedded_file.hpp"

#include <sodium/crypto_generichash.h>
#include <sodium/utils.h>

#include <algorithm>
#include <array>
#include <utility>

namespace switchboard::api {

namespace {

/// Scripts, styles and calls: of this server alone. The style sheet draws its
/// arrows with `data:` images.
constexpr std::string_view page_policy
  = "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

/// Names `content`; quoted, as `ETag` wants it.
std::string tag_of(std::string_view content) {
  constexpr std::size_t hash_size = 16;
  std::array<unsigned char, hash_size> hash{};
  crypto_generichash(hash.data(), hash.size(),
                     reinterpret_cast<const unsigned char*>(content.data()),
                     content.size(), nullptr, 0);
  std::array<char, 2 * hash_size + 1> digits{};
  sodium_bin2hex(digits.data(), digits.size(), hash.data(), hash.size());
  return '"' + std::string{digits.data()} + '"';
}

/// Whether the client has `tag` already. Weak tags count: bytes are compared
/// nowhere.
bool is_known(const net::request& req, std::string_view tag) {
  const auto known = req.header("if-none-match");
  return known == "*" || known.find(tag) != std::string_view::npos;
}

std::string_view type_of(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> types{
    {{".html", "text/html; charset=utf-8"},
     {".css", "text/css; charset=utf-8"},
     {".js", "text/javascript; charset=utf-8"},
     {".png", "image/png"}}};
  for (const auto& [ending, type] : types)
    if (name.ends_with(ending))
      return type;
  return "text/plain; charset=utf-8";
}

/// Kept by the client and asked for again each time, which costs a 304.
void add_freshness(net::response& out, std::string tag) {
  out.headers.emplace_back("ETag", std::move(tag));
  out.headers.emplace_back("Cache-Control", "no-cache");
}

net::response serve(const net::request& req, const embedded_file& file) {
  // Some of them are large, and they never change.
  static const auto tags = [] {
    std::vector<std::string> all;
    for (const auto& one : docs_files())
      all.push_back(tag_of(one.content));
    return all;
  }();
  const auto& tag = tags[static_cast<std::size_t>(&file - docs_files().data())];
  const bool known = is_known(req, tag);
  net::response out{known ? 304U : 200U, {}, type_of(file.name)};
  if (!known)
    out.body = file.content;
  add_freshness(out, tag);
  out.headers.emplace_back("Content-Security-Policy", page_policy);
  out.headers.emplace_back("Referrer-Policy", "no-referrer");
  return out;
}

} // namespace

docs_routes::docs_routes(std::function<const std::string&()> public_url)
  : public_url_{std::move(public_url)} {}

void docs_routes::add_to(net::router& router) {
  router.get("/openapi.json",
             net::sync_handler{[this](auto& req) { return on_document(req); }});
  router.get("/docs",
             net::sync_handler{[](auto& req) { return on_page(req); }});
  router.get("/docs/:file",
             net::sync_handler{[](auto& req) { return on_file(req); }});
}

net::response docs_routes::on_document(const net::request& req) const {
  auto text = document_.text(public_url_());
  auto tag = tag_of(text);
  net::response out;
  if (is_known(req, tag))
    out.status = 304;
  else
    out.body = std::move(text);
  add_freshness(out, std::move(tag));
  return out;
}

net::response docs_routes::on_page(const net::request& req) {
  return serve(req, docs_files().front());
}

net::response docs_routes::on_file(const net::request& req) {
  const auto files = docs_files();
  const auto found
    = std::ranges::find(files, req.params.front(), &embedded_file::name);
  if (found == files.end())
    return error_response(not_found, "the page has no such file");
  return serve(req, *found);
}

} // namespace switchboard::api
