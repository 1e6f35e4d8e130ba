#include "tests/simulators/webhook_book.hpp"

#include <utility>

namespace switchboard::simulators {

namespace {

constexpr std::size_t violations_max = 1'000;

std::int64_t seconds_of(std::chrono::system_clock::time_point at) {
  return std::chrono::duration_cast<std::chrono::seconds>(at.time_since_epoch())
    .count();
}

/// The status that the caller will see, 0 when it sees none.
int status_of(const webhook_reaction& reaction) {
  using kind = webhook_reaction::kind;
  switch (reaction.what) {
    case kind::status:
    case kind::hang:
    case kind::huge_body: return reaction.status;
    case kind::reset:
    case kind::close:
    case kind::garbage: return 0;
  }
  return 0;
}

void add_up(webhook_tally& to, const webhook_tally& more) {
  to.calls += more.calls;
  to.accepted += more.accepted;
  to.messages += more.messages;
  to.duplicates += more.duplicates;
  to.failed += more.failed;
  to.refused += more.refused;
}

} // namespace

webhook_book::webhook_book(webhook_receiver_options options)
  : options_{std::move(options)} {}

void webhook_book::add(const std::string& path,
                       webhook_endpoint_options options) {
  const std::lock_guard lock{mutex_};
  auto& to = endpoints_[path];
  to.random.seed(options.seed);
  to.options = std::move(options);
}

void webhook_book::set_secrets(const std::string& path,
                               std::vector<std::string> secrets) {
  const std::lock_guard lock{mutex_};
  endpoints_[path].options.secrets = std::move(secrets);
}

void webhook_book::script(const std::string& path,
                          std::vector<webhook_reaction> next) {
  const std::lock_guard lock{mutex_};
  auto& script = endpoints_[path].script;
  script.insert(script.end(), next.begin(), next.end());
}

void webhook_book::usually(const std::string& path, webhook_reaction usual) {
  const std::lock_guard lock{mutex_};
  endpoints_[path].usual = std::move(usual);
}

void webhook_book::forget() {
  const std::lock_guard lock{mutex_};
  for (auto& [path, to] : endpoints_) {
    to.tally = {};
    to.known_ids.clear();
    to.tickets.clear();
  }
  strays_ = 0;
  calls_.clear();
  violations_.clear();
}

webhook_reaction webhook_book::enter(webhook_request request,
                                     std::size_t connection) {
  webhook_call call;
  call.at = std::chrono::system_clock::now();
  call.id = request.header("webhook-id");
  call.timestamp = request.header("webhook-timestamp");
  call.content = read_webhook(request.body);
  call.connection = connection;
  call.request = std::move(request);
  webhook_reaction out;
  {
    const std::lock_guard lock{mutex_};
    const auto at = endpoints_.find(call.request.path);
    if (at == endpoints_.end()) {
      ++strays_;
      out = webhook_reaction::with_status(404);
      call.status = out.status;
    } else {
      out = decide(at->second, call);
    }
    if (options_.keep_calls)
      calls_.push_back(call);
    changed_.notify_all();
  }
  if (options_.on_call)
    options_.on_call(call);
  return out;
}

webhook_reaction webhook_book::decide(endpoint& to, webhook_call& call) {
  ++to.tally.calls;
  auto problems = find_head_problems(call.request, seconds_of(call.at));
  if (!is_signed_by(call.request, to.options.secrets))
    problems.emplace_back("no signature is by one of the secrets");
  for (const auto& one : problems)
    object(call, one);
  if (!call.content.is_json)
    object(call, "the body is not JSON");
  if (!problems.empty()) {
    ++to.tally.refused;
    call.status = 401;
    return webhook_reaction::with_status(call.status);
  }
  auto out = next_reaction(to);
  call.status = status_of(out);
  if (call.status >= 200 && call.status < 300)
    note_accepted(to, call);
  else
    ++to.tally.failed;
  return out;
}

webhook_reaction webhook_book::next_reaction(endpoint& to) {
  if (!to.script.empty()) {
    auto out = std::move(to.script.front());
    to.script.pop_front();
    return out;
  }
  std::bernoulli_distribution fails{to.options.fail_share};
  return fails(to.random) ? to.options.failure : to.usual;
}

void webhook_book::note_accepted(endpoint& to, webhook_call& call) {
  call.accepted = true;
  ++to.tally.accepted;
  call.duplicate = !to.known_ids.insert(call.id).second;
  if (call.duplicate) {
    ++to.tally.duplicates;
    return;
  }
  ++to.tally.messages;
  if (!call.content.ticket_id.empty() && call.content.sequence > 0)
    check_order(to, call);
}

void webhook_book::check_order(endpoint& to, const webhook_call& call) {
  const auto& content = call.content;
  auto& known = to.tickets[content.ticket_id];
  if (content.sequence < known.sequence) {
    if (to.options.ordered)
      object(call, "sequence " + std::to_string(content.sequence) + " after "
                     + std::to_string(known.sequence) + " of ticket "
                     + content.ticket_id);
    return;
  }
  if (content.sequence > known.sequence) {
    known.sequence = content.sequence;
    known.ids.clear();
  }
  const auto [at, is_new] = known.ids.emplace(content.type, call.id);
  if (!is_new)
    object(call, "sequence " + std::to_string(content.sequence) + " of ticket "
                   + content.ticket_id + " came as " + at->second);
}

void webhook_book::object(const webhook_call& call, std::string_view what) {
  if (violations_.size() < violations_max)
    violations_.push_back(call.request.path + " " + call.id + ": "
                          + std::string{what});
}

webhook_tally webhook_book::sum(std::string_view path) const {
  webhook_tally out;
  if (path.empty()) {
    out.calls = strays_;
    out.refused = strays_;
    for (const auto& [name, one] : endpoints_)
      add_up(out, one.tally);
  } else if (const auto at = endpoints_.find(path); at != endpoints_.end()) {
    out = at->second.tally;
  }
  return out;
}

std::vector<webhook_call> webhook_book::calls(std::string_view path) const {
  const std::lock_guard lock{mutex_};
  std::vector<webhook_call> out;
  for (const auto& one : calls_)
    if (path.empty() || one.request.path == path)
      out.push_back(one);
  return out;
}

webhook_tally webhook_book::tally(std::string_view path) const {
  const std::lock_guard lock{mutex_};
  return sum(path);
}

std::vector<std::string> webhook_book::violations() const {
  const std::lock_guard lock{mutex_};
  return violations_;
}

bool webhook_book::wait_until(
  std::string_view path,
  const std::function<bool(const webhook_tally&)>& enough,
  std::chrono::milliseconds timeout) {
  std::unique_lock lock{mutex_};
  return changed_.wait_for(lock, timeout, [&] { return enough(sum(path)); });
}

} // namespace switchboard::simulators
