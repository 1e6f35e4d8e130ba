#include "tests/simulators/telegram_faults.hpp"

#include <utility>

namespace switchboard::simulators {

telegram_fault telegram_fault::refuse(int code, std::string description) {
  telegram_fault out;
  out.code = code;
  out.description = std::move(description);
  return out;
}

telegram_fault telegram_fault::slow_down(int retry_after) {
  auto out = refuse(
    429, "Too Many Requests: retry after " + std::to_string(retry_after));
  out.retry_after = retry_after;
  return out;
}

telegram_fault telegram_fault::of(kind what, int code) {
  telegram_fault out;
  out.what = what;
  out.code = code;
  return out;
}

telegram_fault telegram_fault::after(std::chrono::milliseconds delay) {
  telegram_fault out;
  out.what = kind::slow;
  out.delay = delay;
  out.takes_effect = true;
  return out;
}

telegram_fault telegram_fault::on(std::string to_method,
                                  std::int64_t to_chat) const {
  auto out = *this;
  out.method = std::move(to_method);
  out.chat_id = to_chat;
  return out;
}

telegram_fault telegram_fault::repeated(std::size_t often) const {
  auto out = *this;
  out.times = often;
  return out;
}

telegram_fault telegram_fault::lasting(std::chrono::milliseconds time) const {
  auto out = *this;
  out.during = time;
  out.times = 0;
  return out;
}

telegram_fault telegram_fault::with_effect() const {
  auto out = *this;
  out.takes_effect = true;
  return out;
}

} // namespace switchboard::simulators

namespace switchboard::simulators::telegram {

void fault_book::add(telegram_fault fault, sim_time now) {
  const auto ends
    = fault.during.count() > 0 ? now + fault.during : sim_time::max();
  faults_.push_back({std::move(fault), ends});
}

std::optional<telegram_fault>
fault_book::meet(const std::string& method, std::int64_t bot_id,
                 std::int64_t chat_id, sim_time now) {
  faults_.remove_if([now](const entry& one) { return one.ends <= now; });
  for (auto at = faults_.begin(); at != faults_.end(); ++at) {
    auto& fault = at->fault;
    if ((!fault.method.empty() && fault.method != method)
        || (fault.chat_id != 0 && fault.chat_id != chat_id)
        || (fault.bot_id != 0 && fault.bot_id != bot_id))
      continue;
    auto out = fault;
    if (fault.times > 0 && --fault.times == 0)
      faults_.erase(at);
    return out;
  }
  return std::nullopt;
}

} // namespace switchboard::simulators::telegram
