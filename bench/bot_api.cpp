#include "bench/bot_api.hpp"

#include "bench/json_text.hpp"

#include <utility>

namespace switchboard::bench {

namespace {

constexpr std::string_view me
  = R"({"ok":true,"result":{"id":4200,"is_bot":true,"first_name":"Bench",)"
    R"("username":"bench_bot","can_join_groups":true,)"
    R"("can_read_all_group_messages":true,"supports_inline_queries":false}})";
constexpr std::string_view nothing_new = R"({"ok":true,"result":[]})";
constexpr std::string_view yes = R"({"ok":true,"result":true})";

/// The last part of `/bot<token>/<method>`.
std::string_view method_of(std::string_view target) {
  target = target.substr(0, target.find('?'));
  return target.substr(target.rfind('/') + 1);
}

std::string message_json(std::int64_t chat, std::int32_t message) {
  std::string out = R"({"ok":true,"result":{"message_id":)";
  out += std::to_string(message);
  out += R"(,"date":1700000000,"chat":{"id":)";
  out += std::to_string(chat);
  out += chat < 0 ? R"(,"title":"Support","type":"supergroup"})"
                  : R"(,"first_name":"Agent","type":"private"})";
  out += R"(,"from":{"id":4200,"is_bot":true,"first_name":"Bench"},)"
         R"("text":"-"}})";
  return out;
}

} // namespace

bot_api::bot_api(std::uint16_t port, listener on_call)
  : on_call_{std::move(on_call)},
    server_{port, [this](const light_call& call, light_answer& out) {
              answer(call, out.body);
            }} {}

void bot_api::answer(const light_call& call, std::string& out) {
  bot_call told;
  told.method = method_of(call.target);
  told.body = call.body;
  told.chat = find_json_number(call.body, "chat_id");
  const bool sends = told.method == "sendMessage";
  const bool edits = told.method.starts_with("editMessage");
  if (sends)
    told.message = ++last_message_;
  else
    told.message = find_json_number<std::int32_t>(call.body, "message_id");
  if (sends || edits)
    out = message_json(told.chat, told.message);
  else if (told.method == "getMe")
    out = me;
  else if (told.method == "getUpdates")
    out = nothing_new;
  else
    out = yes;
  ++calls_;
  on_call_(told);
}

} // namespace switchboard::bench
