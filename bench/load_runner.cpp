#include "bench/load_runner.hpp"

#include <algorithm>
#include <utility>

namespace switchboard::bench {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t error_excerpt_max = 200;

} // namespace

load_runner::load_runner(load_options options, scenario& work)
  : options_{std::move(options)},
    work_{work},
    pool_{options_.server, options_.connections, *this},
    requests_(options_.connections) {
  if (options_.rate)
    arrivals_.emplace(options_.arrival, *options_.rate, options_.seed);
  for (auto name : work_.kinds())
    figures_.kinds.push_back({.name = std::string{name}, .latency = {}});
}

load_figures load_runner::run(const progress_handler& on_progress) {
  start();
  while (true) {
    now_ = clock::now();
    keep_time(on_progress);
    if (arrivals_)
      send_due();
    if (all_sent() && busy_ == 0)
      break;
    if (window_closed_ && now_ > window_closed_at_ + options_.answer_timeout)
      break;
    pool_.poll(longest_wait());
  }
  finish();
  return std::move(figures_);
}

void load_runner::start() {
  now_ = start_ = last_answer_ = clock::now();
  next_second_ = start_ + 1s;
  window_start_ = start_ + options_.warm_up;
  window_end_
    = options_.count ? time_point::max() : window_start_ + options_.duration;
  if (arrivals_)
    next_due_ = start_ + arrivals_->next();
  for (std::uint32_t i = 0; i < pool_.size(); ++i)
    become_free(i);
}

bool load_runner::all_sent() const {
  if (options_.count && sent_ >= *options_.count)
    return true;
  return (arrivals_ ? next_due_ : now_) >= window_end_;
}

void load_runner::become_free(std::uint32_t connection) {
  if (!arrivals_ && !all_sent())
    send_next(connection, now_);
  else
    free_.push_back(connection);
}

void load_runner::send_due() {
  while (!free_.empty() && next_due_ <= now_ && !all_sent()) {
    auto connection = free_.front();
    free_.pop_front();
    send_next(connection, next_due_);
    next_due_ = start_ + arrivals_->next();
  }
}

void load_runner::send_next(std::uint32_t connection, time_point due) {
  auto next = work_.next();
  requests_[connection] = {.busy = true,
                           .token = next.token,
                           .kind = next.kind,
                           .due = due,
                           .sent = now_};
  ++sent_;
  ++busy_;
  pool_.send(connection, next.bytes);
}

void load_runner::on_answer(std::uint32_t connection, const answer& reply) {
  now_ = clock::now();
  auto& request = requests_[connection];
  request.busy = false;
  --busy_;
  ++answers_;
  auto latency = now_ - request.due;
  if (work_.accept(request.token, reply)) {
    latency_of_second_.record(latency);
    if (request.due >= window_start_ && request.due < window_end_) {
      figures_.kinds[request.kind].latency.record(latency);
      last_answer_ = now_;
    }
  } else {
    ++figures_.errors.unexpected;
    note_error("answer " + std::to_string(reply.status) + " to '"
               + figures_.kinds[request.kind].name
               + "': " + std::string{reply.body.substr(0, error_excerpt_max)});
  }
  become_free(connection);
}

void load_runner::on_loss(std::uint32_t connection, loss why) {
  now_ = clock::now();
  auto& request = requests_[connection];
  request.busy = false;
  --busy_;
  switch (why) {
    case loss::closed:
      ++figures_.errors.closed;
      note_error("the server closed a connection before it answered");
      break;
    case loss::malformed:
      ++figures_.errors.malformed;
      note_error("an answer was not HTTP/1.1 with a Content-Length");
      break;
    case loss::abandoned:
      ++figures_.errors.timed_out;
      note_error("a request was not answered in time");
      break;
  }
  work_.lose(request.token);
  become_free(connection);
}

std::chrono::nanoseconds load_runner::longest_wait() const {
  auto until = next_second_;
  if (!window_closed_)
    until = std::min(until, window_opened_ ? window_end_ : window_start_);
  if (arrivals_ && !free_.empty() && !all_sent())
    until = std::min(until, next_due_);
  return until - now_;
}

void load_runner::keep_time(const progress_handler& on_progress) {
  if (!window_opened_ && now_ >= window_start_)
    open_window();
  if (!window_closed_ && (now_ >= window_end_ || all_sent()))
    close_window();
  if (now_ < next_second_)
    return;
  abandon_late();
  load_progress progress{.elapsed = now_ - start_,
                         .warming_up = now_ < window_start_,
                         .answers = answers_ - answers_at_second_,
                         .errors = figures_.errors.total(),
                         .latency = latency_of_second_};
  if (on_progress)
    on_progress(progress);
  answers_at_second_ = answers_;
  latency_of_second_.clear();
  while (next_second_ <= now_)
    next_second_ += 1s;
}

void load_runner::abandon_late() {
  for (std::uint32_t i = 0; i < pool_.size(); ++i)
    if (requests_[i].busy && now_ - requests_[i].sent > options_.answer_timeout)
      pool_.abandon(i);
}

void load_runner::open_window() {
  window_opened_ = true;
  answers_at_window_start_ = answers_;
  own_cpu_at_window_start_ = own_cpu_time();
  if (options_.server_process != nullptr)
    server_cpu_at_window_start_ = options_.server_process->cpu_time();
}

void load_runner::close_window() {
  if (!window_opened_)
    open_window();
  window_closed_ = true;
  window_closed_at_ = now_;
  figures_.answers_of_cpu = answers_ - answers_at_window_start_;
  figures_.generator_cpu = own_cpu_time() - own_cpu_at_window_start_;
  if (options_.server_process != nullptr)
    figures_.server_cpu
      = options_.server_process->cpu_time() - server_cpu_at_window_start_;
}

void load_runner::note_error(std::string what) {
  if (figures_.first_error.empty())
    figures_.first_error = std::move(what);
}

void load_runner::finish() {
  if (busy_ > 0) {
    figures_.errors.timed_out += busy_;
    note_error("a request was not answered in time");
  }
  while (arrivals_ && !all_sent()) {
    ++figures_.errors.unsent;
    note_error("no connection was free for a request that was due");
    next_due_ = start_ + arrivals_->next();
  }
  // A run with a rate lasts as long as planned even when its last request was
  // answered early; when answers came late, that is part of the time.
  auto end = last_answer_;
  if (!options_.count)
    end = std::max(end, window_end_);
  figures_.measured = std::max(end - window_start_, clock::duration{0});
}

} // namespace switchboard::bench
