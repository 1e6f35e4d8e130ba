#pragma once

#include "tests/simulators/whatsapp_simulator.hpp"
#include "tests/simulators/whatsapp_wire.hpp"

#include "tests/support/http_call.hpp"
#include "tests/support/loopback_server.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace switchboard::simulators {

namespace json = boost::json;
using boost::beast::http::verb;
using std::chrono::hours;
using std::chrono::milliseconds;
using support::http_reply;
using texts = std::vector<std::string>;

/// The engine's side: it keeps what it gets, answers what it is told, and has
/// files at any other path that was named.
class engine_stub {
public:
  engine_stub()
    : server_{[this](support::loopback_peer& peer) { serve(peer); }} {}

  [[nodiscard]] std::string url(const std::string& path = {}) const {
    return server_.url(path);
  }
  void answer_next(int status) {
    const std::lock_guard lock{mutex_};
    next_.push_back(status);
  }
  /// With its headers, each ended by a line break.
  void keep(const std::string& path, std::string body, std::string headers) {
    const std::lock_guard lock{mutex_};
    files_[path] = {std::move(body), std::move(headers)};
  }
  [[nodiscard]] std::vector<support::raw_request> requests() const {
    const std::lock_guard lock{mutex_};
    return requests_;
  }
  [[nodiscard]] support::raw_request last() const {
    const auto all = requests();
    return all.empty() ? support::raw_request{} : all.back();
  }
  [[nodiscard]] json::value last_body() const {
    return json::parse(last().body);
  }

private:
  void serve(support::loopback_peer& peer) {
    while (auto request = peer.read_request()) {
      int status = 200;
      std::pair<std::string, std::string> answer{R"({"ok":true})", {}};
      {
        const std::lock_guard lock{mutex_};
        requests_.push_back(*request);
        if (!next_.empty()) {
          status = next_.front();
          next_.pop_front();
        }
        if (const auto at = files_.find(request->target); at != files_.end())
          answer = at->second;
      }
      if (!peer.answer(status, answer.first, answer.second))
        return;
    }
  }

  mutable std::mutex mutex_;
  std::deque<int> next_;
  std::map<std::string, std::pair<std::string, std::string>> files_;
  std::vector<support::raw_request> requests_;
  support::loopback_server server_;
};

inline const std::string picture_bytes = "\x89PNG\r\n\x1a\n and the rest";

inline whatsapp_file picture() {
  return {"image/png", "screen.png", picture_bytes};
}

/// A member of an answer, by its path; a null when there is none.
inline json::value at_pointer(const std::string& body,
                              const std::string& pointer) {
  boost::system::error_code ec;
  const auto read = json::parse(body, ec);
  if (ec)
    return nullptr;
  const auto* found = read.find_pointer(pointer, ec);
  return found == nullptr ? json::value(nullptr) : *found;
}

} // namespace switchboard::simulators
