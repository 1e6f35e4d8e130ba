#include "tests/simulators/whatsapp_simulator.hpp"

#include "tests/simulators/whatsapp_wire.hpp"

#include <algorithm>
#include <charconv>
#include <future>
#include <memory>
#include <random>
#include <utility>

namespace switchboard::simulators {

namespace {

constexpr std::size_t complaints_max = 1'000;
constexpr std::string_view page = "<html><body>Welcome to nginx!</body></html>";

std::uint16_t port_in(std::string_view url) {
  std::uint16_t out = 0;
  const auto host = url.find("//");
  const auto colon
    = host == std::string_view::npos ? host : url.find(':', host + 2);
  if (colon != std::string_view::npos)
    std::from_chars(url.data() + colon + 1, url.data() + url.size(), out);
  return out;
}

peer_answer::kind line_of(whatsapp_fault::kind what) {
  switch (what) {
    case whatsapp_fault::kind::reset: return peer_answer::kind::reset;
    case whatsapp_fault::kind::close: return peer_answer::kind::close;
    case whatsapp_fault::kind::garbage: return peer_answer::kind::garbage;
    case whatsapp_fault::kind::hang: return peer_answer::kind::hang;
    case whatsapp_fault::kind::refuse:
    case whatsapp_fault::kind::nonsense:
    case whatsapp_fault::kind::slow: break;
  }
  return peer_answer::kind::answer;
}

bool has_answer(const peer_answer& one) {
  return one.what == peer_answer::kind::answer
         || one.what == peer_answer::kind::hang;
}

} // namespace

whatsapp_fault whatsapp_fault::refuse(int status, int code) {
  whatsapp_fault out;
  out.status = status;
  out.code = code;
  return out;
}

whatsapp_fault whatsapp_fault::slow_down(std::string retry_after, int code) {
  auto out = refuse(429, code);
  out.retry_after = std::move(retry_after);
  return out;
}

whatsapp_fault whatsapp_fault::of(kind what) {
  whatsapp_fault out;
  out.what = what;
  return out;
}

whatsapp_fault whatsapp_fault::after(std::chrono::milliseconds delay) {
  auto out = of(kind::slow);
  out.takes_effect = true;
  out.delay = delay;
  return out;
}

whatsapp_fault whatsapp_fault::on(std::string path_part) const {
  auto out = *this;
  out.path = std::move(path_part);
  return out;
}

whatsapp_fault whatsapp_fault::repeated(std::size_t often) const {
  auto out = *this;
  out.times = often;
  return out;
}

whatsapp_fault whatsapp_fault::with_effect() const {
  auto out = *this;
  out.takes_effect = true;
  return out;
}

whatsapp_simulator::whatsapp_simulator(whatsapp_options options)
  : options_{std::move(options)},
    engine_port_{port_in(options_.engine)},
    salt_{std::to_string(std::random_device{}())},
    peer_{[this](const peer_request& request) { return enter(request); },
          options_.port} {}

void whatsapp_simulator::start() {
  peer_.start();
}

void whatsapp_simulator::stop() {
  peer_.stop();
}

void whatsapp_simulator::shut_down() {
  peer_.stop();
  caller_.stop();
}

std::uint16_t whatsapp_simulator::port() const {
  return peer_.port();
}

std::string whatsapp_simulator::url() const {
  return peer_.url();
}

void whatsapp_simulator::connect(std::string_view engine) {
  const std::lock_guard lock{mutex_};
  engine_port_ = port_in(engine);
}

std::uint16_t whatsapp_simulator::engine_port() const {
  const std::lock_guard lock{mutex_};
  return engine_port_;
}

void whatsapp_simulator::set_control(control takes) {
  const std::lock_guard lock{mutex_};
  control_ = std::move(takes);
}

// -- calls --------------------------------------------------------------------

peer_answer whatsapp_simulator::enter(const peer_request& request) {
  std::unique_lock lock{mutex_};
  if (const auto takes = control_) {
    lock.unlock();
    if (auto answer = takes(request))
      return std::move(*answer);
    lock.lock();
  }
  using kind = whatsapp_fault::kind;
  const auto fault = meet(request);
  peer_answer out;
  if (!fault || fault->takes_effect || fault->what == kind::slow)
    out = take(request);
  else
    out = refusal(504, 0);
  if (fault) {
    if (fault->what == kind::hang && fault->takes_effect)
      on_held();
    if (fault->what == kind::refuse)
      out = refusal(fault->status, fault->code);
    if (fault->what == kind::nonsense) {
      out = {};
      out.content_type = "text/html";
      out.body = page;
    }
    if (!fault->retry_after.empty())
      out.headers.emplace_back("Retry-After", fault->retry_after);
    out.what = line_of(fault->what);
    out.delay = fault->delay;
  }
  calls_.push_back({now_locked(), request, has_answer(out) ? out.status : 0});
  changed();
  return out;
}

std::optional<whatsapp_fault>
whatsapp_simulator::meet(const peer_request& request) {
  const auto at = std::ranges::find_if(faults_, [&request](const auto& one) {
    return one.path.empty()
           || request.target.find(one.path) != std::string::npos;
  });
  if (at == faults_.end())
    return std::nullopt;
  auto out = *at;
  if (at->times > 0 && --at->times == 0)
    faults_.erase(at);
  return out;
}

void whatsapp_simulator::fail(whatsapp_fault fault) {
  const std::lock_guard lock{mutex_};
  faults_.push_back(std::move(fault));
}

void whatsapp_simulator::clear_faults() {
  const std::lock_guard lock{mutex_};
  faults_.clear();
}

void whatsapp_simulator::release_hanging() {
  {
    const std::lock_guard lock{mutex_};
    on_released();
  }
  peer_.release_hanging();
}

// -- the clock ----------------------------------------------------------------

void whatsapp_simulator::advance(std::chrono::milliseconds time) {
  const std::lock_guard lock{mutex_};
  moved_ += time;
}

std::chrono::system_clock::time_point whatsapp_simulator::now() const {
  const std::lock_guard lock{mutex_};
  return now_locked();
}

std::chrono::system_clock::time_point whatsapp_simulator::now_locked() const {
  return std::chrono::system_clock::now() + moved_;
}

std::string whatsapp_simulator::unix_now() const {
  const auto since = now_locked().time_since_epoch();
  return std::to_string(
    std::chrono::duration_cast<std::chrono::seconds>(since).count());
}

// -- what is remembered -------------------------------------------------------

std::string whatsapp_simulator::new_id(std::string_view prefix,
                                       std::size_t size) {
  return whatsapp::make_id(prefix, salt_ + std::to_string(++last_number_),
                           size);
}

void whatsapp_simulator::complain(std::string what) {
  if (complaints_.size() < complaints_max)
    complaints_.push_back(std::move(what));
}

void whatsapp_simulator::complain_all(const std::string& where,
                                      const std::vector<std::string>& what) {
  const auto start = where + ": ";
  for (const auto& one : what)
    complain(std::string{start}.append(one));
}

void whatsapp_simulator::add(whatsapp_delivery what) {
  what.at = now_locked();
  deliveries_.push_back(std::move(what));
  changed();
}

whatsapp_delivery* whatsapp_simulator::delivery_with(std::string_view id) {
  const auto at = std::ranges::find(deliveries_, id, &whatsapp_delivery::id);
  return at == deliveries_.end() ? nullptr : &*at;
}

whatsapp_simulator::deliveries_t whatsapp_simulator::arrived() const {
  deliveries_t out;
  std::ranges::copy_if(
    deliveries_, std::back_inserter(out),
    [](const auto& one) { return one.is_settled && one.code == 0; });
  return out;
}

whatsapp_simulator::deliveries_t whatsapp_simulator::deliveries() const {
  const std::lock_guard lock{mutex_};
  return arrived();
}

whatsapp_simulator::deliveries_t
whatsapp_simulator::deliveries(std::string_view to) const {
  auto out = deliveries();
  std::erase_if(out, [to](const auto& one) { return one.to != to; });
  return out;
}

whatsapp_simulator::deliveries_t whatsapp_simulator::failed() const {
  const std::lock_guard lock{mutex_};
  deliveries_t out;
  std::ranges::copy_if(deliveries_, std::back_inserter(out),
                       [](const auto& one) { return one.code != 0; });
  return out;
}

std::vector<whatsapp_call> whatsapp_simulator::calls() const {
  const std::lock_guard lock{mutex_};
  return calls_;
}

std::size_t whatsapp_simulator::call_count() const {
  const std::lock_guard lock{mutex_};
  return calls_.size();
}

std::size_t whatsapp_simulator::connection_count() const {
  return peer_.connection_count();
}

std::vector<std::string> whatsapp_simulator::complaints() const {
  const std::lock_guard lock{mutex_};
  return complaints_;
}

std::vector<call_reply> whatsapp_simulator::webhook_replies() const {
  const std::lock_guard lock{mutex_};
  return replies_;
}

void whatsapp_simulator::forget() {
  const std::lock_guard lock{mutex_};
  calls_.clear();
  complaints_.clear();
  replies_.clear();
  // What is still being fetched is looked for when it is there.
  std::erase_if(deliveries_, [](const auto& one) { return one.is_settled; });
}

// -- waiting ------------------------------------------------------------------

bool whatsapp_simulator::wait_until(
  const std::function<bool(const deliveries_t&)>& enough,
  std::chrono::milliseconds timeout) {
  std::unique_lock lock{mutex_};
  return changed_.wait_for(lock, timeout,
                           [this, &enough] { return enough(arrived()); });
}

bool whatsapp_simulator::wait_for_deliveries(
  std::size_t count, std::chrono::milliseconds timeout) {
  return wait_until([count](const auto& all) { return all.size() >= count; },
                    timeout);
}

bool whatsapp_simulator::wait_for_calls(std::size_t count,
                                        std::chrono::milliseconds timeout) {
  std::unique_lock lock{mutex_};
  return changed_.wait_for(lock, timeout,
                           [this, count] { return calls_.size() >= count; });
}

bool whatsapp_simulator::wait_until_quiet(std::chrono::milliseconds timeout) {
  std::unique_lock lock{mutex_};
  return changed_.wait_for(lock, timeout, [this] { return under_way_ == 0; });
}

// -- calls of our own ---------------------------------------------------------

void whatsapp_simulator::post(outgoing_call what, const std::string& line,
                              http_caller::done then) {
  ++under_way_;
  const auto finish = [this, then = std::move(then)](const call_reply& reply) {
    {
      const std::lock_guard lock{mutex_};
      replies_.push_back(reply);
    }
    if (then)
      then(reply);
    end_work();
  };
  caller_.call([this] { return engine_port(); }, std::move(what),
               options_.retries, finish, line);
}

void whatsapp_simulator::fetch(std::uint16_t port, outgoing_call what,
                               http_caller::done then) {
  ++under_way_;
  const auto finish = [this, then = std::move(then)](const call_reply& reply) {
    then(reply);
    end_work();
  };
  caller_.call([port] { return port; }, std::move(what), {}, finish);
}

void whatsapp_simulator::end_work() {
  const std::lock_guard lock{mutex_};
  --under_way_;
  changed();
}

call_reply whatsapp_simulator::post_and_wait(outgoing_call what) {
  const auto reply = std::make_shared<std::promise<call_reply>>();
  {
    const std::lock_guard lock{mutex_};
    const auto keep = [reply](const call_reply& one) { reply->set_value(one); };
    post(std::move(what), {}, keep);
  }
  return options_.waits ? reply->get_future().get() : call_reply{};
}

} // namespace switchboard::simulators
