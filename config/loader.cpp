#include "config/loader.hpp"

#include "config/assign.hpp"
#include "config/keys.hpp"
#include "config/toml_file.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace switchboard::config {

namespace {

constexpr std::string_view prefix = "SWITCHBOARD_";

/// Variables that name no key: the file itself, and those of the test tools.
bool is_exempt(std::string_view name) {
  constexpr std::array<std::string_view, 3> tools{
    "SWITCHBOARD_TEST_", "SWITCHBOARD_FAULTS_", "SWITCHBOARD_SLOW_SYNC"};
  return name == "SWITCHBOARD_CONFIG"
         || std::ranges::any_of(tools, [name](std::string_view tool) {
              return name.starts_with(tool);
            });
}

void take(config& c, const key_spec& spec, const std::string& variable,
          const std::string& text, std::vector<problem>& problems) {
  if (auto wrong = assign_text(c, spec, text))
    problems.push_back({variable, full_name(spec),
                        spec.secret ? "(hidden)" : quote(text),
                        std::move(*wrong)});
}

void read_environment(config& c, const environment& env,
                      std::vector<problem>& problems) {
  for (const auto& spec : keys()) {
    const auto own = env.find(environment_name(spec));
    if (own != env.end()) {
      take(c, spec, own->first, own->second, problems);
      continue;
    }
    const auto old = env.find(std::string{spec.legacy_name});
    if (!spec.legacy_name.empty() && old != env.end() && !old->second.empty())
      take(c, spec, old->first, old->second, problems);
  }
}

void refuse_unknown(const environment& env, std::vector<problem>& problems) {
  for (const auto& [name, text] : env) {
    if (!name.starts_with(prefix) || is_exempt(name))
      continue;
    name_guesser guess{name};
    bool known = false;
    for (const auto& spec : keys()) {
      const auto candidate = environment_name(spec);
      known = known || candidate == name;
      guess.consider(candidate);
    }
    if (!known)
      problems.push_back({name, {}, {}, "no key has this name" + guess.hint()});
  }
}

std::string_view bot_number(std::string_view token) {
  return token.substr(0, token.find(':'));
}

/// Telegram itself calls https only; a server of one's own calls anything.
void check_webhook_url(const config& c, const std::string& key,
                       const std::string& url, std::vector<problem>& problems) {
  if (url.empty())
    return;
  if (c.telegram.mode == "polling")
    problems.push_back({"configuration", key, quote(url),
                        "must be empty when telegram.mode is polling"});
  else if (!url.starts_with("https:")
           && c.telegram.api_url == telegram_section{}.api_url)
    problems.push_back(
      {"configuration", key, quote(url),
       "must be an https address, since Telegram calls no other"});
}

void check_telegram(const config& c, std::vector<problem>& problems) {
  const auto& desk = c.telegram.bot_token;
  const auto& executor = c.telegram_executor.bot_token;
  if (!desk.empty() && desk != executor
      && bot_number(desk) == bot_number(executor))
    problems.push_back(
      {"configuration",
       "telegram.executor.bot_token",
       {},
       "must be another bot's, or empty; telegram.bot_token is a different "
       "token of the same bot"});
  if (executor.empty() && !c.telegram_executor.webhook_url.empty())
    problems.push_back(
      {"configuration", "telegram.executor.webhook_url",
       quote(c.telegram_executor.webhook_url),
       "must be empty without telegram.executor.bot_token: a bot has one "
       "webhook, that of telegram.webhook_url"});
  check_webhook_url(c, "telegram.webhook_url", c.telegram.webhook_url,
                    problems);
  check_webhook_url(c, "telegram.executor.webhook_url",
                    c.telegram_executor.webhook_url, problems);
}

/// Nothing that is said to be used may be half configured.
void check_whatsapp(const config& c, std::vector<problem>& problems) {
  const auto need = [&](bool is_needed, const std::string& value,
                        std::string key, std::string when) {
    if (is_needed && value.empty())
      problems.push_back(
        {"configuration", std::move(key), {}, "must be set when " + when});
  };
  const auto& baileys = c.whatsapp_baileys;
  need(!baileys.url.empty(), baileys.api_key, "whatsapp.baileys.api_key",
       "whatsapp.baileys.url is");
  const auto& twilio = c.whatsapp_twilio;
  need(!twilio.auth_token.empty(), twilio.account_sid,
       "whatsapp.twilio.account_sid", "whatsapp.twilio.auth_token is");
  need(!twilio.auth_token.empty(), twilio.from, "whatsapp.twilio.from",
       "whatsapp.twilio.auth_token is");
  const auto& cloud = c.whatsapp_cloud;
  need(!cloud.access_token.empty(), cloud.app_secret,
       "whatsapp.cloud.app_secret", "whatsapp.cloud.access_token is");
  need(!cloud.access_token.empty(), cloud.phone_number_id,
       "whatsapp.cloud.phone_number_id", "whatsapp.cloud.access_token is");
  need(!c.whatsapp_n8n.url.empty(), c.whatsapp_n8n.api_key,
       "whatsapp.n8n.api_key", "whatsapp.n8n.url is");
  const auto can_send = [&](std::string_view provider) {
    return provider.empty() || (provider == "baileys" && !baileys.url.empty())
           || (provider == "twilio" && !twilio.auth_token.empty())
           || (provider == "cloud" && !cloud.access_token.empty())
           || (provider == "n8n" && !c.whatsapp_n8n.url.empty());
  };
  const auto check_provider = [&](std::string key, const std::string& value) {
    if (!can_send(value))
      problems.push_back({"configuration", std::move(key), quote(value),
                          "must be a provider that is configured for sending"});
  };
  check_provider("whatsapp.staff_provider", c.whatsapp.staff_provider);
  check_provider("whatsapp.fallback", c.whatsapp.fallback);
}

/// What no single value can be blamed for.
void check_together(const config& c, std::vector<problem>& problems) {
  check_telegram(c, problems);
  check_whatsapp(c, problems);
  if (c.http.tls_cert.empty() != c.http.tls_key.empty()) {
    const bool lacks_key = c.http.tls_key.empty();
    problems.push_back({"configuration",
                        lacks_key ? "http.tls_key" : "http.tls_cert",
                        {},
                        lacks_key ? "must be set when http.tls_cert is"
                                  : "must be set when http.tls_key is"});
  }
}

} // namespace

std::string to_string(const problem& p) {
  std::string line = p.where + ": ";
  if (!p.key.empty()) {
    line += p.key;
    if (!p.value.empty())
      line += " = " + p.value;
    line += ": ";
  }
  return line + p.message;
}

environment process_environment() {
  environment env;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text{*entry};
    const auto equals = text.find('=');
    if (equals != std::string_view::npos)
      env.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return env;
}

load_result load(const std::optional<std::filesystem::path>& file,
                 const environment& env) {
  config c;
  std::vector<problem> problems;
  if (file)
    read_file(c, *file, problems);
  read_environment(c, env, problems);
  refuse_unknown(env, problems);
  check_together(c, problems);
  if (!problems.empty())
    return problems;
  return c;
}

std::vector<std::string> describe(const config& c) {
  std::vector<std::string> lines;
  lines.reserve(keys().size());
  for (const auto& spec : keys())
    lines.push_back(full_name(spec) + " = " + show(spec, spec.read(c)));
  return lines;
}

} // namespace switchboard::config
