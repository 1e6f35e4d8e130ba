// Random traffic through the rate governor, with a Telegram that answers late,
// slows down and fails: whatever happens, the limits hold as the peer counts,
// and nothing is lost, doubled or out of order.
#include "channels/telegram/rate_governor.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <random>
#include <set>
#include <sstream>

namespace switchboard::channels::telegram {
namespace {

using namespace std::chrono_literals;
using time_point = rate_clock::time_point;

struct arrival {
  time_point at;
  std::uint32_t cost = 1;
};

/// The most that came within any `window`.
std::uint32_t busiest(std::vector<arrival> all, rate_clock::duration window) {
  std::ranges::sort(all, {}, &arrival::at);
  std::uint32_t most = 0;
  std::uint32_t within = 0;
  for (std::size_t first = 0, last = 0; last < all.size(); ++last) {
    within += all[last].cost;
    while (all[first].at + window <= all[last].at)
      within -= all[first++].cost;
    most = std::max(most, within);
  }
  return most;
}

class Traffic : public testing::TestWithParam<std::uint32_t> {
protected:
  struct flying {
    departure what;
    time_point left;
    time_point due;
  };
  using budget_name = std::pair<chat_id, call_family>;

  std::uint32_t pick(std::uint32_t below) {
    return static_cast<std::uint32_t>(random_() % below);
  }

  chat_id random_chat() {
    const auto n = static_cast<std::int64_t>(pick(12));
    return n < 8 ? chat_id{100 + n} : chat_id{-1000 - n};
  }

  void offer_text() {
    const auto chat = random_chat();
    const auto topic
      = is_private(chat) ? 0 : 2 + static_cast<std::int32_t>(pick(4));
    const auto u = static_cast<std::uint8_t>(pick(2));
    std::ostringstream line;
    line << static_cast<std::int64_t>(chat) << '/' << topic << '/' << int{u};
    const auto number = ++offered_[line.str()];
    line << ' ' << number;
    send_message call{{chat, {}, {}, false, false}, line.str(), {}, false};
    if (topic != 0)
      call.to.topic = topic_id{topic};
    offer(std::move(call), urgency{u});
  }

  void offer_album() {
    send_media_group call{{random_chat(), {}, {}, false, false}, {}};
    call.items.assign(2 + pick(5), {file_kind::photo, "p", {}});
    offer(std::move(call), urgency::customer);
  }

  void offer_edit() {
    const auto message = static_cast<std::int32_t>(pick(10)) + 1;
    const auto label = std::to_string(++last_label_);
    const auto chat = random_chat();
    labels_[{chat, message}] = label;
    const inline_keyboard keyboard{
      {{{label, button::action::callback, label}}}};
    if (pick(2) == 0)
      offer(edit_message_reply_markup{chat, message_id{message}, keyboard},
            urgency::cosmetic);
    else
      offer(edit_message_text{chat, message_id{message}, "t", keyboard, false},
            urgency::mirror);
  }

  void offer(method call, urgency u) {
    const request_id id{++last_id_};
    ASSERT_NE(governor_.offer({id, std::move(call), u, 1}, now_),
              offer_outcome::refused);
    open_.insert(id);
  }

  void let_leave() {
    while (auto go = governor_.next(now_).go) {
      const auto chat = *chat_of(go->call);
      const budget_name budget{chat, family_of(go->call)};
      EXPECT_GE(now_, blocked_[budget]) << "leaves in spite of a 429";
      const auto cost = cost_of(go->call);
      const auto due = now_ + std::chrono::milliseconds{20 + pick(800)};
      const auto reached
        = now_ + (due - now_) * static_cast<int>(pick(101)) / 100;
      departures_.push_back({now_, cost});
      if (is_private(chat))
        private_[budget].push_back({now_, cost});
      else
        groups_[budget].push_back({reached, cost});
      flying_.push_back({std::move(*go), now_, due});
    }
  }

  void answer_due() {
    for (std::size_t i = 0; i < flying_.size();) {
      if (flying_[i].due > now_) {
        ++i;
        continue;
      }
      const auto landed = std::move(flying_[i]);
      flying_.erase(flying_.begin() + static_cast<std::ptrdiff_t>(i));
      answer(landed.what);
    }
  }

  void answer(const departure& what) {
    const auto dice = pick(100);
    if (dice < 4) {
      const std::chrono::seconds pause{1 + pick(20)};
      governor_.slowed(what.id, pause, now_);
      auto& until = blocked_[{*chat_of(what.call), family_of(what.call)}];
      until = std::max(until, now_ + pause);
      return;
    }
    if (dice < 8) {
      governor_.retry(what.id, now_ + std::chrono::seconds{pick(5)}, now_);
      return;
    }
    governor_.finished(what.id, now_);
    for (const auto id : what.requests)
      EXPECT_EQ(open_.erase(id), 1u) << "fulfilled twice, or never asked for";
    take_in(what.call);
  }

  void take_in(const method& call) {
    if (const auto* message = std::get_if<send_message>(&call)) {
      std::istringstream lines{message->text.text};
      std::string name;
      for (std::uint64_t number = 0; lines >> name >> number;)
        EXPECT_EQ(++delivered_[name], number) << "out of order in " << name;
    } else if (const auto* text = std::get_if<edit_message_text>(&call)) {
      seen_labels_[{text->chat, static_cast<std::int32_t>(text->message)}]
        = text->keyboard.rows[0][0].text;
    } else if (const auto* markup
               = std::get_if<edit_message_reply_markup>(&call)) {
      seen_labels_[{markup->chat, static_cast<std::int32_t>(markup->message)}]
        = markup->keyboard.rows[0][0].text;
    }
  }

  void run() {
    for (int step = 0; step < 3'000; ++step) {
      for (auto some = pick(4); some > 0; --some)
        offer_text();
      if (pick(20) == 0)
        offer_album();
      if (pick(3) == 0)
        offer_edit();
      let_leave();
      now_ += std::chrono::milliseconds{pick(200)};
      answer_due();
    }
    // What is left goes when its time has come, if the governor knows it.
    for (int step = 0; !open_.empty() && step < 1'000'000; ++step) {
      let_leave();
      auto at = governor_.next(now_).ask_again.value_or(time_point::max());
      for (const auto& one : flying_)
        at = std::min(at, one.due);
      ASSERT_NE(at, time_point::max()) << "nothing will ever happen again";
      now_ = std::max(now_, at);
      answer_due();
    }
  }

  std::mt19937 random_{GetParam()};
  rate_governor governor_;
  time_point now_{std::chrono::hours{1}};
  std::uint64_t last_id_ = 0;
  std::uint64_t last_label_ = 0;
  std::set<request_id> open_;
  std::vector<flying> flying_;
  std::map<std::string, std::uint64_t> offered_;
  std::map<std::string, std::uint64_t> delivered_;
  std::map<std::pair<chat_id, std::int32_t>, std::string> labels_;
  std::map<std::pair<chat_id, std::int32_t>, std::string> seen_labels_;
  std::map<budget_name, time_point> blocked_;
  std::map<budget_name, std::vector<arrival>> groups_;
  std::map<budget_name, std::vector<arrival>> private_;
  std::vector<arrival> departures_;
};

TEST_P(Traffic, HoldsTheLimitsAndLosesNothing) {
  SCOPED_TRACE("seed " + std::to_string(GetParam()));
  run();
  EXPECT_TRUE(open_.empty());
  EXPECT_EQ(delivered_, offered_);
  EXPECT_EQ(seen_labels_, labels_);
  EXPECT_LE(busiest(departures_, 1s), 30u);
  std::uint32_t group_most = 0;
  for (const auto& [budget, all] : groups_)
    group_most = std::max(group_most, busiest(all, 60s));
  EXPECT_LE(group_most, 20u);
  EXPECT_GE(group_most, 18u) << "the budget is there to be used";
  for (const auto& [budget, all] : private_) {
    // An album may overdraw a bucket of three by what it is larger than that.
    EXPECT_LE(busiest(all, 1s), 3u + 1 + 6);
    EXPECT_LE(busiest(all, 30s), 3u + 30 + 6);
  }
  const auto figures = governor_.figures();
  EXPECT_EQ(figures.on_their_way, 0u);
  EXPECT_EQ(figures.waiting, (std::array<std::uint64_t, 3>{}));
  EXPECT_GT(figures.merged, 0u);
  EXPECT_GT(figures.folded, 0u);
}

INSTANTIATE_TEST_SUITE_P(Seeds, Traffic, testing::Range(1U, 21U));

TEST(GovernorUnderLoad, KeepsThePlaceOfCustomers) {
  rate_governor governor;
  time_point now{std::chrono::hours{1}};
  constexpr chat_id group{-1001};
  std::uint64_t last_id = 0;
  std::set<std::uint64_t> open;
  const auto offer = [&](method call, urgency u) {
    ASSERT_EQ(
      governor.offer({request_id{++last_id}, std::move(call), u, 1}, now),
      offer_outcome::queued);
    open.insert(last_id);
  };
  // A thousand visitors write at once, each in a topic of one group, while
  // agents' chats get a thousand mirrors as well.
  for (std::int32_t i = 0; i < 1'000; ++i) {
    offer(
      send_message{
        {group, topic_id{2 + i}, {}, false, false}, "visitor", {}, false},
      urgency::mirror);
    offer(
      send_message{{chat_id{1 + i}, {}, {}, false, false}, "agent", {}, false},
      urgency::mirror);
  }
  rate_clock::duration worst{};
  for (int second = 0; second < 120; ++second) {
    const auto asked = now;
    const auto customer = last_id + 1;
    offer(
      send_message{
        {chat_id{100'000 + second}, {}, {}, false, false}, "answer", {}, false},
      urgency::customer);
    while (now < asked + 1s) {
      while (const auto go = governor.next(now).go) {
        for (const auto id : go->requests) {
          open.erase(static_cast<std::uint64_t>(id));
          if (static_cast<std::uint64_t>(id) == customer)
            worst = std::max(worst, now - asked);
        }
        governor.finished(go->id, now);
      }
      now += 10ms;
    }
    EXPECT_FALSE(open.contains(customer));
  }
  // What is kept back for customers is there when one comes.
  EXPECT_LE(worst, 10ms);
  EXPECT_EQ(governor.figures().waiting[1], open.size());
  while (!open.empty()) {
    const auto turn = governor.next(now);
    if (turn.go) {
      for (const auto id : turn.go->requests)
        open.erase(static_cast<std::uint64_t>(id));
      governor.finished(turn.go->id, now);
      continue;
    }
    ASSERT_TRUE(turn.ask_again);
    now = *turn.ask_again;
  }
}

TEST(GovernorUnderLoad, SitsOutAMinuteOf429) {
  rate_governor governor;
  time_point now{std::chrono::hours{1}};
  constexpr chat_id group{-1001};
  for (std::int32_t i = 0; i < 200; ++i) {
    send_message call;
    call.to.chat = group;
    call.to.topic = topic_id{2 + i % 10};
    call.text = "message " + std::to_string(i);
    const request_id id{static_cast<std::uint64_t>(i)};
    static_cast<void>(
      governor.offer({id, std::move(call), urgency::mirror, 1}, now));
  }
  // What was on its way together is slowed together.
  const auto slowed_at = now;
  std::vector<departure> slowed;
  while (auto go = governor.next(now).go)
    slowed.push_back(std::move(*go));
  EXPECT_EQ(slowed.size(), 5u);
  for (const auto& one : slowed)
    governor.slowed(one.id, 60s, now);
  EXPECT_EQ(governor.figures().waiting[1], 200u);
  EXPECT_EQ(governor.figures().slowed_group[0], 5u);

  std::map<int, std::vector<std::uint64_t>> topics;
  std::size_t calls = 0;
  std::size_t requests = 0;
  while (requests < 200) {
    const auto turn = governor.next(now);
    if (!turn.go) {
      ASSERT_TRUE(turn.ask_again);
      now = *turn.ask_again;
      continue;
    }
    EXPECT_GE(now, slowed_at + 60s);
    ++calls;
    for (const auto id : turn.go->requests) {
      const auto number = static_cast<std::uint64_t>(id);
      topics[static_cast<int>(number % 10)].push_back(number);
      ++requests;
    }
    governor.finished(turn.go->id, now);
  }
  for (const auto& [topic, numbers] : topics) {
    EXPECT_EQ(numbers.size(), 20u);
    EXPECT_TRUE(std::ranges::is_sorted(numbers));
  }
  // Each topic's twenty became one message, and the first may leave the moment
  // that the minute is over.
  EXPECT_EQ(calls, 10u);
  EXPECT_LE(now, slowed_at + 120s);
}

} // namespace
} // namespace switchboard::channels::telegram
