#include "persistence/attachment_sweep.hpp"

#include <algorithm>
#include <future>
#include <string>
#include <unordered_set>
#include <utility>
#include <variant>

namespace switchboard::persistence {

namespace {

constexpr std::size_t page = 500;
constexpr std::size_t messages_page = 200;

} // namespace

attachment_sweep::result attachment_sweep::run(domain::timestamp until) {
  result out;
  for (bool is_done = false; !is_done;) {
    const auto some = records_.attachments(done_, page);
    is_done = some.size() < page;
    for (const auto& one : some) {
      // Ids are in the order of their making.
      if (one.created_at >= until) {
        is_done = true;
        break;
      }
      look_at(one, out);
      done_ = one.id;
    }
  }
  // What a crash left without a record is found once, at the start.
  if (out.removed > 0 || !has_run_)
    out.files = sweep_files();
  has_run_ = true;
  return out;
}

void attachment_sweep::look_at(const domain::attachment& file, result& so_far) {
  if (file.ticket || !file.session)
    return;
  const auto before = records_.find(file.id);
  if (!before)
    return;
  if (const auto user = user_of(file)) {
    auto after = before->value;
    after.ticket = user;
    if (commit_and_wait(save(before, after, after.updated_at)))
      ++so_far.settled;
    return;
  }
  if (commit_and_wait(remove(*before, file.created_at)))
    ++so_far.removed;
}

std::optional<domain::ticket_id>
attachment_sweep::user_of(const domain::attachment& file) const {
  thread_position at;
  for (;;) {
    const auto some = sessions_.read(*file.session, at, messages_page);
    for (const auto& one : some) {
      at = one.at;
      const auto& carried = one.row.message.attachments;
      const bool is_it
        = std::any_of(carried.begin(), carried.end(),
                      [&file](const auto& ref) { return ref.id == file.id; });
      if (!is_it)
        continue;
      const auto ticket = sessions_.ticket_at({*file.session, at.place});
      return ticket ? std::optional{ticket->id} : std::nullopt;
    }
    if (some.size() < messages_page)
      return std::nullopt;
  }
}

bool attachment_sweep::commit_and_wait(changes what) {
  std::promise<bool> told;
  auto answer = told.get_future();
  journal_.commit(std::move(what), [&told](const commit_outcome& outcome) {
    told.set_value(std::holds_alternative<committed>(outcome));
  });
  return answer.get();
}

std::uint64_t attachment_sweep::sweep_files() {
  std::unordered_set<std::string> needed;
  std::optional<domain::attachment_id> after;
  for (;;) {
    auto some = records_.attachments(after, page);
    for (auto& one : some)
      if (!one.sha256.empty())
        needed.insert(std::move(one.sha256));
    if (some.size() < page)
      break;
    after = some.back().id;
  }
  return files_.sweep(
    [&needed](const std::string& hash) { return needed.contains(hash); });
}

} // namespace switchboard::persistence
