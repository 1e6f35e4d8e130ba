// A call of a bot: is it one, may it, what does it do, what is it told.

#include "tests/simulators/telegram_world.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <utility>

namespace switchboard::simulators::telegram {

namespace {

const handler_table& handlers() {
  static const auto table = [] {
    handler_table out;
    add_send_methods(out);
    add_copy_methods(out);
    add_edit_methods(out);
    add_topic_methods(out);
    add_chat_methods(out);
    add_webhook_methods(out);
    return out;
  }();
  return table;
}

std::string error_body(int code, const std::string& description,
                       const json::object& parameters) {
  json::object out;
  out["ok"] = false;
  out["error_code"] = code;
  out["description"] = description;
  if (!parameters.empty())
    out["parameters"] = parameters;
  return json::serialize(out);
}

std::string page_of(int code) {
  const auto number = std::to_string(code);
  return "<html>\r\n<head><title>" + number + "</title></head>\r\n<body>\r\n"
         + "<center><h1>" + number + "</h1></center>\r\n<hr><center>nginx"
         + "</center>\r\n</body>\r\n</html>\r\n";
}

} // namespace

call_outcome spoil(const telegram_fault& fault, call_outcome real) {
  using kind = telegram_fault::kind;
  auto out = std::move(real);
  out.fault = fault;
  if (fault.what == kind::html) {
    out.status = fault.code;
    out.body = page_of(fault.code);
  } else if (fault.what == kind::answer) {
    json::object parameters;
    if (fault.retry_after > 0)
      parameters["retry_after"] = fault.retry_after;
    if (fault.migrate_to != 0)
      parameters["migrate_to_chat_id"] = fault.migrate_to;
    out.status = fault.code;
    out.retry_after = fault.retry_after;
    out.body = error_body(fault.code, fault.description, parameters);
  } else if (fault.what != kind::slow) {
    out.status = 0;
  }
  return out;
}

namespace {

std::size_t items_of(const json::object& args) {
  for (const auto* name : {"media", "message_ids"}) {
    const auto* list = args.if_contains(name);
    if (list != nullptr && list->is_array())
      return std::max<std::size_t>(1, list->get_array().size());
  }
  return 1;
}

/// The family of budgets that a method draws from, or empty.
std::string family_of(const std::string& method) {
  if (method == "sendChatAction")
    return {};
  if (method.starts_with("send") || method.starts_with("copy")
      || method.starts_with("forward"))
    return "send";
  if (method.starts_with("edit") && method.find("Message") != method.npos)
    return "edit";
  if (method.ends_with("ForumTopic"))
    return "topic";
  return {};
}

std::int64_t chat_of(const json::object& args) {
  const auto text = member_text(args, "chat_id");
  return text.empty() ? member_number(args, "chat_id")
                      : std::strtoll(text.c_str(), nullptr, 10);
}

/// The budget of a chat for a family of methods.
std::string budget_key(const std::string& family, std::int64_t bot_id,
                       std::int64_t chat_id) {
  return family + ":" + std::to_string(bot_id) + ":" + std::to_string(chat_id);
}

} // namespace

bool call_context::has(std::string_view name) const {
  return args.contains({name.data(), name.size()});
}

std::int64_t call_context::number(std::string_view name,
                                  std::int64_t otherwise) const {
  return member_number(args, name, otherwise);
}

std::string call_context::text(std::string_view name) const {
  return member_text(args, name);
}

bool call_context::flag(std::string_view name) const {
  const auto* value = args.if_contains({name.data(), name.size()});
  return value != nullptr && value->is_bool() && value->get_bool();
}

call_outcome world::call(const std::string& token, const std::string& method,
                         const call_input& input) {
  const std::lock_guard lock{mutex};
  return call_locked(token, method, input);
}

call_outcome world::call_locked(const std::string& token,
                                const std::string& given_method,
                                const call_input& input) {
  telegram_call record;
  record.at = now();
  record.method = facts::get().method_named(given_method);
  auto* const by = bot_with_token(token);
  if (by == nullptr || by->revoked)
    return refused(refusal{401, "Unauthorized"}, record);
  record.bot_id = by->who.id;
  if (record.method.empty()) {
    record.method = given_method;
    return refused(refusal{404, "Not Found: method not found", true}, record);
  }
  auto checked = facts::get().check(record.method, input);
  record.args = checked.args;
  record.chat_id = chat_of(record.args);
  record.thread_id = static_cast<std::int32_t>(
    member_number(record.args, "message_thread_id"));
  for (const auto& one : checked.violations)
    note_violation(record.method + ": " + one);
  if (!checked.refusal.empty())
    return refused(refusal{400, checked.refusal}, record);
  const auto budget
    = budget_key(family_of(record.method), by->who.id, record.chat_id);
  if (rates.is_too_early(budget, record.at, options.limits.grace))
    ++tally.too_early;
  const auto fault
    = faults.meet(record.method, by->who.id, record.chat_id, record.at);
  if (fault && fault->retry_after > 0)
    rates.tell(budget, record.at, fault->retry_after);
  call_outcome out;
  if (!fault || fault->takes_effect) {
    try {
      check_rates(*by, record.method, record.args);
      json::object envelope;
      envelope["ok"] = true;
      envelope["result"] = run(*by, record.method, checked.args, input.files);
      out.body = json::serialize(envelope);
      ++tally.succeeded;
    } catch (const refusal& why) {
      return refused(why, record);
    }
  }
  if (fault)
    out = spoil(*fault, std::move(out));
  if (fault && fault->what == telegram_fault::kind::answer)
    record.description = fault->description;
  enter(std::move(record), out.status);
  return out;
}

json::value world::run(bot_state& by, const std::string& method,
                       const json::object& args, const uploads& files_of_call) {
  const auto at = handlers().find(method);
  if (at == handlers().end())
    throw refusal{404, "Not Found: method not found", true};
  return at->second(call_context{*this, by, args, files_of_call});
}

void world::check_rates(const bot_state& by, const std::string& method,
                        const json::object& args) {
  const auto& limits = options.limits;
  const auto family = family_of(method);
  if (!limits.enabled || family.empty())
    return;
  const auto chat_id = chat_of(args);
  const auto key = budget_key(family, by.who.id, chat_id);
  std::vector<rate_use> uses;
  uses.push_back(
    {std::to_string(by.who.id), limits.bot_per_second, limits.bot_burst});
  if (chat_id > 0)
    uses.push_back({key, limits.chat_per_second, limits.chat_burst});
  else
    uses.push_back({key, limits.group_per_minute / 60, limits.group_burst});
  const auto cost = static_cast<double>(items_of(args));
  const auto refused_for = rates.take(uses, cost, now(), limits.grace);
  if (!refused_for)
    return;
  ++tally.limited;
  if (refused_for->too_early)
    ++tally.too_early;
  refusal out{429, "Too Many Requests: retry after "
                     + std::to_string(refused_for->retry_after)};
  out.parameters["retry_after"] = refused_for->retry_after;
  throw refusal{std::move(out)};
}

call_outcome world::refused(const refusal& why, telegram_call& record) {
  if (why.is_violation)
    note_violation(record.method + ": " + why.what());
  call_outcome out;
  out.status = why.code;
  out.body = error_body(why.code, why.what(), why.parameters);
  out.retry_after
    = static_cast<int>(member_number(why.parameters, "retry_after"));
  record.description = why.what();
  enter(std::move(record), out.status);
  return out;
}

void world::enter(telegram_call record, int status) {
  ++tally.calls;
  record.status = status;
  if (options.keep_calls)
    calls.push_back(std::move(record));
  changed();
}

} // namespace switchboard::simulators::telegram
