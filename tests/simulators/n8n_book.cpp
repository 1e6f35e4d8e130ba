#include "tests/simulators/n8n_book.hpp"

#include <boost/beast/core/string.hpp>

namespace switchboard::simulators {

namespace {

constexpr const char* key_header = "x-api-key";

bool is_json(std::string_view content_type) {
  const auto kind = content_type.substr(0, content_type.find(';'));
  return boost::beast::iequals(
    boost::beast::string_view{kind.data(), kind.size()}, "application/json");
}

/// The status that the caller will see, 0 when it sees none.
int status_of(const n8n_book::decision& decided) {
  using kind = reaction::kind;
  if (decided.unknown_path)
    return 404;
  if (decided.wrong_key)
    return 403;
  switch (decided.react.what) {
    case kind::ok:
    case kind::hang:
    case kind::huge_body: return 200;
    case kind::status: return decided.react.status;
    case kind::not_registered: return 404;
    case kind::reset:
    case kind::close:
    case kind::garbage: return 0;
  }
  return 0;
}

} // namespace

n8n_book::n8n_book(n8n_simulator_options options)
  : options_{std::move(options)} {}

n8n_book::decision n8n_book::enter(const peer_request& request) {
  received_call call;
  call.at = std::chrono::system_clock::now();
  call.method = request.method;
  call.target = request.target;
  call.content_type = request.header("content-type");
  call.user_agent = request.header("user-agent");
  call.body = request.body;
  call.connection = request.connection;
  decision out;
  out.unknown_path = request.method != "POST" || request.path != options_.path;
  out.wrong_key = request.header(key_header) != options_.api_key;
  {
    const std::lock_guard lock{mutex_};
    if (!out.unknown_path && !out.wrong_key) {
      check(request, call);
      out.react = next_reaction();
    }
    call.status = status_of(out);
    calls_.push_back(call);
    changed_.notify_all();
  }
  if (options_.on_call)
    options_.on_call(call);
  return out;
}

void n8n_book::check(const peer_request& request, received_call& call) {
  std::vector<std::string> found;
  call.content = check_ticket_created(call.body, found);
  if (!is_json(call.content_type))
    found.push_back("content type " + call.content_type);
  if (request.header_count(key_header) != 1)
    found.emplace_back("x-api-key more than once");
  if (request.header("host").empty())
    found.emplace_back("no Host");
  if (request.version != 11)
    found.emplace_back("not HTTP/1.1");
  if (!options_.agent_phone.empty()
      && call.content.agent_phone != options_.agent_phone)
    found.push_back("agentPhone is not " + options_.agent_phone);
  const auto start = "call " + std::to_string(calls_.size() + 1) + ": ";
  for (const auto& one : found)
    violations_.emplace_back(start).append(one);
}

reaction n8n_book::next_reaction() {
  if (script_.empty())
    return usual_;
  auto out = std::move(script_.front());
  script_.pop_front();
  return out;
}

void n8n_book::script(std::vector<reaction> next) {
  const std::lock_guard lock{mutex_};
  script_.insert(script_.end(), next.begin(), next.end());
}

void n8n_book::usually(reaction usual) {
  const std::lock_guard lock{mutex_};
  usual_ = std::move(usual);
}

void n8n_book::forget() {
  const std::lock_guard lock{mutex_};
  calls_.clear();
  violations_.clear();
}

std::vector<received_call> n8n_book::calls() const {
  const std::lock_guard lock{mutex_};
  return calls_;
}

std::size_t n8n_book::call_count() const {
  const std::lock_guard lock{mutex_};
  return calls_.size();
}

std::vector<std::string> n8n_book::violations() const {
  const std::lock_guard lock{mutex_};
  return violations_;
}

bool n8n_book::wait_until(
  const std::function<bool(const std::vector<received_call>&)>& enough,
  std::chrono::milliseconds timeout) {
  std::unique_lock lock{mutex_};
  return changed_.wait_for(lock, timeout, [&] { return enough(calls_); });
}

} // namespace switchboard::simulators
