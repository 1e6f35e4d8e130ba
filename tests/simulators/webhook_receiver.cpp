#include "tests/simulators/webhook_receiver.hpp"

#include "tests/simulators/http_peer.hpp"
#include "tests/simulators/webhook_book.hpp"

#include <utility>

namespace switchboard::simulators {

namespace {

constexpr std::uint64_t body_max = 16'777'216;

webhook_request to_request(const peer_request& from) {
  return {from.method, from.path, from.version, from.headers, from.body};
}

peer_answer::kind line_of(webhook_reaction::kind what) {
  using kind = webhook_reaction::kind;
  switch (what) {
    case kind::reset: return peer_answer::kind::reset;
    case kind::close: return peer_answer::kind::close;
    case kind::garbage: return peer_answer::kind::garbage;
    case kind::hang: return peer_answer::kind::hang;
    case kind::status:
    case kind::huge_body: break;
  }
  return peer_answer::kind::answer;
}

peer_answer make_answer(const webhook_reaction& reaction) {
  peer_answer out;
  out.what = line_of(reaction.what);
  out.delay = reaction.delay;
  out.status = reaction.status;
  if (!reaction.retry_after.empty())
    out.headers.emplace_back("Retry-After", reaction.retry_after);
  if (!reaction.location.empty())
    out.headers.emplace_back("Location", reaction.location);
  if (reaction.what == webhook_reaction::kind::huge_body)
    out.body = std::string(reaction.body_size, 'x');
  else
    out.body = reaction.status < 300 ? R"({"ok":true})" : R"({"ok":false})";
  return out;
}

} // namespace

webhook_reaction webhook_reaction::ok() {
  return {};
}

webhook_reaction webhook_reaction::of(kind what) {
  webhook_reaction out;
  out.what = what;
  return out;
}

webhook_reaction webhook_reaction::with_status(int status,
                                               std::string retry_after) {
  webhook_reaction out;
  out.status = status;
  out.retry_after = std::move(retry_after);
  return out;
}

webhook_reaction webhook_reaction::redirect(std::string location, int status) {
  webhook_reaction out;
  out.status = status;
  out.location = std::move(location);
  return out;
}

webhook_reaction webhook_reaction::after(std::chrono::milliseconds delay) {
  webhook_reaction out;
  out.delay = delay;
  return out;
}

struct webhook_receiver::impl {
  explicit impl(webhook_receiver_options options)
    : book{std::move(options)},
      peer{[this](const peer_request& request) {
             return make_answer(
               book.enter(to_request(request), request.connection));
           },
           book.options().port, body_max} {}

  webhook_book book;
  http_peer peer;
};

webhook_receiver::webhook_receiver(webhook_receiver_options options)
  : impl_{std::make_unique<impl>(std::move(options))} {
  start();
}

webhook_receiver::~webhook_receiver() {
  stop();
}

void webhook_receiver::stop() {
  impl_->peer.stop();
}

void webhook_receiver::start() {
  impl_->peer.start();
}

std::uint16_t webhook_receiver::port() const {
  return impl_->peer.port();
}

std::string webhook_receiver::url(std::string_view path) const {
  return impl_->peer.url(path);
}

void webhook_receiver::add(const std::string& path,
                           webhook_endpoint_options options) {
  impl_->book.add(path, std::move(options));
}

void webhook_receiver::set_secrets(const std::string& path,
                                   std::vector<std::string> secrets) {
  impl_->book.set_secrets(path, std::move(secrets));
}

void webhook_receiver::script(const std::string& path,
                              std::vector<webhook_reaction> next) {
  impl_->book.script(path, std::move(next));
}

void webhook_receiver::usually(const std::string& path,
                               webhook_reaction usual) {
  impl_->book.usually(path, std::move(usual));
}

void webhook_receiver::release_hanging() {
  impl_->peer.release_hanging();
}

std::vector<webhook_call> webhook_receiver::calls() const {
  return impl_->book.calls({});
}

std::vector<webhook_call> webhook_receiver::calls(std::string_view path) const {
  return impl_->book.calls(path);
}

webhook_tally webhook_receiver::tally() const {
  return impl_->book.tally({});
}

webhook_tally webhook_receiver::tally(std::string_view path) const {
  return impl_->book.tally(path);
}

std::size_t webhook_receiver::connection_count() const {
  return impl_->peer.connection_count();
}

bool webhook_receiver::wait_until(
  const std::function<bool(const webhook_tally&)>& enough,
  std::chrono::milliseconds timeout) {
  return impl_->book.wait_until({}, enough, timeout);
}

bool webhook_receiver::wait_until(
  std::string_view path,
  const std::function<bool(const webhook_tally&)>& enough,
  std::chrono::milliseconds timeout) {
  return impl_->book.wait_until(path, enough, timeout);
}

bool webhook_receiver::wait_for_calls(std::uint64_t count,
                                      std::chrono::milliseconds timeout) {
  return wait_until(
    [count](const webhook_tally& now) { return now.calls >= count; }, timeout);
}

bool webhook_receiver::wait_for_messages(std::uint64_t count,
                                         std::chrono::milliseconds timeout) {
  return wait_until(
    [count](const webhook_tally& now) { return now.messages >= count; },
    timeout);
}

void webhook_receiver::forget() {
  impl_->book.forget();
}

std::vector<std::string> webhook_receiver::violations() const {
  return impl_->book.violations();
}

} // namespace switchboard::simulators
