#include "api/session_attachments.hpp"

#include "api/commits.hpp"
#include "api/errors.hpp"
#include "api/record_store.hpp"
#include "api/wait_for.hpp"
#include "channels/web/visitor.hpp"
#include "domain/media_type.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace switchboard::api {

namespace {

constexpr std::string_view file_field = "file";
/// For what stands around the files of a form.
constexpr std::size_t form_bytes = std::size_t{64} * 1024;
constexpr std::size_t uuid_size = 16;
constexpr error_kind too_large{413, "payload_too_large"};

net::response wrong_files(std::string message) {
  const channels::json::field_problem problem{std::string{file_field},
                                              std::move(message)};
  return invalid_response({&problem, 1});
}

/// The files of a form, or what is wrong with it.
std::variant<std::vector<form_part>, net::response>
files_of(const net::request& req) {
  const auto boundary = multipart_boundary(req.header("content-type"));
  if (!boundary || req.header_count("content-type") != 1)
    return error_response(unsupported_media_type,
                          "the body must be multipart/form-data");
  auto form = parse_multipart(req.body, *boundary);
  if (!form.problem.empty()) {
    const channels::json::field_problem problem{{}, std::move(form.problem)};
    return invalid_response({&problem, 1});
  }
  std::erase_if(form.parts,
                [](const auto& part) { return part.name != file_field; });
  if (form.parts.empty())
    return wrong_files("is required");
  if (form.parts.size() > domain::attachments_max)
    return wrong_files("may be given " + std::to_string(domain::attachments_max)
                       + " times at most");
  for (const auto& part : form.parts)
    if (part.body.empty())
      return wrong_files("is empty");
  return std::move(form.parts);
}

void write_kept(channels::json::writer& out, const domain::attachment& kept,
                const channels::attachment_links& links) {
  out.key("attachment_id").string(to_string(kept.id.value));
  out.key("name").string(kept.name);
  out.key("mime_type").string(kept.mime_type);
  out.key("size").number(kept.size);
  out.key("url").string(links.url(kept.id));
}

/// Whose `Idempotency-Key` it is.
caller as_caller(const domain::session_id& session) {
  caller out;
  out.name = to_string(session.value);
  return out;
}

} // namespace

session_attachments::session_attachments(upload_tools tools,
                                         const visitor_door& door,
                                         upload_options options)
  : tools_{tools},
    door_{door},
    options_{options},
    records_{tools_.journal.rows()},
    uploads_{options_.uploads, options_.window} {}

void session_attachments::add_to(net::router& router) {
  net::route route;
  route.method = boost::beast::http::verb::post;
  route.pattern = "/api/session/:session_id/attachments";
  route.async = [this](auto& req) { return on_upload(req); };
  route.body_bytes_max = options_.bytes_max + form_bytes;
  router.add(std::move(route));
}

session_attachments::answer session_attachments::on_upload(net::request& req) {
  auto admitted = door_.admit(req);
  if (auto* const refusal = std::get_if<net::response>(&admitted))
    co_return std::move(*refusal);
  auto found = files_of(req);
  if (auto* const refusal = std::get_if<net::response>(&found))
    co_return std::move(*refusal);
  const auto& who = std::get<visitor>(admitted);
  const auto asker = as_caller(who.session.id);
  // Who asks again because an answer was lost floods nobody.
  if (auto first = find_created<domain::attachment>(req, asker, tools_.journal,
                                                    door_.now())) {
    if (auto* const refusal = std::get_if<net::response>(&*first))
      co_return std::move(*refusal);
    const auto& known = std::get<created<domain::attachment>>(*first);
    co_return show_first(known.record.value, known.extra);
  }
  const auto verdict = uploads_.take(who.session.id.value.view());
  if (!verdict.allowed)
    co_return too_many("too many files in a short time", verdict);
  auto taking
    = take(req, who, std::get<std::vector<form_part>>(std::move(found)));
  auto answered = co_await std::move(taking);
  for (auto& header : limit_headers(verdict))
    answered.headers.push_back(std::move(header));
  co_return answered;
}

session_attachments::answer
session_attachments::take(const net::request& req, const visitor& who,
                          std::vector<form_part> files) {
  const auto now = door_.now();
  std::vector<domain::attachment> kept;
  for (const auto& part : files) {
    auto keeping = keep(who.session.id, part);
    auto one = co_await std::move(keeping);
    if (auto* const refusal = std::get_if<net::response>(&one))
      co_return std::move(*refusal);
    auto& record
      = kept.emplace_back(std::get<domain::attachment>(std::move(one)));
    record.created_at = record.updated_at = now;
    // The last one is committed together with the request's key. When it comes
    // to nothing, the others are files that nobody uses.
    if (kept.size() == files.size())
      break;
    auto what = persistence::save(std::nullopt, record, now);
    auto committing = commit(tools_.journal, std::move(what));
    const auto outcome = co_await std::move(committing);
    if (!std::holds_alternative<persistence::committed>(outcome))
      co_return not_committed(outcome);
  }
  std::string others;
  for (std::size_t i = 0; i + 1 < kept.size(); ++i)
    others += kept[i].id.value.view();
  const auto asker = as_caller(who.session.id);
  auto creating = create_record(req, asker, tools_.journal, now, kept.back(),
                                std::move(others));
  auto made = co_await std::move(creating);
  if (auto* const refusal = std::get_if<net::response>(&made))
    co_return std::move(*refusal);
  const auto& known = std::get<created<domain::attachment>>(made);
  // Somebody with the same key was quicker: theirs are the ones.
  if (known.record.value.id != kept.back().id)
    co_return show_first(known.record.value, known.extra);
  co_return show(kept);
}

boost::asio::awaitable<session_attachments::kept_or_refused>
session_attachments::keep(const domain::session_id& session,
                          const form_part& part) {
  persistence::new_file file;
  file.bytes = part.body;
  file.name = domain::clean_file_name(part.file_name.value_or(""));
  file.declared_type = part.content_type;
  domain::attachment record;
  record.id = {tools_.ids.next_uuid()};
  record.name = file.name;
  record.session = session;
  using outcome
    = std::variant<persistence::stored_file, persistence::file_problem>;
  auto start = [this, &file](auto done) {
    tools_.files.write(std::move(file), std::move(done));
  };
  auto writing = wait_for<outcome>(start);
  auto written = co_await std::move(writing);
  if (const auto* const problem
      = std::get_if<persistence::file_problem>(&written))
    co_return refused_file(*problem);
  auto& stored = std::get<persistence::stored_file>(written);
  record.mime_type = std::move(stored.media_type);
  record.size = stored.size;
  record.sha256 = std::move(stored.sha256);
  co_return record;
}

net::response
session_attachments::show(const std::vector<domain::attachment>& kept) const {
  std::string body;
  channels::json::writer out{body};
  out.begin_object();
  if (kept.size() == 1) {
    write_kept(out, kept.front(), tools_.links);
  } else {
    out.key("attachment_id").string(to_string(kept.front().id.value));
    out.key("attachments").begin_array();
    for (const auto& one : kept) {
      write_kept(out.begin_object(), one, tools_.links);
      out.end_object();
    }
    out.end_array();
  }
  out.end_object();
  net::response shown{201, std::move(body)};
  shown.headers.emplace_back("Cache-Control", "no-store");
  return shown;
}

net::response session_attachments::show_first(const domain::attachment& last,
                                              std::string_view others) const {
  std::vector<domain::attachment> kept;
  for (; !others.empty(); others.remove_prefix(uuid_size)) {
    const auto id = domain::uuid_from_bytes(others.substr(0, uuid_size));
    const auto found
      = id ? records_.find(domain::attachment_id{*id}) : std::nullopt;
    if (!found)
      return records::first_is_gone("attachment");
    kept.push_back(found->value);
  }
  kept.push_back(last);
  return show(kept);
}

std::variant<std::vector<domain::attachment_ref>, net::response>
find_attachments(const persistence::record_views& records,
                 const domain::session_id& session,
                 const std::vector<domain::attachment_id>& ids,
                 domain::timestamp now) {
  std::vector<domain::attachment_ref> out;
  for (const auto& id : ids) {
    const auto found = records.find(id);
    const bool is_own
      = found && found->value.session == session
        && found->value.state == domain::attachment_state::ready;
    if (!is_own || now - found->value.created_at > attachable_life) {
      const channels::json::field_problem problem{
        "attachment_ids", is_own ? "names an attachment that is too old"
                                 : channels::web::unknown_attachment};
      return invalid_response({&problem, 1});
    }
    const auto& known = found->value;
    out.push_back({known.id, known.name, known.mime_type, known.size});
  }
  return out;
}

net::response refused_file(const persistence::file_problem& problem) {
  using kind = persistence::file_problem::kind;
  const auto later = [&](const error_kind& what) {
    auto out = error_response(what, problem.detail);
    out.headers.emplace_back("Retry-After", "1");
    return out;
  };
  switch (problem.what) {
    case kind::program:
      return error_response(unsupported_media_type, problem.detail);
    case kind::too_large: return error_response(too_large, problem.detail);
    case kind::overloaded: return later({503, "overloaded"});
    case kind::no_room:
    case kind::closed: return later({503, "storage_unavailable"});
    case kind::missing:
    case kind::unreadable: break;
  }
  // What the disk says is for the operator.
  spdlog::error("attachments: {}", problem.detail);
  auto out = error_response({503, "storage_unavailable"},
                            "the file cannot be reached now");
  out.headers.emplace_back("Retry-After", "10");
  return out;
}

} // namespace switchboard::api
