// What one ticket costs in the persistence layer: encoding, the group commit,
// and reading it back. CPU figures count every thread of the process, so they
// contain the writer, flushes and compactions.
#include "domain/ids.hpp"
#include "domain/ticket.hpp"
#include "persistence/deliveries.hpp"
#include "persistence/rocks_journal.hpp"
#include "persistence/statistics.hpp"
#include "persistence/ticket_changes.hpp"
#include "persistence/ticket_codec.hpp"
#include "persistence/ticket_views.hpp"

#include <benchmark/benchmark.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace switchboard;
using persistence::changes;
using persistence::rocks_journal;

const std::string payload(500, 'p');

/// Makes tickets like those of the website, one after the other.
class ticket_maker {
public:
  struct made {
    domain::ticket after;
    std::vector<domain::ticket_event> events;
  };

  made next() {
    ++count_;
    const domain::timestamp now{
      std::chrono::milliseconds{1'790'000'000'000U + count_ / 50}};
    const domain::ticket_id id{domain::make_uuid7(
      now, static_cast<std::uint16_t>(count_ % 50), random_())};
    std::array<std::uint8_t, 16> random{};
    for (auto& byte : random)
      byte = static_cast<std::uint8_t>(random_());
    const domain::message_draft message{
      domain::message_id{domain::make_uuid7(
        now, static_cast<std::uint16_t>(count_ % 50), random_())},
      domain::sender_role::customer,
      "Ada Lovelace",
      domain::channel::web,
      "My order has not arrived yet. It was promised for last Tuesday, and "
      "the tracking page has shown the same place ever since.",
      {},
      {}};
    const domain::create_ticket command{
      id,
      domain::ticket_number{count_},
      domain::make_ticket_ref(now, 8, random),
      {"Ada Lovelace", "+14155550100", "ada.lovelace@example.org"},
      "Where is my order?",
      domain::priority::medium,
      domain::channel::web,
      message,
      std::nullopt};
    auto events = domain::decide(std::nullopt, command, {now, {}});
    std::optional<domain::ticket> state;
    for (const auto& event : events.value())
      domain::apply(state, event);
    return {std::move(*state), std::move(events).value()};
  }

private:
  std::uint64_t count_ = 0;
  std::mt19937_64 random_{7};
};

changes changes_of(const ticket_maker::made& made) {
  changes out
    = persistence::ticket_changes(std::nullopt, made.after, made.events);
  out.deliveries.push_back({"n8n:ticket-created",
                            std::string{made.after.id.value.view()},
                            "ticket.created", payload, made.after.created_at});
  return out;
}

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec)
         + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// A journal in a folder of its own, which goes with it.
class scratch_journal {
public:
  scratch_journal() {
    const char* const base = std::getenv("SWITCHBOARD_BENCH_DIR");
    std::string name = std::string{base != nullptr ? base : "/tmp"}
                       + "/switchboard_micro_XXXXXX";
    path_ = mkdtemp(name.data());
    persistence::rocks_journal_options options;
    options.path = path_;
    auto opened = rocks_journal::open(options);
    if (!opened) {
      std::fprintf(stderr, "%s\n", opened.error().detail.c_str());
      std::exit(1);
    }
    journal_ = std::move(opened).value();
  }

  scratch_journal(const scratch_journal&) = delete;
  scratch_journal& operator=(const scratch_journal&) = delete;

  ~scratch_journal() {
    journal_.reset();
    std::filesystem::remove_all(path_);
  }

  rocks_journal& operator*() const {
    return *journal_;
  }

  rocks_journal* operator->() const {
    return journal_.get();
  }

private:
  std::filesystem::path path_;
  std::unique_ptr<rocks_journal> journal_;
};

/// Lets a bounded number of commits be on their way.
class flight {
public:
  explicit flight(int max) : free_(max), max_(max) {}

  void enter() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return free_ > 0; });
    --free_;
  }

  void leave(bool ok) {
    const std::lock_guard lock{mutex_};
    failed_ += ok ? 0 : 1;
    // Waking the producer for every single answer would measure wake-ups.
    if (++free_ == 1 || free_ == max_)
      changed_.notify_one();
  }

  int wait_for_all() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return free_ == max_; });
    return failed_;
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int free_;
  int max_;
  int failed_ = 0;
};

// The library's own way to say "as often as you like".
// NOLINTBEGIN(clang-analyzer-deadcode.DeadStores)
void make_ticket(benchmark::State& state) {
  ticket_maker maker;
  for (auto _ : state)
    benchmark::DoNotOptimize(maker.next());
}
BENCHMARK(make_ticket);

void project_ticket(benchmark::State& state) {
  ticket_maker maker;
  const auto made = maker.next();
  for (auto _ : state)
    benchmark::DoNotOptimize(changes_of(made));
}
BENCHMARK(project_ticket);

void decode_ticket(benchmark::State& state) {
  ticket_maker maker;
  const auto made = maker.next();
  const auto bytes = persistence::encode_ticket(made.after);
  for (auto _ : state)
    benchmark::DoNotOptimize(persistence::decode_ticket(made.after.id, bytes));
}
BENCHMARK(decode_ticket);

void encode_event(benchmark::State& state) {
  ticket_maker maker;
  const auto made = maker.next();
  for (auto _ : state)
    benchmark::DoNotOptimize(
      persistence::encode_event(made.after.id, made.events.back()));
}
BENCHMARK(encode_event);

/// What the figures cost for one event of a new ticket or of its message.
void count_event(benchmark::State& state) {
  const auto made = ticket_maker{}.next();
  std::vector<std::string> stored;
  for (const auto& event : made.events)
    stored.push_back(persistence::encode_event(made.after.id, event));
  persistence::statistics figures;
  std::size_t count = 0;
  for (auto _ : state) {
    const auto& bytes = stored[count++ % stored.size()];
    if (persistence::may_count(bytes))
      figures.apply(persistence::decode_event(bytes)->event, nullptr);
  }
  if (figures.total() != (count + 1) / stored.size())
    state.SkipWithError("the figures are wrong");
}
BENCHMARK(count_event);

/// Creates tickets with `range(0)` of them on their way. `us_cpu` is what one
/// costs in this layer, all threads: the making of the tickets is subtracted.
void create_tickets(benchmark::State& state) {
  scratch_journal journal;
  flight flight{static_cast<int>(state.range(0))};
  ticket_maker maker;
  double making = 0;
  const double began = cpu_seconds();
  std::vector<ticket_maker::made> ready;
  std::size_t next = 0;
  for (auto _ : state) {
    if (next == ready.size()) {
      state.PauseTiming();
      const double from = cpu_seconds();
      ready.clear();
      next = 0;
      for (int i = 0; i < 20000; ++i)
        ready.push_back(maker.next());
      making += cpu_seconds() - from;
      state.ResumeTiming();
    }
    flight.enter();
    journal->commit(
      changes_of(ready[next++]),
      [&flight](const persistence::commit_outcome& outcome) {
        flight.leave(std::holds_alternative<persistence::committed>(outcome));
      });
  }
  if (flight.wait_for_all() != 0)
    state.SkipWithError("commits were refused");
  const auto count = static_cast<double>(state.iterations());
  state.counters["us_cpu"] = 1e6 * (cpu_seconds() - began - making) / count;
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}
BENCHMARK(create_tickets)->Arg(1)->Arg(8)->Arg(64)->Arg(256)->UseRealTime();

/// What `GET /api/ticket/:ref` reads: by ref, the ticket, its messages.
void read_ticket(benchmark::State& state) {
  scratch_journal journal;
  ticket_maker maker;
  flight flight{256};
  std::vector<std::string> refs;
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    const auto made = maker.next();
    refs.push_back(made.after.ref);
    flight.enter();
    journal->commit(
      changes_of(made),
      [&flight](const persistence::commit_outcome&) { flight.leave(true); });
  }
  flight.wait_for_all();
  std::mt19937_64 random{9};
  const persistence::ticket_views views{journal->rows()};
  for (auto _ : state) {
    const auto id = views.find_ref(refs[random() % refs.size()]);
    const auto ticket = views.load(id.value());
    benchmark::DoNotOptimize(
      views.messages(ticket.value(), domain::message_sequence{}, 200));
  }
}
// NOLINTEND(clang-analyzer-deadcode.DeadStores)
BENCHMARK(read_ticket)->Arg(1000)->Arg(300000);

} // namespace
