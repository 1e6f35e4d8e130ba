#include "config/loader.hpp"
#include "config/whatsapp_checks.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace switchboard::config {
namespace {

void expect(text_check check, const std::vector<std::string>& right,
            const std::vector<std::string>& wrong) {
  for (const auto& text : right) {
    const auto checked = check(text);
    ASSERT_TRUE(checked.has_value()) << text;
    EXPECT_EQ(checked.value(), text);
  }
  for (const auto& text : wrong) {
    const auto checked = check(text);
    ASSERT_FALSE(checked.has_value()) << text;
    EXPECT_TRUE(checked.error().detail.starts_with("must be "))
      << checked.error().detail;
  }
}

TEST(PriorityKeywords, NameAPriorityAndWords) {
  expect(check_priority_keywords,
         {"urgent: refund", "low: invoice|copy of a bill", "high:broken"},
         {"", "urgent", "urgent:", "soon: refund", "high: a||b", "high: |",
          "high: a|"});
}

TEST(Acknowledgements, NameALanguageAndWords) {
  expect(check_acknowledgement,
         {"en: Thank you.", "pt-BR: Obrigado: {ref}", "id: Terima kasih"},
         {"", "Thank you.", "en:", "e: Thank you.", ": Thank you.",
          "en: bell\a", "en us: Thank you."});
}

TEST(Senders, AreNumbersOrServices) {
  expect(check_twilio_sender,
         {"", "+14155238886", "MG0123456789abcdef0123456789abcdef"},
         {"4155", "MG01", "somebody"});
  expect(check_jid, {"", "15550001111@s.whatsapp.net", "1203-44@g.us"},
         {"15550001111", "@s.whatsapp.net", "a b@c"});
}

TEST(GivenSecrets, MayBeShort) {
  expect(check_given_secret, {"", "12345", std::string(1'024, 'x')},
         {"two words", std::string(1'025, 'x'), "p\xC3\xA4ss"});
}

TEST(Words, AreFromLists) {
  expect(check_priority, {"low", "medium", "high", "urgent"}, {"", "soon"});
  expect(check_whatsapp_provider, {"", "baileys", "twilio", "cloud", "n8n"},
         {"signal"});
  expect(check_sidecar_dialect, {"generic", "fazer", "evolution"},
         {"", "waha"});
  expect(check_word, {"main", "v23.0", "en_US"}, {"", "two words", "a/b"});
  expect(check_optional_word, {"", "HX0123"}, {"a b"});
}

struct half_row {
  std::map<std::string, std::string> set;
  std::string missing;
};

TEST(Providers, AreConfiguredWhollyOrNotAtAll) {
  const std::string prefix = "SWITCHBOARD_WHATSAPP_";
  const std::vector<half_row> rows{
    {{{"BAILEYS_URL", "http://127.0.0.1:3000"}}, "whatsapp.baileys.api_key"},
    {{{"TWILIO_AUTH_TOKEN", "12345"}, {"TWILIO_FROM", "+14155238886"}},
     "whatsapp.twilio.account_sid"},
    {{{"TWILIO_AUTH_TOKEN", "12345"}, {"TWILIO_ACCOUNT_SID", "AC1"}},
     "whatsapp.twilio.from"},
    {{{"CLOUD_ACCESS_TOKEN", "EAAx"}, {"CLOUD_APP_SECRET", "s3cr3t"}},
     "whatsapp.cloud.phone_number_id"},
    {{{"CLOUD_ACCESS_TOKEN", "EAAx"}, {"CLOUD_PHONE_NUMBER_ID", "1065"}},
     "whatsapp.cloud.app_secret"},
    {{{"N8N_URL", "http://127.0.0.1:5678/webhook/x"}}, "whatsapp.n8n.api_key"},
    {{{"FALLBACK", "twilio"}}, "whatsapp.fallback"},
    {{{"STAFF_PROVIDER", "cloud"}}, "whatsapp.staff_provider"},
  };
  for (const auto& row : rows) {
    environment env;
    for (const auto& [name, value] : row.set)
      env.emplace(prefix + name, value);
    const auto loaded = load(std::nullopt, env);
    const auto* problems = std::get_if<std::vector<problem>>(&loaded);
    ASSERT_NE(problems, nullptr) << row.missing;
    ASSERT_EQ(problems->size(), 1U) << row.missing;
    EXPECT_EQ(problems->front().key, row.missing);
  }
}

} // namespace
} // namespace switchboard::config
