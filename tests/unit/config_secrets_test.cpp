#include "config/secrets.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>

namespace switchboard::config {
namespace {

namespace fs = std::filesystem;

/// A data folder of one test.
class Secrets : public testing::Test {
protected:
  Secrets() {
    std::string pattern
      = (fs::temp_directory_path() / "switchboard_secrets_XXXXXX").string();
    root_ = ::mkdtemp(pattern.data());
    wanted_.storage.path = (root_ / "not" / "yet").string();
  }

  ~Secrets() override {
    fs::remove_all(root_);
  }

  secret_set load() {
    auto loaded = load_or_generate_secrets(wanted_);
    EXPECT_TRUE(loaded.has_value()) << (loaded ? "" : loaded.error().detail);
    return loaded ? loaded.value() : secret_set{};
  }

  std::string refusal() {
    const auto loaded = load_or_generate_secrets(wanted_);
    EXPECT_FALSE(loaded.has_value());
    return loaded ? "" : loaded.error().detail;
  }

  [[nodiscard]] fs::path folder() const {
    return fs::path{wanted_.storage.path} / "secrets";
  }

  static unsigned mode(const fs::path& path) {
    struct stat info {};
    EXPECT_EQ(::stat(path.c_str(), &info), 0) << path;
    return info.st_mode & 0777U;
  }

  static bool is_base62(std::string_view text) {
    return text.find_first_not_of(
             "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
             "abcdefghijklmnopqrstuvwxyz")
           == std::string_view::npos;
  }

  fs::path root_;
  config wanted_;
};

TEST_F(Secrets, AreMadeOnTheFirstStart) {
  const auto set = load();
  EXPECT_TRUE(set.admin_key.generated);
  EXPECT_TRUE(set.inbound_secret.generated);
  EXPECT_TRUE(set.visitor_jwt_key.generated);
  EXPECT_EQ(set.admin_key.file, folder() / "admin.key");
  EXPECT_EQ(set.inbound_secret.file, folder() / "inbound.key");
  EXPECT_EQ(set.visitor_jwt_key.file, folder() / "visitor_jwt.key");
  EXPECT_TRUE(set.warnings.empty());
}

TEST_F(Secrets, HaveTheirForm) {
  const auto set = load();
  const auto& key = set.admin_key.value;
  ASSERT_TRUE(key.starts_with("sb_"));
  const auto split = key.find('_', 3);
  ASSERT_NE(split, std::string::npos);
  EXPECT_GE(split - 3, 8U);
  EXPECT_GE(key.size() - split - 1, 32U);
  EXPECT_TRUE(is_base62(key.substr(3, split - 3)));
  EXPECT_TRUE(is_base62(key.substr(split + 1)));
  EXPECT_GE(set.inbound_secret.value.size(), 32U);
  EXPECT_TRUE(is_base62(set.inbound_secret.value));
  EXPECT_GE(set.visitor_jwt_key.value.size(), 32U);
  const std::set<std::string> distinct{
    set.admin_key.value, set.inbound_secret.value, set.visitor_jwt_key.value};
  EXPECT_EQ(distinct.size(), 3U);
}

TEST_F(Secrets, AreForTheOwnerOnly) {
  const auto set = load();
  EXPECT_EQ(mode(folder()), 0700U);
  for (const auto& entry : fs::directory_iterator{folder()})
    EXPECT_EQ(mode(entry), 0600U) << entry;
}

TEST_F(Secrets, AreForTheOwnerOnlyWhateverTheUmask) {
  const auto before = ::umask(0);
  const auto set = load();
  ::umask(before);
  EXPECT_EQ(mode(folder()), 0700U);
  EXPECT_EQ(mode(set.admin_key.file), 0600U);
}

TEST_F(Secrets, StayTheSameOnTheNextStart) {
  const auto first = load();
  const auto second = load();
  EXPECT_EQ(second.admin_key.value, first.admin_key.value);
  EXPECT_EQ(second.inbound_secret.value, first.inbound_secret.value);
  EXPECT_EQ(second.visitor_jwt_key.value, first.visitor_jwt_key.value);
  EXPECT_FALSE(second.admin_key.generated);
}

TEST_F(Secrets, LeaveNoOtherFileBehind) {
  fs::create_directories(folder());
  std::ofstream{folder() / "admin.key.new"} << "half of a k";
  load();
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator{folder()})
    names.insert(entry.path().filename().string());
  EXPECT_EQ(names,
            (std::set<std::string>{"admin.key", "inbound.key", "sealing.key",
                                   "telegram_webhook.key", "visitor_jwt.key"}));
}

TEST_F(Secrets, ServeBothBotsWithOneWebhookSecretUnlessToldOtherwise) {
  const auto made = load();
  EXPECT_TRUE(made.telegram_webhook.generated);
  EXPECT_EQ(made.telegram_executor_webhook.value, made.telegram_webhook.value);
  wanted_.telegram_executor.webhook_secret = "secret-of-the-executors";
  EXPECT_EQ(load().telegram_executor_webhook.value, "secret-of-the-executors");
  EXPECT_EQ(load().telegram_webhook.value, made.telegram_webhook.value);
  wanted_.telegram.webhook_secret = "short";
  EXPECT_EQ(load().telegram_webhook.value, "short");
  EXPECT_EQ(load().warnings.size(), 1U);
}

TEST_F(Secrets, WarnOfAJwtKeyThatCanBeGuessed) {
  wanted_.desk.jwt_secret = std::string(32, 'x');
  EXPECT_TRUE(load().warnings.empty());
  wanted_.desk.jwt_secret.pop_back();
  const auto set = load();
  EXPECT_EQ(set.visitor_jwt_key.value, wanted_.desk.jwt_secret);
  ASSERT_EQ(set.warnings.size(), 1U);
  EXPECT_NE(set.warnings[0].find("desk.jwt_secret"), std::string::npos);
}

TEST_F(Secrets, AreTakenFromTheConfigurationWhenGiven) {
  wanted_.admin.key = "sb_configured_key";
  wanted_.website.inbound_secret = "configured-inbound";
  const auto set = load();
  EXPECT_EQ(set.admin_key.value, "sb_configured_key");
  EXPECT_TRUE(set.admin_key.file.empty());
  EXPECT_FALSE(set.admin_key.generated);
  EXPECT_EQ(set.inbound_secret.value, "configured-inbound");
  EXPECT_FALSE(fs::exists(folder() / "admin.key"));
  EXPECT_FALSE(fs::exists(folder() / "inbound.key"));
}

TEST_F(Secrets, MayBeWrittenByHand) {
  load();
  std::ofstream{folder() / "inbound.key"} << "  chosen-by-hand\r\n";
  EXPECT_EQ(load().inbound_secret.value, "chosen-by-hand");
}

TEST_F(Secrets, WarnWhenOthersMayReadThem) {
  const auto set = load();
  fs::permissions(set.admin_key.file, fs::perms::group_read,
                  fs::perm_options::add);
  fs::permissions(folder(), fs::perms::others_exec, fs::perm_options::add);
  const auto again = load();
  ASSERT_EQ(again.warnings.size(), 2U);
  EXPECT_NE(again.warnings[0].find(folder().string()), std::string::npos);
  EXPECT_NE(again.warnings[1].find("admin.key"), std::string::npos);
  for (const auto& warning : again.warnings)
    EXPECT_EQ(warning.find(again.admin_key.value), std::string::npos);
}

TEST_F(Secrets, RefuseAFileThatHoldsNone) {
  load();
  for (const std::string& content :
       {std::string{}, std::string{"\n"}, std::string{"short"},
        std::string{"two words in it"}, std::string(10'000, 'x'),
        std::string{"nul\0in the middle", 17}}) {
    std::ofstream{folder() / "inbound.key"} << content;
    const auto text = refusal();
    EXPECT_NE(text.find("inbound.key"), std::string::npos) << text;
    EXPECT_EQ(text.find("two words"), std::string::npos) << text;
  }
}

TEST_F(Secrets, SayWhyTheyCannotBeKept) {
  std::ofstream{root_ / "file"} << "in the way";
  wanted_.storage.path = (root_ / "file").string();
  const auto text = refusal();
  EXPECT_NE(text.find((root_ / "file").string()), std::string::npos) << text;
}

} // namespace
} // namespace switchboard::config
