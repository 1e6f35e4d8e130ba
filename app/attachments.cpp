#include "app/attachments.hpp"

#include "actors/id_source.hpp"
#include "api/session_attachments.hpp"

#include <spdlog/spdlog.h>

#include <chrono>
#include <stdexcept>
#include <utility>
#include <variant>

namespace switchboard::app {

namespace {

constexpr std::chrono::hours sweep_pause{1};
constexpr std::size_t bytes_limit = std::size_t{64} << 20U;

std::unique_ptr<persistence::attachment_store>
open_files(const config::config& c) {
  persistence::attachment_store_options options;
  options.folder = persistence::attachments_folder(c.storage.path);
  options.reserve_bytes = c.storage.reserve_bytes;
  options.file_bytes_max = attachment_bytes_max(c.limits);
  auto opened = persistence::attachment_store::open(std::move(options));
  if (!opened)
    throw std::runtime_error{opened.error().detail};
  return std::move(opened).value();
}

std::string file_id_row(domain::attachment_id id,
                        channels::telegram::bot_number bot) {
  return "telegram_file:" + channels::telegram::to_string(bot) + ':'
         + to_string(id.value);
}

} // namespace

std::size_t attachment_bytes_max(const config::limits_section& limits) {
  return limits.attachment_bytes == 0 ? bytes_limit : limits.attachment_bytes;
}

attachments::attachments(const config::config& c, persistence::journal& journal,
                         std::string_view link_secret)
  : journal_{journal},
    records_{journal.rows()},
    links_{link_secret, actors::system_now},
    files_{open_files(c)},
    sweep_{journal, *files_} {}

attachments::~attachments() {
  stop();
}

void attachments::start() {
  sweeper_ = std::thread{[this] { sweep_now_and_then(); }};
}

void attachments::stop() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  end_.notify_all();
  if (sweeper_.joinable())
    sweeper_.join();
  files_->close();
}

void attachments::sweep_now_and_then() {
  std::unique_lock lock{mutex_};
  while (!stopping_) {
    lock.unlock();
    const auto done = sweep_.run(actors::system_now() - api::unused_life);
    if (done.removed + done.files > 0)
      spdlog::info("removed {} attachments that nobody used, and {} files",
                   done.removed, done.files);
    lock.lock();
    end_.wait_for(lock, sweep_pause, [this] { return stopping_; });
  }
}

void attachments::read(domain::attachment_id id, read_handler done) const {
  auto known = records_.find(id);
  if (!known || known->value.state != domain::attachment_state::ready) {
    done(std::nullopt);
    return;
  }
  auto sha256 = known->value.sha256;
  files_->read(
    std::move(sha256), {},
    [record = std::move(known->value), done = std::move(done)](auto result) {
      if (auto* const bytes = std::get_if<std::string>(&result)) {
        done(file{record.name, record.mime_type, std::move(*bytes)});
        return;
      }
      spdlog::error("attachment {} cannot be read: {}",
                    to_string(record.id.value),
                    std::get<persistence::file_problem>(result).detail);
      done(std::nullopt);
    });
}

std::optional<std::string>
attachments::known_file_id(domain::attachment_id id,
                           channels::telegram::bot_number bot) const {
  std::string value;
  if (journal_.rows().get(persistence::family::meta, file_id_row(id, bot),
                          value))
    return value;
  const auto known = records_.find(id);
  if (known && known->value.source
      && known->value.source->bot == static_cast<std::int64_t>(bot))
    return known->value.source->file_id;
  return std::nullopt;
}

persistence::row_change
attachments::remember_file_id(domain::attachment_id id,
                              channels::telegram::bot_number bot,
                              std::string file_id) {
  return {persistence::family::meta, file_id_row(id, bot), std::move(file_id)};
}

} // namespace switchboard::app
