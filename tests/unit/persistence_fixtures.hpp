#pragma once

#include "domain/ticket.hpp"
#include "persistence/journal.hpp"
#include "persistence/memory_journal.hpp"
#include "persistence/rocks_journal.hpp"
#include "persistence/ticket_changes.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace switchboard::persistence::testing {

inline constexpr std::chrono::seconds patience{20};
inline const domain::timestamp start{
  std::chrono::milliseconds{1'790'000'000'000}};

/// A folder that is gone when the test is.
class scratch_folder {
public:
  scratch_folder() {
    std::string name
      = (std::filesystem::temp_directory_path() / "switchboard_XXXXXX")
          .string();
    path_ = ::mkdtemp(name.data());
  }

  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;

  ~scratch_folder() {
    std::filesystem::remove_all(path_);
  }

  [[nodiscard]] const std::filesystem::path& path() const {
    return path_;
  }

private:
  std::filesystem::path path_;
};

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

inline void write_file(const std::filesystem::path& path,
                       const std::string& bytes) {
  std::ofstream{path, std::ios::binary | std::ios::trunc} << bytes;
}

/// Commits and waits for the answer.
inline commit_outcome commit(journal& where, changes what) {
  auto promise = std::make_shared<std::promise<commit_outcome>>();
  auto answer = promise->get_future();
  where.commit(std::move(what), [promise](commit_outcome outcome) {
    promise->set_value(std::move(outcome));
  });
  if (answer.wait_for(patience) != std::future_status::ready) {
    ADD_FAILURE() << "no answer to a commit";
    return commit_failure::unknown;
  }
  return answer.get();
}

inline bool is_committed(const commit_outcome& outcome) {
  return std::holds_alternative<committed>(outcome);
}

inline bool is_failure(const commit_outcome& outcome, commit_failure why) {
  const auto* failure = std::get_if<commit_failure>(&outcome);
  return failure != nullptr && *failure == why;
}

/// One ticket's life; each step gives the changes that make it durable. Ids
/// depend on `number` alone.
class ticket_story {
public:
  explicit ticket_story(std::uint64_t number)
    : number_(number), random_(number) {}

  changes create() {
    const domain::ticket_id id{domain::make_uuid7(
      now_, static_cast<std::uint16_t>(number_ & 0xfffU), random_())};
    std::array<std::uint8_t, 16> random{};
    for (auto& byte : random)
      byte = static_cast<std::uint8_t>(random_());
    return step(
      domain::create_ticket{id,
                            domain::ticket_number{number_},
                            domain::make_ticket_ref(now_, 8, random),
                            {"Ada Lovelace", "+14155550100", "ada@example.org"},
                            "Where is my order?",
                            domain::priority::medium,
                            domain::channel::web,
                            draft("It has not come."),
                            std::nullopt});
  }

  changes say(const std::string& body, const std::string& external_id = {}) {
    auto message = draft(body);
    message.external_id = external_id;
    return step(domain::add_message{std::move(message)});
  }

  changes move_to(domain::status to) {
    return step(domain::change_status{to, "because", "Grace"});
  }

  changes step(const domain::ticket_command& command) {
    auto events = domain::decide(state_, command, {now_, {}});
    if (!events) {
      ADD_FAILURE() << events.error().detail;
      return {};
    }
    const auto before = state_;
    for (const auto& event : events.value())
      domain::apply(state_, event);
    now_ += std::chrono::milliseconds{1};
    return ticket_changes(before, *state_, events.value());
  }

  [[nodiscard]] const domain::ticket& state() const {
    return *state_;
  }

private:
  domain::message_draft draft(std::string body) {
    return {domain::message_id{domain::make_uuid7(now_, 0, random_())},
            domain::sender_role::customer,
            "Ada Lovelace",
            domain::channel::whatsapp,
            std::move(body),
            {},
            {}};
  }

  std::uint64_t number_;
  std::mt19937_64 random_;
  domain::timestamp now_ = start;
  std::optional<domain::ticket> state_;
};

inline new_delivery hook_call(std::string payload = "{}",
                              std::string lane = "n8n:ticket-created") {
  return {std::move(lane), "group", "ticket.created", std::move(payload),
          start};
}

inline changes only_delivery(new_delivery what) {
  changes out;
  out.deliveries.push_back(std::move(what));
  return out;
}

inline std::unique_ptr<rocks_journal>
open_journal(const std::filesystem::path& path, rocks_journal_hooks hooks = {},
             rocks_journal_options options = {}) {
  options.path = path;
  auto opened = rocks_journal::open(std::move(options), std::move(hooks));
  if (!opened) {
    ADD_FAILURE() << opened.error().detail;
    return nullptr;
  }
  return std::move(opened).value();
}

/// A copy of all rows, to be changed at will.
inline void copy_rows(const row_reader& from, memory_rows& to) {
  for (std::size_t i = 0; i < family_count; ++i) {
    const auto f = static_cast<family>(i);
    from.scan(f, {}, {}, [&](std::string_view key, std::string_view value) {
      to.put(f, key, value);
      return true;
    });
  }
}

} // namespace switchboard::persistence::testing
