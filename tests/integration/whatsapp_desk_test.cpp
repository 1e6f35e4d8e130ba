// A customer on WhatsApp and an agent at Telegram's desk.
#include "tests/integration/telegram_desk_fixture.hpp"
#include "tests/integration/whatsapp_fixture.hpp"

#include <algorithm>

namespace switchboard::test {
namespace {

const sidecar_author ana{"15551234567@s.whatsapp.net", "Ana", {}, {}};

settings with_sidecar(const simulators::sidecar_simulator& sidecar) {
  return {{"SWITCHBOARD_WHATSAPP_BAILEYS_URL", sidecar.url()},
          {"SWITCHBOARD_WHATSAPP_BAILEYS_API_KEY", sidecar.options().api_key},
          {"SWITCHBOARD_WHATSAPP_BAILEYS_SESSION", sidecar.options().session},
          {"SWITCHBOARD_WHATSAPP_BAILEYS_PER_MINUTE", "0"},
          {"SWITCHBOARD_WHATSAPP_ACKNOWLEDGEMENTS", ""}};
}

/// There before the server is, and after it.
struct sidecar_beside {
  simulators::sidecar_simulator sidecar;
};

class WhatsappDesk : protected sidecar_beside, public desk_test {
protected:
  WhatsappDesk() : desk_test{with_sidecar(sidecar)} {
    sidecar.connect("http://127.0.0.1:"
                    + std::to_string(world.server().port()));
  }
  ~WhatsappDesk() override {
    for (const auto& complaint : sidecar.complaints())
      ADD_FAILURE() << complaint;
  }

  /// What Ana has on her telephone, once this is there.
  lines wait_for_ana(std::string_view text) {
    EXPECT_TRUE(sidecar.wait_until(
      [&](const auto& all) {
        return std::ranges::any_of(
          all, [&](const auto& one) { return one.text == text; });
      },
      patience))
      << text;
    return texts_of(sidecar, ana.jid);
  }
};

TEST_F(WhatsappDesk, BringsACustomerAndAnAgentTogether) {
  const auto bea = world.agent("Bea", "bea");
  const auto first = sidecar.says(ana, "Where is my parcel?");
  EXPECT_EQ(first.reply.status, 200) << first.reply.body;
  EXPECT_NE(card("1").text.find("Where is my parcel?"), std::string::npos);
  connect(bea, "1");
  world.wait_for(world.chat(bea), "Customer #1 (Ana): Where is my parcel?");
  tells(bea, "It comes today.");
  EXPECT_EQ(wait_for_ana("It comes today."), lines{"It comes today."});
  sidecar.says(ana, "Thank you!");
  world.wait_for(world.chat(bea), "Customer #1 (Ana): Thank you!");
  EXPECT_EQ(text_at(ticket("1"), "/channel"), "whatsapp");
  // What is taken back at one end is taken back at the other.
  const auto wrong = sidecar.says(ana, "Wrong chat");
  world.wait_for(world.chat(bea), "Customer #1 (Ana): Wrong chat");
  sidecar.revokes(ana, wrong.id);
  EXPECT_TRUE(eventually(
    [&] { return world.count(world.chat(bea), "Wrong chat") == 0; }));
  tells(bea, "/close");
  world.wait_for(world.chat(bea), "Ticket #1 is closed.");
  // Who writes then has a new matter.
  sidecar.says(ana, "One more thing");
  EXPECT_NE(card("2").text.find("One more thing"), std::string::npos);
}

} // namespace
} // namespace switchboard::test
