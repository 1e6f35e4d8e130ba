#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

/// What an operator can set. The structs carry the defaults; keys.cpp gives
/// each member its name, range and check; loader.hpp fills them from a file and
/// the environment. Plain data: `app` hands the values on to the components.
namespace switchboard::config {

struct http_section {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8080; ///< 0: any free port
  std::string base_url;      ///< empty: derived from host and port
  std::uint32_t threads = 1;
  std::string tls_cert; ///< empty, like `tls_key`: plain HTTP
  std::string tls_key;
  std::vector<std::string> trusted_proxies; ///< addresses or CIDR blocks
  /// Websites whose pages may call, see net/cors.hpp; empty: none.
  std::vector<std::string> allowed_origins;
  std::chrono::seconds idle_timeout{75};
  std::chrono::seconds shutdown_grace{10};

  friend bool operator==(const http_section&, const http_section&) = default;
};

/// In this section 0 means "no limit".
struct limits_section {
  std::uint32_t public_create_per_minute = 60;
  std::uint32_t public_miss_per_minute = 20;
  std::uint32_t session_messages = 5; ///< in `session_window`
  std::chrono::seconds session_window{10};
  std::uint32_t api_key_per_second = 100;
  std::size_t body_bytes = 1'048'576;
  std::size_t attachment_bytes = 20'971'520; ///< of one file, and of an upload
  std::size_t header_bytes = 16'384;
  std::chrono::seconds request_timeout{30};
  std::size_t connections = 20'000;

  friend bool operator==(const limits_section&, const limits_section&)
    = default;
};

struct storage_section {
  std::string path = "./data";
  std::uint64_t reserve_bytes = 268'435'456;
  std::size_t queue_max = 16'384;
  std::size_t block_cache_bytes = 50'331'648;
  std::size_t row_cache_bytes = 67'108'864;
  std::size_t write_buffer_bytes = 33'554'432;

  friend bool operator==(const storage_section&, const storage_section&)
    = default;
};

struct actors_section {
  std::size_t awake_max = 4'096;
  std::chrono::seconds idle_after{120};
  std::size_t queue_max = 64; ///< per ticket
  std::chrono::milliseconds command_timeout{5'000};
  std::size_t in_flight_max = 20'000;

  friend bool operator==(const actors_section&, const actors_section&)
    = default;
};

struct ticket_section {
  std::size_t ref_length = 8;
  std::chrono::hours reopen_window{72};
  /// How long a ticket waits for its customer until it is resolved, and until
  /// they are reminded; 0: that does not happen.
  std::chrono::hours waiting_timeout{72};
  std::chrono::hours waiting_reminder{20};
  std::string waiting_reminder_text
    = "We are waiting for your answer. Without one, this request will be "
      "closed.";

  friend bool operator==(const ticket_section&, const ticket_section&)
    = default;
};

struct n8n_section {
  std::string ticket_created_url; ///< empty: nobody is told
  std::string shared_secret;      ///< goes out as `x-api-key` when not empty
  std::uint32_t retries = 3;
  std::chrono::milliseconds backoff{1'000};
  std::chrono::milliseconds timeout{15'000};
  std::size_t concurrency = 16;

  friend bool operator==(const n8n_section&, const n8n_section&) = default;
};

struct webhooks_section {
  std::vector<std::string> allow_networks; ///< addresses or CIDR blocks
  /// Seconds before each attempt; the first one is made at once.
  std::vector<std::string> retry_schedule{"0",    "5",     "300",   "1800",
                                          "7200", "18000", "36000", "36000"};
  std::chrono::seconds timeout{15};
  std::size_t concurrency = 16;
  std::uint32_t per_second = 100;
  std::chrono::seconds disable_after{432'000};

  friend bool operator==(const webhooks_section&, const webhooks_section&)
    = default;
};

/// The pauses before the second, third … attempt.
std::vector<std::chrono::milliseconds>
retry_delays(const webhooks_section& webhooks);

struct website_section {
  std::string inbound_secret; ///< empty: generated, see secrets.hpp
  std::string agent_phone = "+919655716000"; ///< E.164, or empty: nobody

  friend bool operator==(const website_section&, const website_section&)
    = default;
};

/// The bot of the visitors' desk, and what holds for all bots.
struct telegram_section {
  std::string bot_token; ///< as @BotFather gives it; empty: Telegram is off
  std::string api_url = "https://api.telegram.org";
  std::string mode = "webhook"; ///< how updates come: `webhook` or `polling`
  std::string webhook_secret;   ///< empty: generated, see secrets.hpp
  std::string webhook_url;      ///< set at the start; empty: left as it is
  /// How many messages may leave; 0: no limit of our own.
  std::uint32_t total_per_second = 30;
  std::uint32_t chat_per_second = 1;
  std::uint32_t group_per_minute = 20;

  friend bool operator==(const telegram_section&, const telegram_section&)
    = default;
};

/// A bot of its own for the executors.
struct telegram_executor_section {
  std::string bot_token;      ///< empty: the desk's bot serves them too
  std::string webhook_secret; ///< empty: that of the desk's bot
  std::string webhook_url;    ///< set at the start; empty: left as it is

  friend bool
  operator==(const telegram_executor_section&, const telegram_executor_section&)
    = default;
};

struct desk_section {
  std::vector<std::string> categories; ///< empty: visitors choose freely
  std::string jwt_secret;              ///< empty: generated, see secrets.hpp
  std::int64_t support_group = 0;      ///< a Telegram group's id; 0: none
  /// Whoever is in the support group becomes an agent by a first claim.
  bool open_registration = true;
  std::chrono::seconds claim_timeout{600};
  std::vector<std::string> hours; ///< see time_zone.hpp; empty: always open
  std::string time_zone = "UTC";  ///< that of `hours`

  friend bool operator==(const desk_section&, const desk_section&) = default;
};

struct executor_section {
  std::chrono::seconds prompt_timeout{900};

  friend bool operator==(const executor_section&, const executor_section&)
    = default;
};

/// What holds for all providers of WhatsApp.
struct whatsapp_section {
  std::string priority = "medium"; ///< of tickets that come from there
  /// `<priority>: <word>|<word>`: one of the words makes it that priority.
  std::vector<std::string> priority_keywords;
  /// `<language>: <text>`; the first one serves all other languages. Empty:
  /// nothing is said.
  std::vector<std::string> acknowledgements{
    "en: Thank you for your message. Your request has the number #{number}; "
    "somebody will answer you here."};
  std::string bot_url; ///< asked for the acknowledgement; empty: nobody
  std::chrono::milliseconds bot_timeout{3'000};
  std::string manager_phone;  ///< E.164; empty: website.agent_phone, if it was
                              ///< changed
  std::string staff_provider; ///< empty: the first that is configured
  std::string fallback; ///< a provider for when another cannot send; or empty
  std::chrono::seconds fallback_after{60};

  friend bool operator==(const whatsapp_section&, const whatsapp_section&)
    = default;
};

struct whatsapp_baileys_section {
  std::string url;     ///< of the sidecar; empty: nothing is sent
  std::string api_key; ///< both ways; empty: this provider is off
  std::string jid;     ///< our own number's, for mentions in groups
  std::string session = "main";
  std::string dialect = "generic"; ///< `generic`, `fazer` or `evolution`
  std::uint32_t per_minute = 60;   ///< messages of the session; 0: no limit

  friend bool
  operator==(const whatsapp_baileys_section&, const whatsapp_baileys_section&)
    = default;
};

struct whatsapp_twilio_section {
  std::string account_sid;
  std::string auth_token; ///< empty: this provider is off
  std::string from;       ///< E.164, or a messaging service
  std::string api_url = "https://api.twilio.com";
  std::string template_sid; ///< for outside of the 24 hours; or empty
  std::uint32_t per_second = 80;

  friend bool
  operator==(const whatsapp_twilio_section&, const whatsapp_twilio_section&)
    = default;
};

struct whatsapp_cloud_section {
  std::string app_secret; ///< empty: this provider is off
  std::string verify_token;
  std::string access_token;
  std::string phone_number_id;
  std::string api_url = "https://graph.facebook.com";
  std::string api_version = "v23.0";
  std::string template_name; ///< for outside of the 24 hours; or empty
  std::string template_language = "en_US";
  std::uint32_t per_second = 80;

  friend bool
  operator==(const whatsapp_cloud_section&, const whatsapp_cloud_section&)
    = default;
};

/// A workflow of n8n that sends and receives.
struct whatsapp_n8n_section {
  std::string url;     ///< empty: nothing is sent
  std::string api_key; ///< both ways; empty: this provider is off

  friend bool
  operator==(const whatsapp_n8n_section&, const whatsapp_n8n_section&)
    = default;
};

struct admin_section {
  std::string key; ///< empty: generated, see secrets.hpp

  friend bool operator==(const admin_section&, const admin_section&) = default;
};

struct log_section {
  std::string level = "info";  ///< a level of spdlog
  std::string format = "text"; ///< `text` or `json`

  friend bool operator==(const log_section&, const log_section&) = default;
};

struct config {
  http_section http;
  limits_section limits;
  storage_section storage;
  actors_section actors;
  ticket_section ticket;
  n8n_section n8n;
  webhooks_section webhooks;
  website_section website;
  telegram_section telegram;
  telegram_executor_section telegram_executor;
  desk_section desk;
  executor_section executor;
  whatsapp_section whatsapp;
  whatsapp_baileys_section whatsapp_baileys;
  whatsapp_twilio_section whatsapp_twilio;
  whatsapp_cloud_section whatsapp_cloud;
  whatsapp_n8n_section whatsapp_n8n;
  admin_section admin;
  log_section log;

  friend bool operator==(const config&, const config&) = default;
};

/// The address that customers' links start with, without a slash at its end:
/// `base_url`, or else what host, TLS and `bound_port` give.
std::string public_url(const http_section& http, std::uint16_t bound_port);

} // namespace switchboard::config
