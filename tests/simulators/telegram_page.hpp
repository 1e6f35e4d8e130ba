#pragma once

#include "tests/simulators/telegram_world.hpp"

#include <string>
#include <string_view>

namespace switchboard::simulators::telegram {

/// An answer to the page on which people play by hand.
struct page_answer {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
};

/// `GET /` is the page, `GET /sim/state?user=` what a user's client shows,
/// `GET /sim/file?id=` a file in it, and `POST /sim/act` what the user does.
/// Locks the world.
page_answer answer_page(world& all, std::string_view method,
                        std::string_view path, std::string_view query,
                        std::string_view content_type, std::string_view body);

} // namespace switchboard::simulators::telegram
