#include "persistence/verify_deliveries.hpp"

#include "persistence/deliveries.hpp"
#include "persistence/keys.hpp"

#include <cstdint>
#include <string_view>

namespace switchboard::persistence {

namespace {

class deliveries_verification {
public:
  deliveries_verification(const row_reader& rows, verify_report& report,
                          const std::function<void(std::string)>& problem)
    : rows_{rows}, report_{report}, problem_{problem} {}

  void run() {
    std::string value;
    if (rows_.get(family::meta, keys::next_delivery, value))
      next_delivery_ = keys::read_u64(value);
    check_outbox();
    check_dead_letters();
    check_attempts();
    check_timers();
  }

private:
  void check_id(delivery_id id) {
    if (static_cast<std::uint64_t>(id) >= next_delivery_)
      problem_("delivery " + std::to_string(static_cast<std::uint64_t>(id))
               + " has an id that was not given yet");
  }

  void check_outbox();
  void check_dead_letters();
  void check_attempts();
  void check_timers();

  const row_reader& rows_;
  verify_report& report_;
  const std::function<void(std::string)>& problem_;
  std::uint64_t next_delivery_ = 1;
};

void deliveries_verification::check_outbox() {
  rows_.scan(family::outbox, {}, {},
             [this](std::string_view key, std::string_view row) {
               ++report_.deliveries;
               const auto parsed = keys::parse_outbox(key);
               if (!parsed || !decode_outbox_row(parsed->lane, parsed->id, row))
                 problem_("a delivery in the outbox cannot be read");
               else
                 check_id(parsed->id);
               return true;
             });
}

void deliveries_verification::check_dead_letters() {
  rows_.scan(family::dead_letters, {}, {},
             [this](std::string_view key, std::string_view row) {
               ++report_.dead_letters;
               const delivery_id id{keys::read_u64(key)};
               const auto letter = decode_dead_letter_row(id, row);
               if (!letter)
                 problem_("dead letter "
                          + std::to_string(static_cast<std::uint64_t>(id))
                          + " cannot be read");
               else
                 check_id(id);
               return true;
             });
}

void deliveries_verification::check_attempts() {
  rows_.scan(family::attempts, {}, {},
             [this](std::string_view key, std::string_view row) {
               const auto bytes = keys::after_expiry(row);
               if (const auto listed = keys::parse_lane_attempt(key)) {
                 if (!decode_lane_attempt_row(listed->id, bytes))
                   problem_("an attempt listed in a lane cannot be read");
               } else if (!decode_attempt_row(0, bytes)) {
                 problem_("an attempt of delivery "
                          + std::to_string(keys::read_u64(key))
                          + " cannot be read");
               }
               return true;
             });
}

void deliveries_verification::check_timers() {
  rows_.scan(family::timers, {}, {},
             [this](std::string_view key, std::string_view) {
               if (!keys::parse_timer(key))
                 problem_("a timer cannot be read");
               return true;
             });
}

} // namespace

void verify_deliveries(const row_reader& rows, verify_report& report,
                       const std::function<void(std::string)>& problem) {
  deliveries_verification{rows, report, problem}.run();
}

} // namespace switchboard::persistence
