#pragma once

#include "config/config.hpp"
#include "domain/result.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace switchboard::config {

/// A secret and where it came from. Log the file, never the value.
struct secret {
  std::string value;
  std::filesystem::path file; ///< empty: it was configured
  bool generated = false;     ///< made by this start
};

struct secret_set {
  secret admin_key;      ///< `sb_<id>_<secret>` unless configured
  secret inbound_secret; ///< x-api-key of `/api/ticket/inbound`
  secret visitor_jwt_key;
  secret telegram_webhook; ///< comes back in each webhook call of Telegram
  secret telegram_executor_webhook; ///< the same for the executors' bot
  secret sealing_key; ///< keeps the secrets of webhooks unreadable at rest
  std::vector<std::string> warnings; ///< e.g. a file that others may read
};

/// Takes the configured secrets and, for each that is missing, the file under
/// `<storage.path>/secrets/`; a file that is missing is made, durably, with
/// mode 0600 in a folder of mode 0700. Blocks on the disk: for the start only.
/// Two processes on one data folder must be kept apart by the caller.
domain::result<secret_set> load_or_generate_secrets(const config& c);

} // namespace switchboard::config
