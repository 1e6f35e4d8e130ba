#include "tests/simulators/n8n_simulator.hpp"

#include "tests/simulators/n8n_book.hpp"

#include <utility>

namespace switchboard::simulators {

namespace {

constexpr std::uint64_t body_max = 16'777'216; // n8n's own default

peer_answer make_answer(int status, std::string body) {
  peer_answer out;
  out.status = status;
  out.content_type = "application/json; charset=utf-8";
  out.body = std::move(body);
  return out;
}

std::string not_registered_body(const peer_request& request) {
  std::string out = R"({"code":404,"message":"The requested webhook \")";
  out.append(request.method).append(" ").append(request.target);
  out.append(R"(\" is not registered.","hint":"The workflow must be active )"
             R"(for a production URL to run successfully."})");
  return out;
}

peer_answer answer_to(const peer_request& request,
                      const n8n_book::decision& decided) {
  using kind = reaction::kind;
  const auto& react = decided.react;
  if (decided.unknown_path || react.what == kind::not_registered)
    return make_answer(404, not_registered_body(request));
  if (decided.wrong_key) {
    auto out = make_answer(403, "Authorization data is wrong!");
    out.content_type = "text/html; charset=utf-8";
    return out;
  }
  if (react.what == kind::huge_body)
    return make_answer(
      200, R"({"message":")" + std::string(react.body_size, 'x') + R"("})");
  if (react.what == kind::status) {
    auto out = make_answer(react.status, R"({"message":"Error in workflow"})");
    if (!react.retry_after.empty())
      out.headers.emplace_back("Retry-After", react.retry_after);
    return out;
  }
  return make_answer(200, R"({"message":"Workflow was started"})");
}

peer_answer::kind line_of(reaction::kind what) {
  using kind = reaction::kind;
  switch (what) {
    case kind::reset: return peer_answer::kind::reset;
    case kind::close: return peer_answer::kind::close;
    case kind::garbage: return peer_answer::kind::garbage;
    case kind::hang: return peer_answer::kind::hang;
    case kind::ok:
    case kind::status:
    case kind::not_registered:
    case kind::huge_body: break;
  }
  return peer_answer::kind::answer;
}

peer_answer react_to(const peer_request& request, n8n_book& book) {
  const auto decided = book.enter(request);
  auto out = answer_to(request, decided);
  out.what = line_of(decided.react.what);
  out.delay = decided.react.delay;
  return out;
}

} // namespace

reaction reaction::ok() {
  return {};
}

reaction reaction::of(kind what) {
  reaction out;
  out.what = what;
  return out;
}

reaction reaction::with_status(int status, std::string retry_after) {
  reaction out;
  out.what = kind::status;
  out.status = status;
  out.retry_after = std::move(retry_after);
  return out;
}

reaction reaction::after(std::chrono::milliseconds delay) {
  reaction out;
  out.delay = delay;
  return out;
}

struct n8n_simulator::impl {
  explicit impl(n8n_simulator_options options)
    : book{std::move(options)},
      peer{
        [this](const peer_request& request) { return react_to(request, book); },
        book.options().port, body_max} {}

  n8n_book book;
  http_peer peer;
};

n8n_simulator::n8n_simulator(n8n_simulator_options options)
  : impl_{std::make_unique<impl>(std::move(options))} {
  start();
}

n8n_simulator::~n8n_simulator() {
  stop();
}

void n8n_simulator::stop() {
  impl_->peer.stop();
}

void n8n_simulator::start() {
  impl_->peer.start();
}

std::uint16_t n8n_simulator::port() const {
  return impl_->peer.port();
}

std::string n8n_simulator::url() const {
  return impl_->peer.url(impl_->book.options().path);
}

const std::string& n8n_simulator::api_key() const {
  return impl_->book.options().api_key;
}

void n8n_simulator::script(std::vector<reaction> next) {
  impl_->book.script(std::move(next));
}

void n8n_simulator::usually(reaction usual) {
  impl_->book.usually(std::move(usual));
}

void n8n_simulator::release_hanging() {
  impl_->peer.release_hanging();
}

std::vector<received_call> n8n_simulator::calls() const {
  return impl_->book.calls();
}

std::size_t n8n_simulator::call_count() const {
  return impl_->book.call_count();
}

std::size_t n8n_simulator::connection_count() const {
  return impl_->peer.connection_count();
}

bool n8n_simulator::wait_for_calls(std::size_t count,
                                   std::chrono::milliseconds timeout) {
  return wait_until([count](const auto& all) { return all.size() >= count; },
                    timeout);
}

bool n8n_simulator::wait_until(
  const std::function<bool(const std::vector<received_call>&)>& enough,
  std::chrono::milliseconds timeout) {
  return impl_->book.wait_until(enough, timeout);
}

void n8n_simulator::forget() {
  impl_->book.forget();
}

std::vector<std::string> n8n_simulator::violations() const {
  return impl_->book.violations();
}

} // namespace switchboard::simulators
