#include "net/conversation.hpp"

#include "net/server_response.hpp"
#include "net/websocket_handshake.hpp"

#include <boost/beast/core/string.hpp>

#include <spdlog/spdlog.h>

#include <exception>
#include <optional>
#include <utility>
#include <vector>

namespace switchboard::net {

namespace {

using boost::beast::http::verb;
using clock = std::chrono::steady_clock;
using progress = request_reader::progress;

constexpr request_refusal too_slow{408, "request_timeout",
                                   "the request did not arrive in time"};

} // namespace

conversation::conversation(server_core& core, asker& actors,
                           const boost::asio::ip::address& peer)
  : core_{core},
    peer_{peer},
    proxied_{core.proxies.holds(peer)},
    reader_{core.options.header_bytes_max},
    request_{reader_, actors},
    began_{clock::now()},
    finished_{began_} {
  request_.client_address = to_text(peer);
}

conversation::step conversation::next() {
  while (!ended_) {
    if (out_.full())
      return step::write;
    switch (reader_.advance()) {
      case progress::need_more: return step::read;
      case progress::head: judge_head(); break;
      case progress::complete:
        request_.refresh();
        find_client();
        if (match_.found != nullptr && match_.found->async)
          return step::wait;
        if (match_.found != nullptr && match_.found->stream) {
          if (open_stream())
            return step::stream;
          break;
        }
        finish(answer_now());
        break;
      case progress::refused: refuse(reader_.refusal()); break;
    }
  }
  return step::end;
}

void conversation::received(std::size_t size) {
  if (reader_.empty())
    began_ = clock::now();
  reader_.commit(size);
}

void conversation::judge_head() {
  request_.refresh();
  request_.id = ++core_.last_request_id;
  match_ = core_.routes.find(request_.method, request_.path, request_.params);
  const auto* route = match_.found;
  request_.route
    = route != nullptr ? std::string_view{route->pattern} : std::string_view{};
  judged_ = true;
  const bool special = route != nullptr && route->body_bytes_max != 0;
  const auto body_bytes_max
    = special ? route->body_bytes_max : core_.options.body_bytes_max;
  if (reader_.take_body(body_bytes_max) && reader_.wants_continue())
    out_.text() += "HTTP/1.1 100 Continue\r\n\r\n";
}

void conversation::find_client() {
  if (!proxied_)
    return;
  std::vector<std::string_view> chain;
  for (const auto& field : reader_.fields())
    if (boost::beast::iequals(reader_.name(field), "X-Forwarded-For"))
      chain.push_back(reader_.value(field));
  request_.client_address = core_.proxies.client(peer_, chain);
}

boost::asio::awaitable<response> conversation::answering() {
  return match_.found->async(request_);
}

response conversation::answer_now() {
  if (match_.found != nullptr) {
    try {
      return match_.found->sync(request_);
    } catch (const std::exception& e) {
      return failed(e.what());
    } catch (...) {
      return failed("an unknown exception");
    }
  }
  if (!match_.path_known)
    return error_response(404, "not_found", "there is nothing here");
  if (auto granted = core_.cross_origin.preflight(request_, match_.allow))
    return std::move(*granted);
  auto answer = error_response(405, "method_not_allowed",
                               "this method is not allowed here");
  answer.headers.emplace_back("Allow", match_.allow);
  return answer;
}

response conversation::failed(std::string_view why) {
  spdlog::error("http: request {} on {} failed: {}", request_.id,
                request_.route, why);
  return error_response(500, "internal_error",
                        "something went wrong here; X-Request-Id says which "
                        "line of the log tells more");
}

void conversation::finish(response answer) {
  if (!headers_are_safe(answer) || answer.status < 200 || answer.status > 599)
    answer = failed("the handler's answer is not valid HTTP");
  const bool stays = reader_.keep_alive() && !winding_up_;
  put(std::move(answer), stays);
  reader_.next();
  judged_ = false;
  ended_ = !stays;
}

void conversation::give_up() {
  refuse(too_slow);
}

void conversation::refuse(const request_refusal& why) {
  if (!judged_) {
    request_.id = ++core_.last_request_id;
    request_.route = {};
  } else {
    request_.refresh();
  }
  ended_ = refused_ = true;
  put(error_response(why.status, why.code, why.message), false);
}

void conversation::put(response answer, bool stays) {
  response_framing framing;
  framing.version = reader_.version();
  framing.keep_alive = stays;
  framing.request_id = request_.id;
  if (judged_)
    core_.cross_origin.add_to(answer.headers, request_);
  append_head(out_.text(), answer, framing);
  if (reader_.method() != verb::head && has_body(answer.status))
    out_.add_body(std::move(answer.body));
  note_answer(answer.status);
}

void conversation::note_answer(unsigned status) {
  finished_ = clock::now();
  if (core_.observer != nullptr)
    core_.observer->request_done(request_.route, status, finished_ - began_);
  // The next one of a pipeline has been waiting for this one only.
  began_ = finished_;
}

/// Asks the stream's handler. False when the request is answered with that.
bool conversation::open_stream() {
  stream_answer said = response{};
  try {
    said = match_.found->stream(request_);
  } catch (const std::exception& e) {
    said = failed(e.what());
  } catch (...) {
    said = failed("an unknown exception");
  }
  if (said.accepted() && !headers_are_safe(said.refusal()))
    said = failed("the handler's answer is not valid HTTP");
  if (!said.accepted()) {
    finish(std::move(said.refusal()));
    return false;
  }
  const bool websocket = asks_for_websocket(reader_);
  if (websocket)
    if (auto refusal = refuse_websocket()) {
      finish(std::move(*refusal));
      return false;
    }
  stream_.source = std::move(said.source());
  if (websocket)
    begin_websocket(std::move(said.refusal().headers));
  else
    begin_events(std::move(said.refusal().headers));
  return stream_.source != nullptr;
}

std::optional<response> conversation::refuse_websocket() const {
  if (!core_.cross_origin.lets_upgrade(request_))
    return error_response(403, "origin_not_allowed",
                          "pages of this website may not open a stream here");
  return websocket_refusal(reader_);
}

void conversation::begin_events(stream_answer::header_list headers) {
  response head{200, {}, "text/event-stream"};
  head.headers = std::move(headers);
  head.headers.emplace_back("Cache-Control", "no-store");
  head.headers.emplace_back("X-Accel-Buffering", "no");
  core_.cross_origin.add_to(head.headers, request_);
  response_framing framing;
  framing.version = reader_.version();
  stream_.chunked = framing.version == 11;
  framing.end = stream_.chunked ? body_end::last_chunk : body_end::close;
  const bool head_only = reader_.method() == verb::head;
  framing.keep_alive = head_only && reader_.keep_alive() && !winding_up_;
  append_head(out_.text(), head, framing);
  note_answer(head.status);
  if (!head_only)
    return;
  stream_.source = nullptr;
  reader_.next();
  judged_ = false;
  ended_ = !framing.keep_alive;
}

void conversation::begin_websocket(stream_answer::header_list headers) {
  stream_.websocket = true;
  stream_.hello = websocket_hello(reader_);
  stream_.headers = std::move(headers);
  note_answer(101);
}

} // namespace switchboard::net
