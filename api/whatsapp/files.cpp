#include "api/whatsapp/files.hpp"

#include "api/commits.hpp"
#include "api/wait_for.hpp"
#include "domain/media_type.hpp"
#include "domain/text.hpp"
#include "persistence/claims.hpp"
#include "persistence/records.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace switchboard::api::whatsapp {

namespace {

using persistence::file_problem;
using write_outcome = std::variant<persistence::stored_file, file_problem>;

constexpr std::string_view absent_text
  = "the file did not come with its message";

domain::attachment_ref ref_of(const domain::attachment& file) {
  return {file.id, file.name, file.mime_type, file.size};
}

std::string type_of(std::string_view declared) {
  auto out = domain::media_type_of(declared);
  if (out.empty() || out.size() > domain::mime_type_size_max)
    return std::string{domain::unknown_media_type};
  return out;
}

domain::attachment begin_record(const intake_tools& tools,
                                const wire::media& file,
                                const file_owner& owner) {
  domain::attachment out;
  out.id = domain::attachment_id{tools.parts.ids.next_uuid()};
  out.name = domain::clean_file_name(file.name);
  out.mime_type = type_of(file.mime_type);
  out.size = file.size;
  out.session = owner.session;
  out.ticket = owner.ticket;
  out.created_at = out.updated_at = tools.parts.now();
  return out;
}

/// Whether asking again may help.
bool is_passing(file_problem::kind what) noexcept {
  switch (what) {
    case file_problem::kind::program:
    case file_problem::kind::too_large: return false;
    case file_problem::kind::no_room:
    case file_problem::kind::overloaded:
    case file_problem::kind::closed:
    case file_problem::kind::missing:
    case file_problem::kind::unreadable: break;
  }
  return true;
}

/// Fills in what became of the file; false: it could not be written now.
boost::asio::awaitable<bool>
settle_file(const intake_tools& tools, wire::media& file,
            domain::attachment& record, wire::provider via) {
  if (!file.bytes.empty() && tools.parts.store) {
    persistence::new_file bytes;
    bytes.bytes = std::move(file.bytes);
    bytes.name = record.name;
    bytes.declared_type = file.mime_type;
    auto start = [&tools, &bytes](auto done) {
      tools.parts.store(std::move(bytes), std::move(done));
    };
    auto writing = wait_for<write_outcome>(start);
    auto written = co_await std::move(writing);
    if (auto* const stored = std::get_if<persistence::stored_file>(&written)) {
      record.mime_type = std::move(stored->media_type);
      record.size = stored->size;
      record.sha256 = std::move(stored->sha256);
      co_return true;
    }
    const auto& problem = std::get<file_problem>(written);
    if (is_passing(problem.what))
      co_return false;
    record.state = domain::attachment_state::failed;
    record.failure = problem.detail;
    co_return true;
  }
  if (!file.reference.empty()) {
    record.state = domain::attachment_state::pending;
    record.provider_source
      = domain::provider_file{std::string{to_string(via)}, file.reference};
    co_return true;
  }
  record.state = domain::attachment_state::failed;
  record.failure = absent_text;
  co_return true;
}

/// What an earlier coming of the same message has made.
std::optional<domain::attachment_ref> find_first(const intake_tools& tools,
                                                 std::string_view record) {
  const auto id = domain::uuid_from_bytes(record);
  if (!id)
    return std::nullopt;
  const persistence::record_views records{tools.rows()};
  const auto found = records.find(domain::attachment_id{*id});
  return found ? std::optional{ref_of(found->value)} : std::nullopt;
}

} // namespace

boost::asio::awaitable<domain::result<std::vector<domain::attachment_ref>>>
keep_files(const intake_tools& tools, wire::inbound_message& message,
           file_owner owner) {
  using refs = std::vector<domain::attachment_ref>;
  using result = domain::result<refs>;
  refs out;
  auto* const said = std::get_if<wire::said>(&message.what);
  if (said == nullptr)
    co_return result{std::move(out)};
  const auto name
    = "file:" + wire::external_id(message.via, message.account, message.id);
  for (auto& file : said->files) {
    if (out.size() >= domain::attachments_max)
      break;
    const auto now = tools.parts.now();
    auto once
      = update_claim(message.via, name + ':' + std::to_string(out.size()), now);
    const auto known
      = persistence::find_claim(tools.rows(), once.scope, once.id, now);
    if (auto first = known ? find_first(tools, *known) : std::nullopt) {
      out.push_back(std::move(*first));
      continue;
    }
    auto record = begin_record(tools, file, owner);
    auto settling = settle_file(tools, file, record, message.via);
    const bool is_settled = co_await std::move(settling);
    if (!is_settled)
      co_return result{domain::fail(domain::errc::storage_unavailable,
                                    "a file could not be stored")};
    once.result = record.id.value.view();
    auto what = persistence::save(std::nullopt, record, now);
    // A message that waited long may find its first file swept away.
    if (!known)
      what.claims.push_back(std::move(once));
    auto committing = commit(tools.parts.journal, std::move(what));
    const auto written = co_await std::move(committing);
    if (std::holds_alternative<persistence::commit_failure>(written))
      co_return result{domain::fail(domain::errc::storage_unavailable,
                                    "a file could not be stored")};
    const auto* const first = std::get_if<persistence::conflict>(&written);
    auto ref = first != nullptr ? find_first(tools, first->result)
                                : std::optional{ref_of(record)};
    if (ref)
      out.push_back(std::move(*ref));
  }
  co_return result{std::move(out)};
}

} // namespace switchboard::api::whatsapp
