#include "bench/whatsapp_run.hpp"

#include "bench/plain_caller.hpp"
#include "bench/trip_run.hpp"
#include "bench/website_requests.hpp"
#include "bench/whatsapp_sink.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>
#include <functional>
#include <map>
#include <memory>
#include <utility>

namespace switchboard::bench {

namespace {

/// As many as Meta puts into one call when much comes at once.
constexpr std::uint32_t large_batch = 10;
constexpr std::size_t text_variants = 1'000;

struct way {
  whatsapp_provider via;
  std::uint32_t batch;
};

constexpr std::array ways{
  way{whatsapp_provider::baileys, 1}, way{whatsapp_provider::twilio, 1},
  way{whatsapp_provider::cloud, 1}, way{whatsapp_provider::cloud, large_batch},
  way{whatsapp_provider::n8n, 1}};

/// Requests that were made beforehand, one after the other.
class prepared_scenario final : public scenario {
public:
  prepared_scenario(way how, std::vector<std::string> requests,
                    std::function<void(std::uint32_t)> on_send)
    : how_{how}, requests_{std::move(requests)}, on_send_{std::move(on_send)} {}

  [[nodiscard]] std::vector<std::string_view> kinds() const override {
    return {to_string(how_.via)};
  }
  outgoing next() override {
    const auto index = static_cast<std::uint32_t>(at_);
    at_ = (at_ + 1) % requests_.size();
    if (on_send_)
      on_send_(index);
    return {.bytes = requests_[index], .token = index, .kind = 0};
  }
  bool accept(std::uint32_t, const answer& reply) override {
    return is_taken(how_.via, how_.batch, reply.status, reply.body);
  }
  void lose(std::uint32_t) override {}

private:
  way how_;
  std::vector<std::string> requests_;
  std::function<void(std::uint32_t)> on_send_;
  std::size_t at_ = 0;
};

/// All rows of one run, against one server.
class whatsapp_measurement {
public:
  whatsapp_measurement(whatsapp_options options,
                       load_runner::progress_handler on_progress)
    : options_{std::move(options)}, on_progress_{std::move(on_progress)} {
    for (std::size_t i = 0; i < text_variants; ++i)
      texts_.push_back(make_ticket_form(options_.load.seed, i).message);
    for (auto& one : trips_) {
      one = std::make_unique<trip_book>(1);
      one->open_window();
    }
    sink_ = std::make_unique<whatsapp_sink>(
      options_.sink_port, [this](const whatsapp_chat& to) {
        trips_.at(static_cast<std::size_t>(to.via))
          ->arrive(to.number, to.number);
      });
  }

  whatsapp_figures run() {
    whatsapp_figures out;
    for (const auto& how : ways) {
      auto row = measure(how);
      note(row.name() + ", first messages", row.first);
      note(row.name(), row.steady);
      out.rows.push_back(std::move(row));
    }
    check_counts();
    for (const auto provider : whatsapp_providers)
      note(std::string{to_string(provider)} + ", acknowledgements",
           book(provider).problem());
    sink_->stop();
    if (sink_->strange() > 0)
      note("the server's calls",
           std::to_string(sink_->strange()) + " were no messages to our chats");
    out.problem = problem_;
    return out;
  }

private:
  trip_book& book(whatsapp_provider via) {
    return *trips_.at(static_cast<std::size_t>(via));
  }

  whatsapp_row measure(const way& how) {
    whatsapp_row row;
    row.via = how.via;
    row.batch = how.batch;
    auto& trips = book(how.via);
    if (how.batch == 1) {
      auto load = options_.load;
      load.rate = options_.first_rate > 0 ? std::optional{options_.first_rate}
                                          : std::nullopt;
      prepared_scenario work{how, prepare(how, options_.chats),
                             [&](std::uint32_t chat) { trips.begin(0, chat); }};
      row.first = run(load, options_.chats, work);
      if (row.first.errors.total() == 0)
        wait_for_trips(trips, options_.patience);
      row.acknowledged = trips.figures(0).latency;
    }
    auto load = options_.load;
    if (load.rate)
      *load.rate /= how.batch;
    const auto requests
      = std::max<std::uint64_t>(options_.messages / how.batch, 1);
    prepared_scenario work{how, prepare(how, requests), nullptr};
    row.steady = run(load, requests, work);
    return row;
  }

  load_figures run(load_options load, std::uint64_t count, scenario& work) {
    load.warm_up = {};
    load.count = count;
    load.connections = static_cast<std::uint32_t>(
      std::min<std::uint64_t>(load.connections, count));
    return load_runner{load, work}.run(on_progress_);
  }

  /// Chats take turns, so those of one batch are different ones.
  std::vector<std::string> prepare(const way& how, std::uint64_t count) {
    const whatsapp_caller caller{{.via = how.via,
                                  .host = to_string(options_.load.server),
                                  .public_url = options_.public_url,
                                  .secret = options_.secret,
                                  .sent_at = std::time(nullptr)}};
    std::vector<std::string> out;
    out.reserve(count);
    std::vector<std::string> ids(how.batch);
    std::vector<whatsapp_text> texts(how.batch);
    for (std::uint64_t i = 0; i < count; ++i) {
      for (std::uint32_t k = 0; k < how.batch; ++k) {
        const auto number = made_++;
        ids[k] = "BENCH" + std::to_string(number);
        texts[k]
          = {static_cast<std::uint32_t>((i * how.batch + k) % options_.chats),
             ids[k], texts_[number % texts_.size()]};
      }
      out.push_back(caller.request(texts));
    }
    counts_[how.via] += count * how.batch;
    return out;
  }

  /// Asks the server what became of the messages: a 200 may also mean that they
  /// were put aside. What it was told of its own acknowledgements counts there
  /// too, so that more may be done than came from here.
  void check_counts() {
    const auto metrics
      = plain_caller{options_.load.server, ""}.call("GET", "/metrics", "", 200);
    for (const auto& [provider, sent] : counts_) {
      const std::string name{to_string(provider)};
      for (const auto* result : {"repeated", "ignored", "put_aside",
                                 "unknown_target", "not_durable"})
        if (const auto count = counted(metrics, name, result); count > 0)
          note(name, std::to_string(count) + " messages were " + result);
      if (const auto done = counted(metrics, name, "done"); done < sent)
        note(name, std::to_string(done) + " of " + std::to_string(sent)
                     + " messages were done");
    }
  }

  static std::uint64_t counted(std::string_view metrics,
                               const std::string& provider,
                               const std::string& result) {
    const auto name = R"(switchboard_whatsapp_messages_total{provider=")"
                      + provider + R"(",result=")" + result + R"("} )";
    const auto at = metrics.find(name);
    std::uint64_t out = 0;
    if (at != std::string_view::npos)
      std::from_chars(metrics.data() + at + name.size(),
                      metrics.data() + metrics.size(), out);
    return out;
  }

  void note(const std::string& where, const load_figures& figures) {
    if (figures.errors.total() > 0)
      note(where, std::to_string(figures.errors.total())
                    + " wrong answers, the first: " + figures.first_error);
  }
  void note(const std::string& where, const std::string& what) {
    if (problem_.empty() && !what.empty())
      problem_ = where + ": " + what;
  }

  whatsapp_options options_;
  load_runner::progress_handler on_progress_;
  std::vector<std::string> texts_;
  std::uint64_t made_ = 0;
  std::map<whatsapp_provider, std::uint64_t>
    counts_; ///< messages, that we sent
  std::string problem_;
  /// A trip's number is its chat's.
  std::array<std::unique_ptr<trip_book>, whatsapp_providers.size()> trips_;
  std::unique_ptr<whatsapp_sink> sink_; ///< last: it uses all of the above
};

} // namespace

std::string whatsapp_row::name() const {
  std::string out{to_string(via)};
  return batch == 1 ? out : out + " in " + std::to_string(batch) + "s";
}

double whatsapp_row::per_second() const {
  const auto seconds = std::chrono::duration<double>{steady.measured}.count();
  const auto messages = static_cast<double>(steady.all().count()) * batch;
  return seconds > 0 ? messages / seconds : 0;
}

double whatsapp_row::server_cpu_us() const {
  const std::chrono::duration<double, std::micro> span{steady.server_cpu};
  const auto messages = static_cast<double>(steady.answers_of_cpu) * batch;
  return messages > 0 ? span.count() / messages : 0;
}

whatsapp_figures
measure_whatsapp(const whatsapp_options& options,
                 const load_runner::progress_handler& on_progress) {
  return whatsapp_measurement{options, on_progress}.run();
}

} // namespace switchboard::bench
