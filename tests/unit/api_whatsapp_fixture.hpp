#pragma once

#include "actors/engine.hpp"
#include "api/commands.hpp"
#include "api/whatsapp/intake.hpp"
#include "channels/whatsapp/errand.hpp"
#include "net/io_runtime.hpp"
#include "persistence/deliveries.hpp"
#include "persistence/memory_journal.hpp"
#include "persistence/message_marks.hpp"
#include "persistence/records.hpp"
#include "persistence/session_views.hpp"
#include "persistence/ticket_lists.hpp"
#include "persistence/ticket_views.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>

#include <caf/actor_system_config.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace switchboard::api::whatsapp {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using texts = std::vector<std::string>;

inline constexpr auto patience = 20s;
inline const std::string ana_phone = "+15551230001";
inline const std::string ana_address = "15551230001@s.whatsapp.net";
inline const std::string agent_phone = "+15559990001";
inline const std::string manager_phone = "+15559990009";

class intake_config final : public caf::actor_system_config {
public:
  intake_config() {
    add_message_types<caf::id_block::switchboard>();
  }
};

/// A text of Ana in her private chat with a sidecar.
inline wire::inbound_message text_message(std::string id, std::string text) {
  wire::inbound_message out;
  out.via = wire::provider::baileys;
  out.account = "main";
  out.id = std::move(id);
  out.address = ana_address;
  out.author.name = "Ana";
  out.author.phone = ana_phone;
  out.sent_at = domain::timestamp{999h};
  out.what = wire::said{std::move(text), {}};
  return out;
}

/// The same by somebody else.
inline wire::inbound_message from(const std::string& phone, std::string id,
                                  std::string text) {
  auto out = text_message(std::move(id), std::move(text));
  out.author.phone = phone;
  out.author.name.clear();
  out.address = phone.substr(1) + "@s.whatsapp.net";
  return out;
}

inline wire::inbound_message in_group(std::string id, std::string text) {
  auto out = text_message(std::move(id), std::move(text));
  out.is_group = true;
  out.group = "120363@g.us";
  out.address = "120363@g.us";
  return out;
}

inline wire::inbound_batch batch_of(wire::inbound_message message) {
  wire::inbound_batch out;
  out.messages.push_back(std::move(message));
  return out;
}

/// An intake over a journal in memory, with real actors on a loop of its own.
class whatsapp_test : public testing::Test {
protected:
  explicit whatsapp_test(intake_options options = default_options())
    : executor{runtime.make_executor()},
      engine{runtime.actors(),
             {journal, ids, now,
              [](const auto&, auto) {
                return std::vector<persistence::new_delivery>{};
              },
              actors::courier_actor{},
              [](std::string_view) { return actors::lane_channel_ptr{}; },
              nullptr, nullptr, [](const std::string&) {}},
             {}},
      in{parts(), std::move(options)} {}

  ~whatsapp_test() override {
    on_executor([this] { in.close(); });
    engine.stop();
  }

  static intake_options default_options() {
    intake_options out;
    const texts lines{"urgent: refund|not working"};
    out.urgency = urgency_rules{domain::priority::medium, lines};
    out.manager_phone = manager_phone;
    out.accounts[wire::provider::baileys] = "main";
    return out;
  }

  intake_parts parts() {
    intake_parts out{engine,
                     ids,
                     now,
                     journal,
                     runtime.actors(),
                     net::timer_wheel::of(runtime.io()),
                     executor};
    out.store = [this](persistence::new_file file, auto done) {
      if (file_problem) {
        done(*file_problem);
        return;
      }
      done(persistence::stored_file{std::string(32, 'h'), "image/jpeg",
                                    file.bytes.size()});
    };
    out.acknowledgement
      = [this](const auto&, domain::ticket_number number, std::string_view) {
          if (is_out_of_order)
            throw std::runtime_error{"out of order"};
          return "Thank you! #"
                 + std::to_string(static_cast<std::uint64_t>(number));
        };
    out.on_line
      = [this](const wire::line_report& line) { lines.push_back(line); };
    out.observe = [this](wire::provider, outcome result) {
      observed.emplace_back(to_string(result));
    };
    return out;
  }

  void on_executor(const std::function<void()>& work) {
    std::promise<void> done;
    asio::post(executor, [&] {
      work();
      done.set_value();
    });
    done.get_future().wait();
  }

  template <class T>
  static T await(std::future<T> coming) {
    if (coming.wait_for(patience) != std::future_status::ready)
      throw std::runtime_error{"it does not end"};
    return coming.get();
  }

  std::future<take_result> start(wire::inbound_batch batch) {
    return asio::co_spawn(executor, in.take(std::move(batch)),
                          asio::use_future);
  }

  take_result take(wire::inbound_batch batch) {
    return await(start(std::move(batch)));
  }

  /// Takes one message and says what came of it.
  std::string take(wire::inbound_message message) {
    observed.clear();
    take(batch_of(std::move(message)));
    return observed.empty() ? "nothing" : observed.front();
  }

  std::string take_status(wire::status_report status) {
    observed.clear();
    wire::inbound_batch batch;
    batch.statuses.push_back(std::move(status));
    take(std::move(batch));
    return observed.empty() ? "nothing" : observed.front();
  }

  replay_result replay(const std::string& payload) {
    return await(asio::co_spawn(
      executor, in.replay(wire::provider::baileys, payload), asio::use_future));
  }

  std::vector<persistence::delivery> lane(const std::string& name) {
    return persistence::delivery_views{journal.rows()}.read(
      name, persistence::delivery_id{}, 100);
  }
  std::vector<persistence::delivery> parked_things() {
    return lane("whatsapp-in:baileys");
  }
  /// What the bot has told somebody of the staff.
  texts notices(const std::string& phone) {
    texts out;
    for (const auto& one :
         lane("whatsapp:baileys:" + phone.substr(1) + "@s.whatsapp.net"))
      out.push_back(wire::decode_errand(one.payload)->text);
    return out;
  }

  /// All tickets, the oldest first.
  std::vector<domain::ticket> tickets() {
    auto page
      = persistence::list_tickets(journal.rows(), {}, std::nullopt, 100);
    return {page.tickets.rbegin(), page.tickets.rend()};
  }
  std::vector<persistence::message_row> thread(const domain::ticket& ticket) {
    return persistence::ticket_views{journal.rows()}.messages(
      ticket.id, domain::message_sequence{}, 100);
  }
  /// The thread of a ticket as `who: words`.
  texts said(const domain::ticket& ticket) {
    texts out;
    for (const auto& row : thread(ticket))
      out.push_back(std::string{to_string(row.message.role)} + ": "
                    + row.message.body);
    return out;
  }
  domain::session session_of(const domain::ticket& ticket) {
    return persistence::record_views{journal.rows()}
      .find(ticket.session->session)
      ->value;
  }

  void save(persistence::changes what) {
    std::optional<persistence::commit_outcome> result;
    journal.commit(std::move(what), [&](auto o) { result = std::move(o); });
    ASSERT_TRUE(result);
    ASSERT_TRUE(std::holds_alternative<persistence::committed>(*result));
  }

  void add_user(std::uint64_t id, std::string name, std::string phone,
                domain::user_role role = domain::user_role::agent) {
    domain::user user;
    user.id = domain::user_id{id};
    user.name = std::move(name);
    user.phone = std::move(phone);
    user.role = role;
    save(persistence::save(std::nullopt, user, now()));
  }

  /// A command to a ticket's actor, as others give it.
  void tell(const domain::ticket& ticket, domain::ticket_command what) {
    actors::ticket_request request{ticket.id, std::move(what), std::nullopt};
    EXPECT_EQ(await(asio::co_spawn(executor, ask(std::move(request)),
                                   asio::use_future)),
              "");
  }

  /// Why it is refused; empty: it is not.
  asio::awaitable<std::string> ask(actors::ticket_request request) {
    net::asker asker{runtime.actors(), net::timer_wheel::of(runtime.io()),
                     executor};
    auto asking = command(asker, engine, std::move(request));
    const auto reply = co_await std::move(asking);
    co_return reply ? std::string{} : reply.error().detail;
  }

  std::atomic<std::int64_t> hours{1000};
  actors::clock_fn now
    = [this] { return domain::timestamp{std::chrono::hours{hours}}; };
  persistence::memory_journal journal{now};
  actors::id_source ids{now, 8, domain::ticket_number{0}};
  intake_config config;
  net::io_runtime runtime{config};
  asio::any_io_executor executor;
  actors::engine engine;
  std::optional<persistence::file_problem> file_problem;
  std::atomic<bool> is_out_of_order{false};
  std::vector<wire::line_report> lines; ///< on the executor
  texts observed;                       ///< likewise
  intake in;
};

} // namespace switchboard::api::whatsapp
