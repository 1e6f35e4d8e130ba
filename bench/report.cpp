#include "bench/report.hpp"

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdio>

namespace switchboard::bench {

namespace {

using nanoseconds = std::chrono::nanoseconds;

[[gnu::format(printf, 1, 2)]] std::string format(const char* pattern, ...) {
  std::array<char, 512> text{};
  va_list arguments;
  va_start(arguments, pattern);
  auto length = std::vsnprintf(text.data(), text.size(), pattern, arguments);
  va_end(arguments);
  auto size
    = std::min(static_cast<std::size_t>(std::max(length, 0)), text.size() - 1);
  return {text.data(), size};
}

double microseconds(nanoseconds span) {
  return static_cast<double>(span.count()) / 1e3;
}

double milliseconds(nanoseconds span) {
  return static_cast<double>(span.count()) / 1e6;
}

double seconds(nanoseconds span) {
  return static_cast<double>(span.count()) / 1e9;
}

double per_second(std::uint64_t count, nanoseconds span) {
  return span.count() == 0 ? 0 : static_cast<double>(count) / seconds(span);
}

double share(nanoseconds whole, std::uint64_t parts) {
  return parts == 0 ? 0 : microseconds(whole) / static_cast<double>(parts);
}

std::string table_row(const std::string& name, const histogram& latency,
                      nanoseconds measured) {
  return format(
    "%-10s %10llu %10.0f %9.3f %9.3f %9.3f %9.3f %9.3f\n", name.c_str(),
    static_cast<unsigned long long>(latency.count()),
    per_second(latency.count(), measured), milliseconds(latency.quantile(0.5)),
    milliseconds(latency.quantile(0.9)), milliseconds(latency.quantile(0.99)),
    milliseconds(latency.quantile(0.999)), milliseconds(latency.max()));
}

std::string json_kind(const std::string& name, const histogram& latency,
                      nanoseconds measured) {
  return format(R"({"name":"%s","answers":%llu,"per_second":%.1f,)",
                name.c_str(), static_cast<unsigned long long>(latency.count()),
                per_second(latency.count(), measured))
         + R"("latency_us":)" + to_json(latency) + '}';
}

std::string json_text(const std::string& text) {
  std::string out{'"'};
  for (auto c : text) {
    if (c == '"' || c == '\\')
      out += '\\';
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out + '"';
}

std::string json_errors(const load_errors& errors) {
  return format(R"({"total":%llu,"unexpected":%llu,"closed":%llu,)"
                R"("malformed":%llu,"timed_out":%llu,"unsent":%llu})",
                static_cast<unsigned long long>(errors.total()),
                static_cast<unsigned long long>(errors.unexpected),
                static_cast<unsigned long long>(errors.closed),
                static_cast<unsigned long long>(errors.malformed),
                static_cast<unsigned long long>(errors.timed_out),
                static_cast<unsigned long long>(errors.unsent));
}

} // namespace

std::string to_json(const histogram& latency) {
  return format(
    R"({"min":%.1f,"mean":%.1f,"p50":%.1f,"p90":%.1f,"p99":%.1f,)"
    R"("p999":%.1f,"max":%.1f})",
    microseconds(latency.min()), microseconds(latency.mean()),
    microseconds(latency.quantile(0.5)), microseconds(latency.quantile(0.9)),
    microseconds(latency.quantile(0.99)), microseconds(latency.quantile(0.999)),
    microseconds(latency.max()));
}

std::string to_line(const load_progress& progress) {
  return format(
    "%4.0f s  %8llu/s  p50 %.3f ms  p99 %.3f ms  max %.3f ms"
    "  errors %llu%s",
    seconds(progress.elapsed),
    static_cast<unsigned long long>(progress.answers),
    milliseconds(progress.latency.quantile(0.5)),
    milliseconds(progress.latency.quantile(0.99)),
    milliseconds(progress.latency.max()),
    static_cast<unsigned long long>(progress.errors),
    progress.warming_up ? "  (warming up)" : "");
}

std::string to_table(const report_header& header, const load_figures& figures) {
  auto pace = header.rate > 0
                ? format("%.0f requests due a second", header.rate)
                : std::string{"as fast as answered"};
  std::string out = header.scenario + " against " + header.server + ", "
                    + std::to_string(header.connections) + " connections, "
                    + pace + '\n';
  out
    += format("%-10s %10s %10s %9s %9s %9s %9s %9s\n", "request", "answers",
              "per second", "p50 ms", "p90 ms", "p99 ms", "p99.9 ms", "max ms");
  for (const auto& kind : figures.kinds)
    out += table_row(kind.name, kind.latency, figures.measured);
  if (figures.kinds.size() > 1)
    out += table_row("all", figures.all(), figures.measured);
  out += format("CPU of a request: generator %.2f us",
                share(figures.generator_cpu, figures.answers_of_cpu));
  if (figures.server_cpu.count() > 0)
    out += format(", server %.2f us",
                  share(figures.server_cpu, figures.answers_of_cpu));
  out += '\n';
  const auto& errors = figures.errors;
  if (errors.total() > 0)
    out += "errors: " + json_errors(errors) + "\nfirst: " + figures.first_error
           + '\n';
  return out;
}

std::string to_json(const report_header& header, const load_figures& figures) {
  std::string out = R"({"scenario":)" + json_text(header.scenario);
  out += R"(,"server":)" + json_text(header.server);
  out += format(R"(,"connections":%u,"rate":%.1f,"seconds":%.3f,)",
                header.connections, header.rate, seconds(figures.measured));
  auto all = figures.all();
  out += format(R"("answers":%llu,"per_second":%.1f,)",
                static_cast<unsigned long long>(all.count()),
                per_second(all.count(), figures.measured));
  out += R"("latency_us":)" + to_json(all) + R"(,"kinds":[)";
  for (std::size_t i = 0; i < figures.kinds.size(); ++i) {
    const auto& kind = figures.kinds[i];
    out += i == 0 ? "" : ",";
    out += json_kind(kind.name, kind.latency, figures.measured);
  }
  out += format(R"(],"generator_cpu_us":%.3f,"server_cpu_us":%.3f,)",
                share(figures.generator_cpu, figures.answers_of_cpu),
                share(figures.server_cpu, figures.answers_of_cpu));
  out += format(R"("server_resident_bytes":%llu,"errors":)",
                static_cast<unsigned long long>(header.server_resident_bytes));
  out += json_errors(figures.errors);
  out += R"(,"first_error":)" + json_text(figures.first_error);
  return out + "}\n";
}

} // namespace switchboard::bench
