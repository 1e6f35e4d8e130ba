#include "app/remote_files.hpp"

#include "actors/id_source.hpp"
#include "api/commits.hpp"
#include "api/wait_for.hpp"
#include "channels/json/reader.hpp"
#include "channels/json/writer.hpp"

#include <spdlog/spdlog.h>

#include <array>
#include <utility>

namespace switchboard::app {

using channels::http_answer;
using persistence::stored_file;

namespace {

constexpr std::size_t uuid_text_size = 36;
constexpr int record_tries_max = 16;

std::optional<domain::attachment_id> read_payload(std::string_view payload) {
  static constexpr std::array<std::string_view, 1> fields{"attachment_id"};
  channels::json::object_reader in{payload, fields};
  if (!in.is_object())
    return std::nullopt;
  const auto id
    = domain::parse_uuid(in.text(fields[0], {.length_max = uuid_text_size}));
  return id ? std::optional{domain::attachment_id{*id}} : std::nullopt;
}

} // namespace

http_answer file_answer(int status, std::string detail) {
  http_answer out;
  out.status = status;
  out.detail = std::move(detail);
  return out;
}

file_setback file_trouble(std::string detail) {
  return {file_answer(503, std::move(detail))};
}

std::vector<std::chrono::milliseconds> file_pauses() {
  using namespace std::chrono_literals;
  return {1s, 5s, 30s, 2min, 10min, 1h};
}

persistence::new_delivery file_delivery(std::string lane, std::string kind,
                                        domain::attachment_id id,
                                        domain::timestamp now) {
  persistence::new_delivery out;
  out.lane = std::move(lane);
  out.group = to_string(id.value);
  out.kind = std::move(kind);
  channels::json::writer json{out.payload};
  json.begin_object().key("attachment_id").string(out.group);
  json.end_object();
  out.created_at = now;
  return out;
}

std::vector<domain::attachment>
pending_files(const persistence::record_views& records,
              std::span<const domain::ticket_event> events) {
  std::vector<domain::attachment> out;
  for (const auto& event : events) {
    const auto* const added = std::get_if<domain::message_added>(&event.fact);
    if (added == nullptr)
      continue;
    for (const auto& one : added->message.attachments) {
      auto known = records.find(one.id);
      if (known && known->value.state == domain::attachment_state::pending)
        out.push_back(std::move(known->value));
    }
  }
  return out;
}

remote_files::remote_files(persistence::journal& journal,
                           persistence::attachment_store& files,
                           std::size_t tries_max)
  : journal_{journal},
    files_{files},
    records_{journal.rows()},
    tries_max_{tries_max} {}

boost::asio::awaitable<http_answer>
remote_files::bring(persistence::delivery what, obtainer obtain) const {
  const auto id = read_payload(what.payload);
  if (!id)
    co_return file_answer(400, "this names no file");
  const auto known = records_.find(*id);
  if (!known || known->value.state == domain::attachment_state::ready)
    co_return file_answer(200, "nothing to do");
  auto obtaining = obtain_and_keep(known->value, obtain);
  auto obtained = co_await std::move(obtaining);
  if (auto* const refused = std::get_if<file_refusal>(&obtained)) {
    auto giving_up = give_up(*id, std::move(refused->reason));
    co_return co_await std::move(giving_up);
  }
  if (auto* const failed = std::get_if<file_setback>(&obtained)) {
    // After the last try nobody waits for it any longer.
    const bool is_last = what.attempts + 1 >= tries_max_;
    if (is_last && failed->answer.status != 429) {
      auto giving_up = give_up(*id, "it could not be fetched");
      const auto written = co_await std::move(giving_up);
      if (written.status != 200)
        co_return written;
    }
    co_return std::move(failed->answer);
  }
  const auto& stored = std::get<stored_file>(obtained);
  auto settling = settle(*id, [stored](domain::attachment& file) {
    file.state = domain::attachment_state::ready;
    file.mime_type = stored.media_type;
    file.size = stored.size;
    file.sha256 = stored.sha256;
    file.failure.clear();
  });
  const bool is_settled = co_await std::move(settling);
  if (!is_settled)
    co_return file_answer(503, "the journal takes nothing now");
  co_return file_answer(200, "fetched");
}

boost::asio::awaitable<file_result<stored_file>>
remote_files::obtain_and_keep(domain::attachment file,
                              const obtainer& obtain) const {
  auto obtaining = obtain(file);
  auto bytes = co_await std::move(obtaining);
  if (auto* const refused = std::get_if<file_refusal>(&bytes))
    co_return std::move(*refused);
  if (auto* const failed = std::get_if<file_setback>(&bytes))
    co_return std::move(*failed);
  persistence::new_file fresh;
  fresh.bytes = std::get<std::string>(std::move(bytes));
  fresh.name = std::move(file.name);
  fresh.declared_type = std::move(file.mime_type);
  auto keeping = keep(std::move(fresh));
  co_return co_await std::move(keeping);
}

boost::asio::awaitable<file_result<stored_file>>
remote_files::keep(persistence::new_file file) const {
  using kind = persistence::file_problem::kind;
  using outcome = std::variant<stored_file, persistence::file_problem>;
  auto start = [this, &file](auto done) {
    files_.write(std::move(file), std::move(done));
  };
  auto writing = api::wait_for<outcome>(start);
  auto written = co_await std::move(writing);
  if (auto* const stored = std::get_if<stored_file>(&written))
    co_return std::move(*stored);
  auto& problem = std::get<persistence::file_problem>(written);
  if (problem.what == kind::program || problem.what == kind::too_large)
    co_return file_refusal{std::move(problem.detail)};
  co_return file_trouble(std::move(problem.detail));
}

boost::asio::awaitable<bool>
remote_files::settle(domain::attachment_id id,
                     std::function<void(domain::attachment&)> edit) const {
  for (int tries = 0; tries < record_tries_max; ++tries) {
    const auto before = records_.find(id);
    if (!before)
      co_return true;
    const auto now = actors::system_now();
    auto after = before->value;
    edit(after);
    if (after == before->value)
      co_return true;
    after.updated_at = now;
    auto what = persistence::save(before, after, now);
    auto committing = api::commit(journal_, std::move(what));
    const auto outcome = co_await std::move(committing);
    if (std::holds_alternative<persistence::committed>(outcome))
      co_return true;
    const auto* const failure
      = std::get_if<persistence::commit_failure>(&outcome);
    if (failure == nullptr || *failure != persistence::commit_failure::stale)
      co_return false;
  }
  co_return false;
}

boost::asio::awaitable<http_answer>
remote_files::give_up(domain::attachment_id id, std::string reason) const {
  spdlog::warn("attachment {} cannot be had: {}", to_string(id.value), reason);
  auto settling = settle(id, [reason](domain::attachment& file) {
    file.state = domain::attachment_state::failed;
    file.failure = reason;
  });
  const bool is_settled = co_await std::move(settling);
  if (!is_settled)
    co_return file_answer(503, "the journal takes nothing now");
  co_return file_answer(200, std::move(reason));
}

} // namespace switchboard::app
