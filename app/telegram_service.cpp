#include "app/telegram_service.hpp"

#include <iterator>
#include <utility>

namespace switchboard::app {

namespace telegram = channels::telegram;

telegram_service::telegram_service(telegram_service_parts parts)
  : parts_{std::move(parts)} {
  if (parts_.updates.tokens().empty())
    return;
  if (const auto bot = parts_.updates.desk_bot())
    desk_.emplace(desk_parts(*bot));
  executors_.emplace(telegram_executors::parts{
    parts_.journal, actors::system_now, executor_bot(),
    parts_.config.executor.prompt_timeout});
  std::vector<bot_number> bots;
  for (const auto& token : parts_.updates.tokens())
    if (const auto bot = telegram::bot_of_token(token))
      bots.push_back(*bot);
  metrics_.emplace(parts_.metrics, bots);
  bots_.emplace(bots_options(), bots_parts());
}

telegram_desk_parts telegram_service::desk_parts(bot_number bot) {
  return {parts_.config.desk,
          bot,
          parts_.journal,
          actors::system_now,
          [this](domain::attachment_id id, bot_number of) {
            return parts_.files.known_file_id(id, of);
          },
          attachments::remember_file_id,
          parts_.report_error,
          [this](bot_number of, actors::outgoing call) {
            bots_->say(of, std::move(call));
          }};
}

telegram_bots_options telegram_service::bots_options() const {
  const auto& from = parts_.config.telegram;
  return {from.api_url, parts_.updates.tokens(), from.total_per_second,
          from.chat_per_second, from.group_per_minute};
}

telegram_bots_parts telegram_service::bots_parts() {
  telegram_bots_parts out{
    parts_.system, parts_.courier,
    [this](bot_number bot, const persistence::delivery& d) {
      if (telegram_executors::owns(d))
        return executors_->render(d);
      return desk_ ? desk_->render(bot, d)
                   : actors::nothing_to_do{"there is no desk"};
    }};
  out.settled
    = [this](bot_number bot, const persistence::delivery& d,
             const telegram::api_answer& answer, std::uint32_t shared_by,
             domain::timestamp now, persistence::changes& settling) {
        if (telegram_executors::owns(d))
          executors_->settled(d, answer, now, settling);
        else if (desk_)
          desk_->settled(bot, d, answer, shared_by, now, settling);
      };
  out.read_upload = [this](bot_number, std::string_view name, auto done) {
    read_upload(name, done);
  };
  out.migrated = [this](bot_number bot, auto from, auto to) {
    if (desk_)
      desk_->migrated(bot, from, to);
  };
  out.report_error = parts_.report_error;
  out.observer = &*metrics_;
  out.actors_observer = parts_.observer;
  out.gave_up = parts_.gave_up;
  return out;
}

void telegram_service::read_upload(
  std::string_view name,
  const telegram_bots_parts::upload_handler& done) const {
  const auto id = domain::parse_uuid(name);
  if (!id) {
    done(std::nullopt);
    return;
  }
  parts_.files.read(
    domain::attachment_id{*id}, [done](std::optional<attachments::file> file) {
      if (!file) {
        done(std::nullopt);
        return;
      }
      done(telegram_upload{std::move(file->name), std::move(file->mime_type),
                           std::move(file->bytes)});
    });
}

std::optional<api::telegram::executor_bot>
telegram_service::executor_bot() const {
  return api::telegram::executor_bot_of(parts_.updates.executor_bot(),
                                        parts_.updates.desk_bot());
}

std::string telegram_service::username_of(bot_number bot) const {
  const auto known = parts_.updates.identity_of(bot);
  return known ? known->self.username : std::string{};
}

// -- updates ------------------------------------------------------------------

void telegram_service::serve(actors::engine& engine, actors::id_source& ids) {
  const auto say = [this](bot_number bot, actors::outgoing call) {
    bots_->say(bot, std::move(call));
  };
  // Executors are asked first: the desk turns strangers away.
  if (const auto bot = executor_bot()) {
    executor_updates_.emplace(api::telegram::executors_parts{
      engine, ids, actors::system_now, parts_.journal, *bot,
      parts_.config.executor.prompt_timeout, say,
      [this](bot_number of) { return username_of(of); }});
    parts_.updates.add(bot->number, *executor_updates_);
  }
  if (const auto bot = parts_.updates.desk_bot()) {
    desk_updates_.emplace(api::telegram::desk_tools{
      engine, ids, actors::system_now, parts_.journal, desk_->group(), *bot,
      parts_.config.desk.open_registration,
      [this, of = *bot] { return username_of(of); },
      [say, of = *bot](actors::outgoing call) { say(of, std::move(call)); }});
    parts_.updates.add(*bot, *desk_updates_);
  }
}

void telegram_service::stop() {
  if (bots_)
    bots_->stop();
}

// -- the engine ---------------------------------------------------------------

std::vector<persistence::new_delivery>
telegram_service::plan(const domain::ticket& after,
                       std::span<const domain::ticket_event> events) const {
  std::vector<persistence::new_delivery> out;
  if (desk_)
    out = desk_->plan(after, events);
  if (executors_) {
    auto more = executors_->plan(after, events);
    std::move(more.begin(), more.end(), std::back_inserter(out));
  }
  return out;
}

actors::lane_channel_ptr telegram_service::channel_of(std::string_view lane) {
  return bots_ ? bots_->channel_of(lane) : nullptr;
}

actors::desk_rules telegram_service::desk_rules() const {
  return desk_ ? desk_->rules() : actors::desk_rules{};
}

void telegram_service::wake(const persistence::timer_change& timer) const {
  if (executors_)
    executors_->wake(timer);
}

// -- visitors -----------------------------------------------------------------

api::visitor_signals telegram_service::signals() {
  return desk_ ? desk_->signals() : api::visitor_signals{};
}

std::string telegram_service::opening_notice(const domain::session& who) const {
  return desk_ ? desk_->opening_notice(who) : std::string{};
}

} // namespace switchboard::app
