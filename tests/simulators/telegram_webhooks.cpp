// Methods by which a bot chooses how it gets its updates.

#include "tests/simulators/telegram_world.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

namespace switchboard::simulators::telegram {

namespace {

void put_wanted(const call_context& call) {
  if (!call.has("allowed_updates"))
    return;
  std::set<std::string, std::less<>> wanted;
  for (const auto& one : call.args.at("allowed_updates").as_array())
    wanted.insert(to_text(one.as_string()));
  call.by.wanted = std::move(wanted);
}

void check_url(const call_context& call, const std::string& url) {
  const auto is_https = url.starts_with("https://");
  if (!is_https && !(call.all.options.local && url.starts_with("http://")))
    throw mistake("bad webhook: An HTTPS URL must be provided for webhook");
  const auto host_at = url.find("//") + 2;
  const auto host = url.substr(host_at, url.find('/', host_at) - host_at);
  if (host.empty())
    throw mistake("invalid webhook URL specified");
  const auto colon = host.rfind(':');
  const auto port
    = colon == std::string::npos ? std::string{"443"} : host.substr(colon + 1);
  if (!call.all.options.local && port != "443" && port != "80" && port != "88"
      && port != "8443")
    throw mistake(
      "bad webhook: Webhook can be set up only on ports 80, 88, "
      "443 or 8443");
}

void check_secret(const std::string& secret) {
  const auto is_good
    = secret.size() <= 256 && std::ranges::all_of(secret, [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '_' || c == '-';
      });
  if (!is_good)
    throw mistake("secret token contains unallowed characters");
}

json::value remove_hook(const call_context& call) {
  if (call.flag("drop_pending_updates"))
    call.by.updates.clear();
  call.by.hook = {};
  call.all.changed();
  return true;
}

json::value set_webhook(const call_context& call) {
  const auto url = call.text("url");
  if (url.empty())
    return remove_hook(call);
  check_url(call, url);
  check_secret(call.text("secret_token"));
  const auto connections = call.number("max_connections", 40);
  if (connections < 1 || connections > 100)
    throw mistake("bad webhook: max_connections is out of range");
  put_wanted(call);
  auto& hook = call.by.hook;
  hook = {};
  hook.url = url;
  hook.secret = call.text("secret_token");
  hook.connections_max = static_cast<int>(connections);
  if (call.flag("drop_pending_updates"))
    call.by.updates.clear();
  call.all.changed();
  return true;
}

json::value webhook_info(const call_context& call) {
  const auto& hook = call.by.hook;
  json::object out;
  out["url"] = hook.url;
  out["has_custom_certificate"] = false;
  out["pending_update_count"] = call.by.updates.size();
  if (!hook.url.empty())
    out["max_connections"] = hook.connections_max;
  if (hook.last_error_date != 0) {
    out["last_error_date"] = hook.last_error_date;
    out["last_error_message"] = hook.last_error;
  }
  if (call.by.wanted && !call.by.wanted->empty()) {
    json::array wanted;
    for (const auto& one : *call.by.wanted)
      wanted.emplace_back(one);
    out["allowed_updates"] = std::move(wanted);
  }
  return out;
}

/// What is there now; the server asks again as long as a long poll may wait.
json::value get_updates(const call_context& call) {
  if (!call.by.hook.url.empty())
    throw refusal{409,
                  "Conflict: can't use getUpdates method while webhook is "
                  "active; use deleteWebhook to delete the webhook first"};
  put_wanted(call);
  const auto limit = call.number("limit", 100);
  if (limit < 1 || limit > 100)
    throw mistake("limit is out of range");
  const auto offset = call.number("offset");
  if (offset > 0)
    std::erase_if(call.by.updates, [offset](const update_state& one) {
      return one.id < offset;
    });
  ++call.by.poll_number;
  return call.all.ready_updates(call.by, limit);
}

} // namespace

json::array world::ready_updates(bot_state& of, std::int64_t limit) const {
  std::erase_if(of.updates, [at = now()](const update_state& one) {
    return one.expires <= at;
  });
  json::array out;
  for (const auto& one : of.updates) {
    if (of.held || static_cast<std::int64_t>(out.size()) >= limit)
      break;
    out.push_back(one.content);
  }
  return out;
}

void add_webhook_methods(handler_table& to) {
  to["setWebhook"] = set_webhook;
  to["deleteWebhook"] = remove_hook;
  to["getWebhookInfo"] = webhook_info;
  to["getUpdates"] = get_updates;
}

} // namespace switchboard::simulators::telegram
