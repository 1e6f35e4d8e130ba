#pragma once

#include "api/telegram/desk_tools.hpp"
#include "channels/telegram/desk_names.hpp"

namespace switchboard::api::telegram {

/// Taps on the desk's buttons: claims, passes, and tickets taken to hand.
/// Runs on the intake's executor.
class desk_taps {
public:
  desk_taps(const desk_tools& tools, const desk_people& people)
    : tools_{tools}, people_{people} {}

  boost::asio::awaitable<update_outcome> handle(const wire::button_press& press,
                                                const update_claim& claim,
                                                net::asker& actors);

private:
  using answer = boost::asio::awaitable<update_outcome>;

  /// Who taps: known already, or registered just now; nothing for strangers,
  /// and `not_durable` when that could not be stored.
  using tapper = std::variant<domain::user, std::monostate, update_outcome>;
  boost::asio::awaitable<tapper> identify(const wire::button_press& press,
                                          wire::desk::tap_action does);
  boost::asio::awaitable<tapper> enroll(const wire::user& who);

  answer claim_it(const wire::button_press& press, const domain::ticket& ticket,
                  const domain::user& who, const update_claim& claim,
                  net::asker& actors);
  answer pass_it(const wire::button_press& press, const domain::ticket& ticket,
                 const domain::user& who, const update_claim& claim,
                 net::asker& actors);
  answer connect_it(const wire::button_press& press,
                    const domain::ticket& ticket, const domain::user& who,
                    const update_claim& claim);

  /// Tells why the rules refuse; a failure of the world is not told.
  [[nodiscard]] update_outcome refuse(const wire::button_press& press,
                                      const domain::user& who,
                                      const domain::error& reason);

  const desk_tools& tools_;
  const desk_people& people_;
};

} // namespace switchboard::api::telegram
