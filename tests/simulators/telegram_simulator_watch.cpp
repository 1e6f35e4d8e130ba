// How tests steer the simulator and what they see of it.

#include "tests/simulators/telegram_simulator.hpp"
#include "tests/simulators/telegram_world.hpp"

#include <algorithm>
#include <utility>

namespace switchboard::simulators {

using telegram::update_state;

void telegram_simulator::fail(telegram_fault fault) {
  auto& all = inside();
  const std::lock_guard lock{all.mutex};
  all.faults.add(std::move(fault), all.now());
}

void telegram_simulator::clear_faults() {
  const std::lock_guard lock{inside().mutex};
  inside().faults.clear();
}

void telegram_simulator::set_limits(telegram_limits limits) {
  const std::lock_guard lock{inside().mutex};
  inside().options.limits = limits;
  inside().rates.clear();
}

void telegram_simulator::advance(std::chrono::milliseconds time) {
  const std::lock_guard lock{inside().mutex};
  inside().advanced += time;
  inside().changed();
}

void telegram_simulator::hold_updates(const telegram_bot& bot) {
  const std::lock_guard lock{inside().mutex};
  inside().bot(bot.id).held = true;
}

void telegram_simulator::release_updates(const telegram_bot& bot, order in) {
  const std::lock_guard lock{inside().mutex};
  auto& of = inside().bot(bot.id);
  of.held = false;
  if (in == order::reversed)
    std::ranges::reverse(of.updates);
  inside().changed();
}

void telegram_simulator::repeat_update(const telegram_bot& bot,
                                       std::int64_t update_id) {
  const std::lock_guard lock{inside().mutex};
  auto& of = inside().bot(bot.id);
  const auto at = of.archive.find(update_id);
  if (at == of.archive.end())
    throw std::logic_error{"no update " + std::to_string(update_id)};
  auto again = at->second;
  // It must not wait for the first one when that is still under way.
  again.queue += ":again:" + std::to_string(++inside().last_id);
  of.updates.push_back(std::move(again));
  inside().changed();
}

std::int64_t telegram_simulator::post_update(const telegram_bot& bot,
                                             boost::json::object content) {
  const std::lock_guard lock{inside().mutex};
  auto& of = inside().bot(bot.id);
  const auto id = of.last_update_id + 1;
  // What a bot asked for does not matter to what a test wants it to get.
  const auto wanted = std::exchange(of.wanted, std::nullopt);
  inside().push_update(of, "posted", "posted:" + std::to_string(id),
                       std::move(content));
  of.wanted = wanted;
  return id;
}

std::size_t telegram_simulator::pending_updates(const telegram_bot& bot) const {
  const std::lock_guard lock{inside().mutex};
  return inside().bot(bot.id).updates.size();
}

std::int64_t telegram_simulator::last_update_id(const telegram_bot& bot) const {
  const std::lock_guard lock{inside().mutex};
  return inside().bot(bot.id).last_update_id;
}

std::string telegram_simulator::webhook(const telegram_bot& bot) const {
  const std::lock_guard lock{inside().mutex};
  return inside().bot(bot.id).hook.url;
}

std::vector<telegram_call> telegram_simulator::calls() const {
  const std::lock_guard lock{inside().mutex};
  return inside().calls;
}

std::vector<telegram_call>
telegram_simulator::calls(std::string_view method) const {
  auto out = calls();
  std::erase_if(
    out, [method](const telegram_call& one) { return one.method != method; });
  return out;
}

telegram_tally telegram_simulator::tally() const {
  const std::lock_guard lock{inside().mutex};
  return inside().tally;
}

bool telegram_simulator::wait_until(const std::function<bool()>& enough,
                                    std::chrono::milliseconds timeout) const {
  auto& all = inside();
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  std::unique_lock lock{all.mutex};
  for (;;) {
    const auto seen = all.changes;
    lock.unlock();
    if (enough())
      return true;
    lock.lock();
    if (!all.change.wait_until(lock, deadline,
                               [&] { return all.changes != seen; })) {
      lock.unlock();
      return enough();
    }
  }
}

std::optional<telegram_message>
telegram_simulator::wait_for_text(const telegram_place& where,
                                  const std::string& part,
                                  std::chrono::milliseconds timeout) const {
  std::optional<telegram_message> out;
  wait_until(
    [&] {
      for (auto& one : messages(where))
        if (one.from_bot && one.text.find(part) != std::string::npos)
          out = std::move(one);
      return out.has_value();
    },
    timeout);
  return out;
}

bool telegram_simulator::wait_for_updates_done(
  const telegram_bot& bot, std::chrono::milliseconds timeout) const {
  return wait_until([&] { return pending_updates(bot) == 0; }, timeout);
}

void telegram_simulator::forget() {
  auto& all = inside();
  const std::lock_guard lock{all.mutex};
  all.calls.clear();
  all.tally = {};
  all.violations.clear();
}

std::vector<std::string> telegram_simulator::violations() const {
  const std::lock_guard lock{inside().mutex};
  return inside().violations;
}

} // namespace switchboard::simulators
