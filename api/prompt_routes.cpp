#include "api/prompt_routes.hpp"

#include "api/errors.hpp"
#include "api/pages.hpp"
#include "channels/rest/executor_forms.hpp"

#include <charconv>
#include <utility>
#include <vector>

namespace switchboard::api {

namespace rest = channels::rest;
using boost::beast::http::verb;

namespace {

/// So many are read at a time.
constexpr std::size_t piece_size = 100;

std::optional<domain::user_id> parse_user_id(std::string_view text) {
  std::uint64_t value = 0;
  const auto* const end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, value);
  if (problem != std::errc{} || stop != end || value == 0)
    return std::nullopt;
  return domain::user_id{value};
}

} // namespace

prompt_routes::prompt_routes(const persistence::row_reader& rows)
  : records_{rows}, tickets_{rows} {}

void prompt_routes::add_to(net::router& router, gate& door) {
  door.add(router, {verb::get, "/api/v1/prompts", domain::scope::tickets_read},
           this, &prompt_routes::on_list);
}

bool prompt_routes::filter::admits(const domain::prompt& prompt) const {
  return (!state || prompt.state == *state) && (!user || prompt.user == *user)
         && (!ticket || prompt.ticket == *ticket);
}

std::variant<prompt_routes::filter, net::response>
prompt_routes::parse(const net::request& req) const {
  auto page = parse_page(req.query);
  filter out;
  out.limit = page.limit;
  if (!page.cursor.empty()) {
    if (const auto id = domain::parse_uuid(page.cursor))
      out.before = domain::prompt_id{*id};
    else
      page.problems.push_back({"cursor", "is not one that this list gave"});
  }
  each_parameter(req.query, [&](std::string_view name, std::string&& value) {
    if (name == "state") {
      out.state = rest::parse_prompt_state(value);
      if (!out.state)
        page.problems.push_back(
          {"state", "must be awaiting_input, completed, cancelled or expired"});
    } else if (name == "user_id") {
      out.user = parse_user_id(value);
      if (!out.user)
        page.problems.push_back({"user_id", "must be a user's id"});
    } else if (name == "ticket_id") {
      out.ticket = tickets_.find_any_name(value);
      if (!out.ticket)
        page.problems.push_back({"ticket_id", "names no ticket"});
    }
  });
  if (!page.problems.empty())
    return invalid_response(page.problems);
  return out;
}

net::response prompt_routes::on_list(net::request& req) const {
  const auto parsed = parse(req);
  if (const auto* refusal = std::get_if<net::response>(&parsed))
    return *refusal;
  const auto& wanted = std::get<filter>(parsed);
  std::vector<domain::prompt> found;
  auto before = wanted.before;
  std::size_t looks = 0;
  bool at_end = false;
  while (!at_end && found.size() < wanted.limit && looks < looks_max) {
    auto some = records_.prompts_before(before, piece_size);
    at_end = some.size() < piece_size;
    for (auto& prompt : some) {
      if (found.size() == wanted.limit) {
        at_end = false;
        break;
      }
      before = prompt.id;
      ++looks;
      if (wanted.admits(prompt))
        found.push_back(std::move(prompt));
    }
  }
  // One that ends with the list has no next page.
  if (!at_end)
    at_end = records_.prompts_before(before, 1).empty();
  return page_response(
    found,
    [this](auto& out, const domain::prompt& prompt) {
      const auto ticket = tickets_.load(prompt.ticket);
      rest::write_prompt(out, prompt,
                         ticket ? std::optional{ticket->number} : std::nullopt);
    },
    at_end || !before ? std::string{} : to_string(before->value));
}

} // namespace switchboard::api
