#pragma once

#include "actors/directory.hpp"
#include "actors/ticket.hpp"
#include "persistence/memory_journal.hpp"
#include "persistence/ticket_views.hpp"
#include "tests/support/actor_test.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace switchboard::test {

/// The world of tickets over a journal in memory.
class ticket_world_test : public actor_test {
protected:
  ticket_world_test() {
    world = make_world({});
  }

  actors::ticket_world_ptr make_world(actors::ticket_options options) {
    auto plan = [this](const domain::ticket& after, auto events) {
      std::vector<persistence::new_delivery> out;
      for (const auto& event : events)
        if (std::holds_alternative<domain::ticket_created>(event.fact))
          out.push_back({"n8n:test", std::string{after.id.value.view()},
                         "ticket.created", after.ref, wall});
      return out;
    };
    return std::make_shared<actors::ticket_world>(actors::ticket_world{
      journal, ids, [this] { return wall; }, plan, std::move(options)});
  }

  actors::ticket_request create(std::string subject = "VPN") {
    domain::create_ticket cmd;
    cmd.id = domain::ticket_id{ids.next_uuid()};
    cmd.number = ids.next_number();
    cmd.ref = ids.next_ref();
    cmd.from = {"Asha", "+12025550123", ""};
    cmd.subject = std::move(subject);
    cmd.first_message = message("It is broken");
    return {cmd.id, cmd, std::nullopt};
  }

  domain::message_draft message(std::string body,
                                std::string external_id = {}) {
    domain::message_draft out;
    out.id = domain::message_id{ids.next_uuid()};
    out.role = domain::sender_role::customer;
    out.sender_name = "Asha";
    out.body = std::move(body);
    out.external_id = std::move(external_id);
    return out;
  }

  actors::ticket_request say(domain::ticket_id to, std::string body,
                             std::string external_id = {}) {
    return {
      to, domain::add_message{message(std::move(body), std::move(external_id))},
      std::nullopt};
  }

  actors::ticket_request move(domain::ticket_id which, domain::status to) {
    return {which, domain::change_status{to, "test", "tester"}, std::nullopt};
  }

  std::optional<domain::ticket> stored(domain::ticket_id id) {
    return persistence::ticket_views{journal.rows()}.load(id);
  }

  std::vector<std::string> bodies(domain::ticket_id id) {
    std::vector<std::string> out;
    for (const auto& row : persistence::ticket_views{journal.rows()}.messages(
           id, domain::message_sequence{}, 1000))
      out.push_back(row.message.body);
    return out;
  }

  /// Why the request was refused, or nothing if it succeeded.
  static std::optional<domain::errc>
  refusal(const caf::expected<actors::ticket_reply>& reply) {
    if (reply)
      return std::nullopt;
    return actors::from_caf(reply.error()).code;
  }

  actors::clock_fn now = [this] { return wall; };
  persistence::memory_journal journal{now};
  actors::id_source ids{now, 8, domain::ticket_number{0}};
  actors::ticket_world_ptr world;
};

} // namespace switchboard::test
