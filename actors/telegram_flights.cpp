#include "actors/lane_attempt.hpp"
#include "actors/telegram_carrier.hpp"
#include "actors/telegram_replies.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <atomic>
#include <utility>

/// The way out and back: from a departure to the answers of the lanes.
namespace switchboard::actors {

namespace telegram = channels::telegram;
using telegram::answer_class;

namespace {

/// Beyond the exchange's own limit: the courier answers before that.
constexpr std::chrono::seconds courier_margin{5};
constexpr std::size_t moved_max = 10'000;
constexpr std::uint32_t doublings_max = 16;

std::uint64_t number_of(telegram::departure_id id) {
  return static_cast<std::uint64_t>(id);
}

std::uint64_t number_of(telegram::request_id id) {
  return static_cast<std::uint64_t>(id);
}

/// Brings what was prepared to the carrier, exactly once: when it is dropped
/// unused, the call counts as one that can not be made.
class preparation {
public:
  preparation(telegram_carrier_actor carrier, telegram::departure_id id)
    : carrier_{std::move(carrier)}, id_{id} {}
  ~preparation() {
    tell(std::nullopt);
  }
  preparation(const preparation&) = delete;
  preparation& operator=(const preparation&) = delete;

  void tell(std::optional<channels::http_request> request) {
    if (!told_.exchange(true))
      caf::anon_send(carrier_, telegram_prepared{id_, std::move(request)});
  }

private:
  telegram_carrier_actor carrier_;
  telegram::departure_id id_;
  std::atomic<bool> told_{false};
};

std::string method_of(const std::string& url) {
  return url.substr(url.rfind('/') + 1);
}

} // namespace

// -- leaving ------------------------------------------------------------------

void telegram_carrier_state::depart(departure&& leaving) {
  if (is_stale(leaving) && !refresh(leaving)) {
    finish(leaving, telegram_replies::success("it was taken back in time"));
    return;
  }
  const auto id = leaving.id;
  auto& made
    = flights_.emplace(number_of(id), flight{std::move(leaving), {}, false})
        .first->second;
  if (!is_upload(made.what.call)) {
    prepare(id, made.what.call);
    return;
  }
  made.uploads = true;
  if (uploads_ == world_->policy.uploads_max) {
    waiting_uploads_.push_back(id);
    return;
  }
  ++uploads_;
  prepare(id, made.what.call);
}

void telegram_carrier_state::prepare(departure_id id,
                                     const telegram::method& call) {
  const auto slip
    = std::make_shared<preparation>(telegram_carrier_actor{self_}, id);
  world_->prepare(call, [slip](std::optional<channels::http_request> request) {
    slip->tell(std::move(request));
  });
}

void telegram_carrier_state::release_upload() {
  --uploads_;
  if (waiting_uploads_.empty())
    return;
  const auto id = waiting_uploads_.front();
  waiting_uploads_.pop_front();
  ++uploads_;
  prepare(id, flights_.at(number_of(id)).what.call);
}

void telegram_carrier_state::on_prepared(telegram_prepared& note) {
  const auto found = flights_.find(number_of(note.id));
  if (found == flights_.end())
    return;
  if (!note.request) {
    const auto landed = std::move(flights_.extract(found).mapped());
    if (landed.uploads)
      release_upload();
    finish(landed.what,
           telegram_replies::refusal("the file to be sent is gone"));
    pump();
    return;
  }
  found->second.method = method_of(note.request->url);
  const auto limit = note.request->total_timeout + courier_margin;
  self_->request(world_->courier, limit, std::move(*note.request))
    .then([this, id = note.id](
            const channels::http_answer& answer) { on_answer(id, answer); },
          [this, id = note.id](const caf::error&) {
            channels::http_answer lost;
            lost.failure = channels::http_failure::answer_timeout;
            lost.detail = "the exchange was abandoned";
            on_answer(id, lost);
          });
}

// -- coming back --------------------------------------------------------------

void telegram_carrier_state::on_answer(departure_id id,
                                       const channels::http_answer& answer) {
  const auto found = flights_.find(number_of(id));
  if (found == flights_.end())
    return;
  const auto landed = std::move(flights_.extract(found).mapped());
  if (landed.uploads)
    release_upload();
  const auto told = telegram::decode_answer(answer);
  if (world_->observer != nullptr)
    world_->observer->answered(world_->bot, landed.method, told.meaning,
                               answer.latency);
  take_in(landed.what, told, answer);
  pump();
}

void telegram_carrier_state::take_in(const departure& landed,
                                     const telegram::api_answer& told,
                                     const channels::http_answer& answer) {
  switch (told.meaning) {
    case answer_class::slow_down:
      governor_->slowed(
        landed.id, told.retry_after.value_or(world_->policy.slow_down_default),
        now());
      drop_best_effort(landed);
      return;
    case answer_class::migrated:
      if (!told.migrated_to || !follow(landed, *told.migrated_to))
        finish(landed, answer);
      return;
    case answer_class::unauthorized:
    case answer_class::conflict: rest_bot(landed, told); return;
    case answer_class::retry_later:
      retry_or_finish(landed, told, answer);
      return;
    case answer_class::done:
    case answer_class::not_modified:
    case answer_class::query_expired:
    case answer_class::blocked:
    case answer_class::chat_gone:
    case answer_class::topic_gone:
    case answer_class::topic_closed:
    case answer_class::message_gone:
    case answer_class::file_refused:
    case answer_class::no_rights:
    case answer_class::bad_request: finish(landed, answer); return;
  }
}

void telegram_carrier_state::finish(const departure& landed,
                                    const channels::http_answer& answer) {
  governor_->finished(landed.id, now());
  std::vector<wish> fulfilled;
  std::uint32_t deliveries = 0;
  for (const auto id : landed.requests) {
    auto node = wishes_.extract(number_of(id));
    if (node.empty())
      continue;
    auto& done = fulfilled.emplace_back(std::move(node.mapped()));
    if (done.askers.empty()) {
      --best_effort_;
      continue;
    }
    by_delivery_.erase(static_cast<std::uint64_t>(done.delivery.id));
    ++deliveries;
  }
  auto told = answer;
  told.shared_by = std::max(deliveries, 1U);
  for (auto& done : fulfilled)
    for (auto& asker : done.askers)
      asker.deliver(told);
}

void telegram_carrier_state::retry_or_finish(
  const departure& landed, const telegram::api_answer& told,
  const channels::http_answer& answer) {
  const auto& policy = world_->policy;
  const auto tries = count_try(landed);
  if (!is_durable(landed) || tries >= policy.tries_max) {
    finish(landed, answer);
    return;
  }
  const auto doublings = std::min(tries - 1, doublings_max);
  auto pause = jittered(
    std::min(policy.retry_first * (1U << doublings), policy.retry_max),
    policy.jitter);
  if (told.retry_after)
    pause = std::max<std::chrono::milliseconds>(pause, *told.retry_after);
  governor_->retry(landed.id, now() + pause, now());
}

bool telegram_carrier_state::follow(const departure& landed, chat_id to) {
  const auto from = telegram::chat_of(landed.call);
  if (!from || *from == to || count_try(landed) >= world_->policy.tries_max)
    return false;
  if (moved_.size() >= moved_max)
    moved_.clear();
  moved_.erase(to);
  auto& known = moved_[*from];
  const bool is_news = std::exchange(known, to) != to;
  governor_->moved(*from, to, now());
  governor_->retry(landed.id, now(), now());
  if (is_news && world_->migrated)
    world_->migrated(*from, to);
  return true;
}

void telegram_carrier_state::rest_bot(const departure& landed,
                                      const telegram::api_answer& told) {
  const auto until = now() + world_->policy.refused_rest;
  governor_->retry(landed.id, until, now());
  governor_->rest(until);
  drop_best_effort(landed);
  if (!world_->report_error
      || (complained_at_
          && now() - *complained_at_ < world_->policy.complaint_every))
    return;
  complained_at_ = now();
  error_note note;
  note.where = "telegram:" + telegram::to_string(world_->bot);
  note.code = to_string(told.meaning);
  note.message = told.description;
  world_->report_error(std::move(note));
}

// -- what a departure is for --------------------------------------------------

bool telegram_carrier_state::is_durable(const departure& landed) const {
  return std::ranges::any_of(landed.requests, [this](request_id id) {
    const auto found = wishes_.find(number_of(id));
    return found != wishes_.end() && !found->second.askers.empty();
  });
}

std::uint32_t telegram_carrier_state::count_try(const departure& landed) {
  std::uint32_t most = 0;
  for (const auto id : landed.requests) {
    const auto found = wishes_.find(number_of(id));
    if (found != wishes_.end())
      most = std::max(most, ++found->second.tries);
  }
  return most;
}

void telegram_carrier_state::drop_best_effort(const departure& landed) {
  if (is_durable(landed))
    return;
  for (const auto id : landed.requests)
    if (governor_->withdraw(id, now())) {
      wishes_.erase(number_of(id));
      --best_effort_;
    }
}

} // namespace switchboard::actors
