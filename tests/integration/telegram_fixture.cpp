#include "tests/integration/telegram_fixture.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <utility>

namespace switchboard::test {

namespace {

simulators::telegram_simulator_options
simulator_options(const telegram_world_options& options) {
  simulators::telegram_simulator_options out;
  out.limits.enabled = options.has_limits;
  return out;
}

/// The data of a button by its label or its data, or by their beginning.
std::optional<std::string> find_button(const telegram_message& message,
                                       std::string_view wanted) {
  for (const bool whole : {true, false})
    for (const auto& row : message.buttons)
      for (const auto& button : row)
        for (const auto* name : {&button.data, &button.text})
          if (whole ? *name == wanted : name->starts_with(wanted))
            return button.data;
  return std::nullopt;
}

std::string line_of(const telegram_message& message) {
  std::string out = message.from_bot ? "bot" : std::to_string(message.from_id);
  out += ": ";
  if (message.kind != "text")
    out += "<" + message.kind + "> ";
  out += message.text;
  for (const auto& row : message.buttons) {
    out += out.ends_with(' ') ? "" : " ";
    for (const auto& button : row)
      out += "[" + button.text + "]";
  }
  return out;
}

} // namespace

telegram_world::telegram_world(telegram_world_options options)
  : telegram{simulator_options(options)},
    bot{telegram.add_bot()},
    executor_bot{bot},
    group{telegram.add_supergroup("Support")},
    options_{std::move(options)} {
  telegram.add_member(group, bot);
  if (options_.has_second_bot) {
    simulators::telegram_bot_options second;
    second.username = "executor_bot";
    second.first_name = "Executors";
    executor_bot = telegram.add_bot(second);
  }
  server_.emplace(make_settings());
  set_webhooks();
}

telegram_world::~telegram_world() {
  server_.reset();
  for (const auto& violation : telegram.violations())
    ADD_FAILURE() << violation;
  EXPECT_EQ(telegram.tally().too_early, 0U);
}

settings telegram_world::make_settings() const {
  auto out = options_.more;
  out.try_emplace("TELEGRAM_BOT_TOKEN", bot.token);
  out.try_emplace("SWITCHBOARD_TELEGRAM_API_URL", telegram.url());
  out.try_emplace("SWITCHBOARD_TELEGRAM_WEBHOOK_SECRET", webhook_secret);
  if (options_.has_second_bot)
    out.try_emplace("SWITCHBOARD_TELEGRAM_EXECUTOR_BOT_TOKEN",
                    executor_bot.token);
  if (options_.has_group)
    out.try_emplace("SUPPORT_GROUP_CHAT_ID", std::to_string(group.chat_id));
  if (options_.is_polling)
    out.try_emplace("SWITCHBOARD_TELEGRAM_MODE", "polling");
  return out;
}

void telegram_world::set_webhooks() {
  if (options_.is_polling)
    return;
  set_webhook("/api/telegram/webhook", "desk");
  if (options_.has_second_bot)
    set_webhook("/functions/v1/executor-ticket-webhook", "executor");
}

void telegram_world::set_webhook(const std::string& path,
                                 const std::string& which) {
  const auto url = server_->process().url() + path;
  const auto reply = server_->post(
    "/api/setup/telegram-webhook?webhook_url=" + url + "&bot=" + which, {},
    as_admin);
  EXPECT_EQ(reply.status, 200) << reply.body;
}

telegram_user telegram_world::person(const std::string& first_name,
                                     const std::string& username) {
  return telegram.add_user(first_name, username);
}

telegram_user telegram_world::agent(const std::string& first_name,
                                    const std::string& username, bool starts) {
  auto out = telegram.add_user(first_name, username);
  telegram.add_member(group, out);
  if (starts)
    out.starts(bot);
  return out;
}

std::string telegram_world::tap(const telegram_user& who,
                                const telegram_message& message,
                                std::string_view button) {
  const auto query = press(who, message, button);
  return query.empty() ? std::string{} : answer_to(query);
}

std::string telegram_world::press(const telegram_user& who,
                                  const telegram_message& message,
                                  std::string_view button) {
  const telegram_place where{message.chat_id, message.chat_id > 0 ? bot.id : 0,
                             message.thread_id};
  auto place = where;
  auto now = telegram.message(place, message.message_id);
  // A private chat does not say which bot's it is.
  if ((!now || !find_button(*now, button)) && executor_bot.id != bot.id
      && message.chat_id > 0) {
    place.bot_id = executor_bot.id;
    now = telegram.message(place, message.message_id);
  }
  const auto data = now ? find_button(*now, button) : std::nullopt;
  if (!data) {
    ADD_FAILURE() << "no button '" << button
                  << "' under: " << (now ? line_of(*now) : "no message");
    return {};
  }
  return who.presses(place, message.message_id, *data);
}

std::string telegram_world::answer_to(const std::string& query) {
  const bool came = telegram.wait_until(
    [&] { return telegram.callback_answer(query).has_value(); }, patience);
  EXPECT_TRUE(came) << "the tap was not answered";
  return came ? telegram.callback_answer(query)->text : std::string{};
}

telegram_message telegram_world::wait_for(const telegram_place& where,
                                          const condition& is,
                                          milliseconds timeout) {
  std::optional<telegram_message> found;
  telegram.wait_until(
    [&] {
      const auto all = telegram.messages(where);
      const auto newest = std::find_if(all.rbegin(), all.rend(), is);
      if (newest != all.rend())
        found = *newest;
      return found.has_value();
    },
    timeout);
  if (found)
    return *found;
  std::string shown;
  for (const auto& line : picture(where))
    shown += "\n  " + line;
  ADD_FAILURE() << "no such message in chat " << where.chat_id << ":" << shown;
  return {};
}

telegram_message telegram_world::wait_for(const telegram_place& where,
                                          std::string_view part,
                                          milliseconds timeout) {
  SCOPED_TRACE("waiting for '" + std::string{part} + "'");
  const auto has_part = [&](const telegram_message& message) {
    return message.from_bot && message.text.find(part) != std::string::npos;
  };
  return wait_for(where, has_part, timeout);
}

telegram_message telegram_world::wait_until(const telegram_message& message,
                                            const condition& is,
                                            milliseconds timeout) {
  telegram_place where{message.chat_id, message.chat_id > 0 ? bot.id : 0, 0};
  if (where.bot_id != 0 && !telegram.message(where, message.message_id))
    where.bot_id = executor_bot.id;
  std::optional<telegram_message> now;
  const bool came = telegram.wait_until(
    [&] {
      now = telegram.message(where, message.message_id);
      return now && is(*now);
    },
    timeout);
  EXPECT_TRUE(came) << "it stays: " << (now ? line_of(*now) : "no message");
  return now.value_or(telegram_message{});
}

bool telegram_world::is_settled(milliseconds timeout) {
  return telegram.wait_for_updates_done(bot, timeout)
         && telegram.wait_for_updates_done(executor_bot, timeout);
}

std::vector<std::string>
telegram_world::picture(const telegram_place& where) const {
  std::vector<std::string> out;
  for (const auto& message : telegram.messages(where))
    out.push_back(line_of(message));
  return out;
}

std::size_t telegram_world::count(const telegram_place& where,
                                  std::string_view part) const {
  const auto all = telegram.messages(where);
  return static_cast<std::size_t>(
    std::ranges::count_if(all, [&](const auto& message) {
      return message.from_bot && message.text.find(part) != std::string::npos;
    }));
}

void telegram_world::restart() {
  server_->restart();
  set_webhooks();
}

void telegram_world::restart_after_kill() {
  server_->restart_after_kill();
  set_webhooks();
}

http_reply telegram_world::deliver(std::string_view body,
                                   std::string_view path) {
  return server_->post(
    path, body,
    joined(json_type, {{"X-Telegram-Bot-Api-Secret-Token", webhook_secret}}));
}

json::array telegram_world::dead_letters(std::size_t count) {
  json::array out;
  eventually([&] {
    const auto page = parsed(server_->get("/api/v1/dead-letters", as_admin));
    out = page.at("data").as_array();
    return out.size() >= count;
  });
  EXPECT_EQ(out.size(), count);
  return out;
}

} // namespace switchboard::test
