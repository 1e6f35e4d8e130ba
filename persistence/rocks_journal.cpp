#include "persistence/rocks_journal.hpp"

#include "persistence/event_block.hpp"
#include "persistence/rocks_store.hpp"
#include "persistence/rocks_writer.hpp"
#include "persistence/row_cache.hpp"

#include <sys/statvfs.h>
#include <unistd.h>
#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace switchboard::persistence {

namespace {

constexpr int exit_software = 70; // EX_SOFTWARE of sysexits.h

[[noreturn]] void die(const std::string& text) {
  std::fprintf(stderr,
               "switchboard: %s. Stopping; everything acknowledged is "
               "safe and comes back with the next start.\n",
               text.c_str());
  std::fflush(stderr);
  ::_exit(exit_software);
}

std::optional<std::uint64_t> free_bytes_at(const std::filesystem::path& path) {
  struct statvfs info {};
  if (::statvfs(path.c_str(), &info) != 0)
    return std::nullopt;
  return std::uint64_t{info.f_bavail} * info.f_frsize;
}

rocks_journal_hooks with_defaults(rocks_journal_hooks hooks,
                                  const std::filesystem::path& path) {
  if (!hooks.fatal)
    hooks.fatal = die;
  if (!hooks.now)
    hooks.now = [] {
      return std::chrono::floor<std::chrono::milliseconds>(
        std::chrono::system_clock::now());
    };
  if (!hooks.free_bytes)
    hooks.free_bytes = [path] { return free_bytes_at(path); };
  return hooks;
}

} // namespace

std::filesystem::path journal_folder(const std::filesystem::path& data) {
  return data / "journal";
}

domain::result<std::unique_ptr<rocks_journal>>
rocks_journal::open(rocks_journal_options options, rocks_journal_hooks hooks) {
  hooks = with_defaults(std::move(hooks), options.path);
  SWITCHBOARD_TRY(auto store, rocks_store::open(options, hooks));
  return std::unique_ptr<rocks_journal>{
    new rocks_journal{std::move(store), std::move(options), std::move(hooks)}};
}

rocks_journal::rocks_journal(std::unique_ptr<rocks_store> store,
                             rocks_journal_options options,
                             rocks_journal_hooks hooks)
  : store_(std::move(store)),
    cache_(std::make_unique<row_cache>(options.row_cache_bytes)),
    rows_(std::make_unique<cached_rows>(*store_, *cache_)),
    writer_(std::make_unique<writer>(*store_, *cache_, std::move(options),
                                     std::move(hooks))) {}

rocks_journal::~rocks_journal() = default;

void rocks_journal::commit(changes what, commit_handler done) {
  writer_->commit(std::move(what), std::move(done));
}

const row_reader& rocks_journal::rows() const {
  return *rows_;
}

std::vector<stored_event> rocks_journal::read_events(domain::offset after,
                                                     std::size_t max) const {
  // Events are in the store a moment before the rows that they changed are in
  // the cache, and who reads an event looks at these next.
  const auto last = writer_->last_offset();
  auto out = persistence::read_events(*store_, after, max);
  std::erase_if(out, [last](const stored_event& e) { return e.at > last; });
  return out;
}

domain::offset rocks_journal::last_offset() const {
  return writer_->last_offset();
}

void rocks_journal::on_batch(batch_handler handler) {
  writer_->on_batch(std::move(handler));
}

std::optional<std::string> rocks_journal::write_obstacle() const {
  return writer_->obstacle();
}

void rocks_journal::close() {
  writer_->close();
}

std::size_t rocks_journal::queue_depth() const {
  return writer_->queue_depth();
}

domain::result<void>
rocks_journal::checkpoint(const std::filesystem::path& folder) const {
  return store_->checkpoint(folder);
}

std::optional<std::string> rocks_journal::check_files() const {
  return store_->check_files();
}

std::vector<std::pair<std::string, double>> rocks_journal::figures() const {
  return store_->figures();
}

} // namespace switchboard::persistence
