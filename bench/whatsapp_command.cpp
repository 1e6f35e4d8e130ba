#include "bench/whatsapp_command.hpp"

#include "bench/report.hpp"

#include <array>
#include <chrono>
#include <cstdio>

namespace switchboard::bench {

namespace {

double milliseconds(std::chrono::nanoseconds span) {
  return std::chrono::duration<double, std::milli>{span}.count();
}

std::string columns(const histogram& latency) {
  if (latency.count() == 0)
    return "        -        -        -";
  std::array<char, 128> text{};
  std::snprintf(text.data(), text.size(), " %8.2f %8.2f %8.2f",
                milliseconds(latency.quantile(0.5)),
                milliseconds(latency.quantile(0.99)),
                milliseconds(latency.max()));
  return text.data();
}

std::string number(double value) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.1f", value);
  return text.data();
}

/// The problem names servers' answers, which may hold anything.
std::string json_text(std::string_view text) {
  std::string out{'"'};
  for (const char c : text) {
    if (c == '"' || c == '\\')
      out += '\\';
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out += '"';
}

double rate_of(const load_figures& figures) {
  const auto seconds = std::chrono::duration<double>{figures.measured}.count();
  return seconds > 0 ? static_cast<double>(figures.all().count()) / seconds : 0;
}

std::string to_json(const whatsapp_row& row) {
  const auto steady = row.steady.all();
  std::string out = R"({"name":)" + json_text(row.name());
  out += R"(,"batch":)" + std::to_string(row.batch);
  out += R"(,"messages":)" + std::to_string(steady.count() * row.batch);
  out += R"(,"per_second":)" + number(row.per_second());
  out += R"(,"latency_us":)" + to_json(steady);
  out += R"(,"server_cpu_us":)" + number(row.server_cpu_us());
  out += R"(,"first":)";
  const auto first = row.first.all();
  if (first.count() == 0)
    return out + "null}";
  out += R"({"messages":)" + std::to_string(first.count());
  out += R"(,"per_second":)" + number(rate_of(row.first));
  out += R"(,"latency_us":)" + to_json(first);
  out += R"(,"acknowledged":)" + std::to_string(row.acknowledged.count());
  return out + R"(,"to_call_us":)" + to_json(row.acknowledged) + "}}";
}

} // namespace

std::string to_table(const whatsapp_options& options,
                     const whatsapp_figures& figures) {
  std::string out
    = std::to_string(options.chats) + " chats of each provider; first messages";
  out += options.first_rate > 0
           ? ": " + number(options.first_rate) + " due a second"
           : std::string{" as fast as answered"};
  out += options.load.rate
           ? ", then " + number(*options.load.rate) + " messages due a second\n"
           : std::string{", then messages as fast as answered\n"};
  out += "                 messages/s   CPU us   p50 ms   p99 ms   max ms"
         " | first: p50      p99      max"
         " | to the call: p50   p99      max\n";
  for (const auto& row : figures.rows) {
    std::array<char, 64> head{};
    std::snprintf(head.data(), head.size(), "%-16s %10.0f %8.1f",
                  row.name().c_str(), row.per_second(), row.server_cpu_us());
    out += head.data() + columns(row.steady.all()) + " |"
           + columns(row.first.all()) + " |" + columns(row.acknowledged) + '\n';
  }
  if (!figures.problem.empty())
    out += "problem: " + figures.problem + '\n';
  return out;
}

std::string to_json(const whatsapp_options& options,
                    const whatsapp_figures& figures) {
  std::string out
    = R"({"scenario":"whatsapp","chats":)" + std::to_string(options.chats);
  out += R"(,"rate":)" + number(options.load.rate.value_or(0));
  out += R"(,"first_rate":)" + number(options.first_rate);
  out += R"(,"rows":[)";
  for (const auto& row : figures.rows) {
    out += out.back() == '[' ? "" : ",";
    out += to_json(row);
  }
  return out + R"(],"first_error":)" + json_text(figures.problem) + "}\n";
}

command_outcome run_whatsapp(const whatsapp_options& options,
                             const load_runner::progress_handler& on_progress) {
  const auto figures = measure_whatsapp(options, on_progress);
  return {to_table(options, figures), to_json(options, figures),
          figures.problem.empty()};
}

} // namespace switchboard::bench
