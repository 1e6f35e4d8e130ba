#pragma once

#include "api/rate_limiter.hpp"
#include "api/telegram/desk_commands.hpp"
#include "api/telegram/desk_people.hpp"
#include "api/telegram/desk_talk.hpp"
#include "api/telegram/desk_taps.hpp"
#include "api/telegram/desk_tools.hpp"
#include "api/telegram/intake.hpp"

namespace switchboard::api::telegram {

/// What people do at the visitors' desk: they tap the cards in the group, and
/// write to the bot in private. What is said in the group never reaches a
/// visitor. Executors are left to their own handler, which is to be asked
/// before this one where both serve the same bot.
///
/// Built once; what it is given outlives it. Runs on the intake's executor.
class desk final : public update_handler {
public:
  explicit desk(desk_tools tools);
  desk(const desk&) = delete;
  desk& operator=(const desk&) = delete;

  boost::asio::awaitable<update_outcome>
  handle(wire::bot_number bot, const wire::update& update,
         const update_claim& claim, net::asker& actors) override;

private:
  using answer = boost::asio::awaitable<update_outcome>;

  answer on_message(const wire::message& message, const update_claim& claim,
                    net::asker& actors);
  answer on_private(const wire::message& message, const update_claim& claim,
                    net::asker& actors);
  answer on_group(const wire::message& message, const update_claim& claim);
  answer on_edit(const wire::message& message, const update_claim& claim,
                 net::asker& actors);
  update_outcome turn_away(const wire::message& message);

  desk_tools tools_;
  desk_people people_;
  desk_taps taps_;
  desk_talk talk_;
  desk_commands commands_;
  rate_limiter strangers_; ///< who is told to stay out, and how often
};

} // namespace switchboard::api::telegram
