#include "app/logging.hpp"

#include "channels/json/writer.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <string>

namespace switchboard::app {

namespace {

/// `%*`: the message with JSON's escapes.
class escaped_message final : public spdlog::custom_flag_formatter {
public:
  void format(const spdlog::details::log_msg& msg, const std::tm& /*time*/,
              spdlog::memory_buf_t& dest) override {
    std::string text;
    channels::json::append_escaped(text,
                                   {msg.payload.data(), msg.payload.size()});
    dest.append(text.data(), text.data() + text.size());
  }

  [[nodiscard]] std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<escaped_message>();
  }
};

} // namespace

void start_logging(const config::log_section& options) {
  auto logger = spdlog::stderr_color_mt("switchboard");
  auto formatter = std::make_unique<spdlog::pattern_formatter>(
    spdlog::pattern_time_type::utc);
  formatter->add_flag<escaped_message>('*');
  formatter->set_pattern(
    options.format == "json"
      ? R"({"ts":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","msg":"%*"})"
      : "%Y-%m-%dT%H:%M:%S.%eZ %^%l%$ %v");
  logger->set_formatter(std::move(formatter));
  logger->set_level(spdlog::level::from_str(options.level));
  logger->flush_on(spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
}

void log_line(int level, std::string_view text) {
  spdlog::log(static_cast<spdlog::level::level_enum>(level), "{}", text);
}

} // namespace switchboard::app
