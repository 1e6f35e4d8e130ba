#include "actors/telegram_replies.hpp"

#include "channels/json/writer.hpp"

namespace switchboard::actors::telegram_replies {

namespace {

channels::http_answer error(int code, std::string_view reason,
                            std::chrono::seconds retry_after) {
  channels::http_answer out;
  out.status = code;
  channels::json::writer body{out.body};
  body.begin_object().key("ok").boolean(false);
  body.key("error_code").integer(code).key("description").string(reason);
  if (retry_after.count() > 0) {
    body.key("parameters").begin_object();
    body.key("retry_after").integer(retry_after.count()).end_object();
  }
  body.end_object();
  return out;
}

} // namespace

channels::http_answer success(std::string_view reason) {
  channels::http_answer out;
  out.status = 200;
  out.detail = reason;
  out.body = R"({"ok":true,"result":true})";
  return out;
}

channels::http_answer refusal(std::string_view reason) {
  return error(400, reason, std::chrono::seconds{0});
}

channels::http_answer failure(std::string_view reason,
                              std::chrono::seconds retry_after) {
  return error(503, reason, retry_after);
}

channels::http_answer patience(std::string_view reason,
                               std::chrono::seconds retry_after) {
  return error(429, reason, retry_after);
}

} // namespace switchboard::actors::telegram_replies
