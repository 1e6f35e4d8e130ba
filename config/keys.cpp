#include "config/keys.hpp"

#include "config/time_zone.hpp"
#include "config/whatsapp_checks.hpp"

#include <array>
#include <chrono>
#include <concepts>
#include <type_traits>

namespace switchboard::config {

namespace {

template <class T>
concept duration
  = std::same_as<T, std::chrono::duration<typename T::rep, typename T::period>>;

template <class T>
value to_value(const T& member) {
  if constexpr (std::same_as<T, bool>)
    return member;
  else if constexpr (std::integral<T>)
    return static_cast<std::int64_t>(member);
  else if constexpr (duration<T>)
    return static_cast<std::int64_t>(member.count());
  else
    return member;
}

/// The range of the key has been checked, so the value fits into the member.
template <class T>
void from_value(const value& v, T& member) {
  if constexpr (std::same_as<T, bool>)
    member = std::get<bool>(v);
  else if constexpr (std::integral<T>)
    member = static_cast<T>(std::get<std::int64_t>(v));
  else if constexpr (duration<T>)
    member = T{std::get<std::int64_t>(v)};
  else
    member = std::get<T>(v);
}

template <class T>
constexpr value_kind kind_of() {
  if constexpr (std::same_as<T, std::string>)
    return value_kind::text;
  else if constexpr (std::same_as<T, std::vector<std::string>>)
    return value_kind::list;
  else if constexpr (std::same_as<T, bool>)
    return value_kind::truth;
  else
    return value_kind::integer;
}

/// Ties a name to `config::*Section.*Member`.
template <auto Section, auto Member>
constexpr key_spec bind(std::string_view section, std::string_view key) {
  using member_type
    = std::remove_cvref_t<decltype((std::declval<config&>().*Section).*Member)>;
  key_spec spec;
  spec.section = section;
  spec.key = key;
  spec.kind = kind_of<member_type>();
  spec.read = [](const config& c) { return to_value(c.*Section.*Member); };
  spec.write
    = [](config& c, const value& v) { from_value(v, c.*Section.*Member); };
  return spec;
}

constexpr key_spec between(key_spec spec, std::int64_t min, std::int64_t max) {
  spec.range = {min, max, {}};
  return spec;
}

constexpr key_spec off_or_between(key_spec spec, std::int64_t min,
                                  std::int64_t max) {
  spec.range = {min, max, "no limit"};
  return spec;
}

constexpr key_spec none_or_between(key_spec spec, std::int64_t min,
                                   std::int64_t max) {
  spec.range = {min, max, "none"};
  return spec;
}

constexpr key_spec checked(key_spec spec, text_check check) {
  spec.check = check;
  return spec;
}

constexpr key_spec secret(key_spec spec) {
  spec.secret = true;
  spec.check = check_secret;
  return spec;
}

constexpr key_spec also_known_as(key_spec spec, std::string_view name) {
  spec.legacy_name = name;
  return spec;
}

template <auto Member>
constexpr key_spec http(std::string_view key) {
  return bind<&config::http, Member>("http", key);
}
template <auto Member>
constexpr key_spec limits(std::string_view key) {
  return bind<&config::limits, Member>("limits", key);
}
template <auto Member>
constexpr key_spec storage(std::string_view key) {
  return bind<&config::storage, Member>("storage", key);
}
template <auto Member>
constexpr key_spec actors(std::string_view key) {
  return bind<&config::actors, Member>("actors", key);
}
template <auto Member>
constexpr key_spec ticket(std::string_view key) {
  return bind<&config::ticket, Member>("ticket", key);
}
template <auto Member>
constexpr key_spec n8n(std::string_view key) {
  return bind<&config::n8n, Member>("n8n", key);
}
template <auto Member>
constexpr key_spec webhooks(std::string_view key) {
  return bind<&config::webhooks, Member>("webhooks", key);
}
template <auto Member>
constexpr key_spec website(std::string_view key) {
  return bind<&config::website, Member>("website", key);
}
template <auto Member>
constexpr key_spec telegram(std::string_view key) {
  return bind<&config::telegram, Member>("telegram", key);
}
template <auto Member>
constexpr key_spec telegram_executor(std::string_view key) {
  return bind<&config::telegram_executor, Member>("telegram.executor", key);
}
template <auto Member>
constexpr key_spec desk(std::string_view key) {
  return bind<&config::desk, Member>("desk", key);
}
template <auto Member>
constexpr key_spec whatsapp(std::string_view key) {
  return bind<&config::whatsapp, Member>("whatsapp", key);
}
template <auto Member>
constexpr key_spec baileys(std::string_view key) {
  return bind<&config::whatsapp_baileys, Member>("whatsapp.baileys", key);
}
template <auto Member>
constexpr key_spec twilio(std::string_view key) {
  return bind<&config::whatsapp_twilio, Member>("whatsapp.twilio", key);
}
template <auto Member>
constexpr key_spec cloud(std::string_view key) {
  return bind<&config::whatsapp_cloud, Member>("whatsapp.cloud", key);
}
template <auto Member>
constexpr key_spec whatsapp_n8n(std::string_view key) {
  return bind<&config::whatsapp_n8n, Member>("whatsapp.n8n", key);
}
template <auto Member>
constexpr key_spec logging(std::string_view key) {
  return bind<&config::log, Member>("log", key);
}

constexpr std::int64_t mib = 1'048'576;
constexpr std::int64_t gib = 1'024 * mib;
/// Telegram's ids have at most 52 bits.
constexpr std::int64_t chat_id_min = -(std::int64_t{1} << 52U);

using h = http_section;
using l = limits_section;
using s = storage_section;
using a = actors_section;
using n = n8n_section;
using w = webhooks_section;
using t = telegram_section;
using te = telegram_executor_section;
using d = desk_section;
using wa = whatsapp_section;
using wb = whatsapp_baileys_section;
using wt = whatsapp_twilio_section;
using wc = whatsapp_cloud_section;
using wn = whatsapp_n8n_section;

constexpr std::array table{
  checked(http<&h::host>("host"), check_host),
  also_known_as(between(http<&h::port>("port"), 0, 65'535), "PORT"),
  also_known_as(checked(http<&h::base_url>("base_url"), check_base_url),
                "BASE_URL"),
  between(http<&h::threads>("threads"), 1, 64),
  checked(http<&h::tls_cert>("tls_cert"), check_optional_path),
  checked(http<&h::tls_key>("tls_key"), check_optional_path),
  checked(http<&h::trusted_proxies>("trusted_proxies"), check_network),
  checked(http<&h::allowed_origins>("allowed_origins"), check_origin),
  between(http<&h::idle_timeout>("idle_timeout_s"), 1, 86'400),
  between(http<&h::shutdown_grace>("shutdown_grace_s"), 0, 600),

  off_or_between(
    limits<&l::public_create_per_minute>("public_create_per_minute"), 1,
    1'000'000),
  off_or_between(limits<&l::public_miss_per_minute>("public_miss_per_minute"),
                 1, 1'000'000),
  off_or_between(limits<&l::session_messages>("session_messages"), 1, 1'000),
  off_or_between(limits<&l::session_window>("session_window_s"), 1, 3'600),
  off_or_between(limits<&l::api_key_per_second>("api_key_per_second"), 1,
                 1'000'000),
  off_or_between(limits<&l::body_bytes>("body_bytes"), 1'024, 64 * mib),
  off_or_between(limits<&l::attachment_bytes>("attachment_bytes"), 1'024,
                 64 * mib),
  off_or_between(limits<&l::header_bytes>("header_bytes"), 1'024, mib),
  off_or_between(limits<&l::request_timeout>("request_timeout_s"), 1, 3'600),
  off_or_between(limits<&l::connections>("connections"), 1, 10'000'000),

  checked(storage<&s::path>("path"), check_path),
  between(storage<&s::reserve_bytes>("reserve_bytes"), 0, 1'024 * gib),
  between(storage<&s::queue_max>("queue_max"), 1, 1'048'576),
  between(storage<&s::block_cache_bytes>("block_cache_bytes"), mib, 256 * gib),
  between(storage<&s::row_cache_bytes>("row_cache_bytes"), mib, 256 * gib),
  between(storage<&s::write_buffer_bytes>("write_buffer_bytes"), mib, 4 * gib),

  between(actors<&a::awake_max>("awake_max"), 1, 10'000'000),
  between(actors<&a::idle_after>("idle_after_s"), 1, 86'400),
  between(actors<&a::queue_max>("queue_max"), 1, 65'536),
  between(actors<&a::command_timeout>("command_timeout_ms"), 10, 600'000),
  between(actors<&a::in_flight_max>("in_flight_max"), 1, 10'000'000),

  between(ticket<&ticket_section::ref_length>("ref_length"), 4, 26),
  between(ticket<&ticket_section::reopen_window>("reopen_window_h"), 0, 87'600),
  none_or_between(ticket<&ticket_section::waiting_timeout>("waiting_timeout_h"),
                  1, 87'600),
  none_or_between(
    ticket<&ticket_section::waiting_reminder>("waiting_reminder_h"), 1, 87'600),
  checked(
    ticket<&ticket_section::waiting_reminder_text>("waiting_reminder_text"),
    check_words),

  also_known_as(
    checked(n8n<&n::ticket_created_url>("ticket_created_url"), check_url),
    "N8N_TICKET_CREATED_WEBHOOK"),
  also_known_as(secret(n8n<&n::shared_secret>("shared_secret")),
                "N8N_SHARED_SECRET"),
  between(n8n<&n::retries>("retries"), 0, 20),
  between(n8n<&n::backoff>("backoff_ms"), 1, 3'600'000),
  between(n8n<&n::timeout>("timeout_ms"), 10, 600'000),
  between(n8n<&n::concurrency>("concurrency"), 1, 1'024),

  checked(webhooks<&w::allow_networks>("allow_networks"), check_network),
  checked(webhooks<&w::retry_schedule>("retry_schedule_s"), check_pause),
  between(webhooks<&w::timeout>("timeout_s"), 1, 120),
  between(webhooks<&w::concurrency>("concurrency"), 1, 1'024),
  off_or_between(webhooks<&w::per_second>("per_second"), 1, 100'000),
  between(webhooks<&w::disable_after>("disable_after_s"), 1, 31'536'000),

  also_known_as(
    secret(website<&website_section::inbound_secret>("inbound_secret")),
    "RAILWAY_INBOUND_SECRET"),
  also_known_as(
    checked(website<&website_section::agent_phone>("agent_phone"), check_phone),
    "AGENT_PHONE"),

  also_known_as(
    checked(secret(telegram<&t::bot_token>("bot_token")), check_bot_token),
    "TELEGRAM_BOT_TOKEN"),
  checked(telegram<&t::api_url>("api_url"), check_api_url),
  checked(telegram<&t::mode>("mode"), check_telegram_mode),
  checked(secret(telegram<&t::webhook_secret>("webhook_secret")),
          check_webhook_secret),
  checked(telegram<&t::webhook_url>("webhook_url"), check_url),
  off_or_between(telegram<&t::total_per_second>("total_per_second"), 1, 1'000),
  off_or_between(telegram<&t::chat_per_second>("chat_per_second"), 1, 1'000),
  off_or_between(telegram<&t::group_per_minute>("group_per_minute"), 1, 60'000),

  checked(secret(telegram_executor<&te::bot_token>("bot_token")),
          check_bot_token),
  checked(secret(telegram_executor<&te::webhook_secret>("webhook_secret")),
          check_webhook_secret),
  checked(telegram_executor<&te::webhook_url>("webhook_url"), check_url),

  checked(desk<&d::categories>("categories"), check_category),
  also_known_as(secret(desk<&d::jwt_secret>("jwt_secret")), "JWT_SECRET"),
  also_known_as(
    none_or_between(desk<&d::support_group>("support_group"), chat_id_min, -1),
    "SUPPORT_GROUP_CHAT_ID"),
  desk<&d::open_registration>("open_registration"),
  between(desk<&d::claim_timeout>("claim_timeout_s"), 1, 604'800),
  checked(desk<&d::hours>("hours"), check_hours),
  checked(desk<&d::time_zone>("time_zone"), check_time_zone),

  between(bind<&config::executor, &executor_section::prompt_timeout>(
            "executor", "prompt_timeout_s"),
          1, 604'800),

  checked(whatsapp<&wa::priority>("priority"), check_priority),
  checked(whatsapp<&wa::priority_keywords>("priority_keywords"),
          check_priority_keywords),
  checked(whatsapp<&wa::acknowledgements>("acknowledgements"),
          check_acknowledgement),
  checked(whatsapp<&wa::bot_url>("bot_url"), check_url),
  between(whatsapp<&wa::bot_timeout>("bot_timeout_ms"), 10, 60'000),
  checked(whatsapp<&wa::manager_phone>("manager_phone"), check_phone),
  checked(whatsapp<&wa::staff_provider>("staff_provider"),
          check_whatsapp_provider),
  checked(whatsapp<&wa::fallback>("fallback"), check_whatsapp_provider),
  between(whatsapp<&wa::fallback_after>("fallback_after_s"), 0, 86'400),

  checked(baileys<&wb::url>("url"), check_url),
  secret(baileys<&wb::api_key>("api_key")),
  checked(baileys<&wb::jid>("jid"), check_jid),
  checked(baileys<&wb::session>("session"), check_word),
  checked(baileys<&wb::dialect>("dialect"), check_sidecar_dialect),
  off_or_between(baileys<&wb::per_minute>("per_minute"), 1, 60'000),

  checked(twilio<&wt::account_sid>("account_sid"), check_optional_word),
  checked(secret(twilio<&wt::auth_token>("auth_token")), check_given_secret),
  checked(twilio<&wt::from>("from"), check_twilio_sender),
  checked(twilio<&wt::api_url>("api_url"), check_api_url),
  checked(twilio<&wt::template_sid>("template_sid"), check_optional_word),
  off_or_between(twilio<&wt::per_second>("per_second"), 1, 10'000),

  checked(secret(cloud<&wc::app_secret>("app_secret")), check_given_secret),
  checked(secret(cloud<&wc::verify_token>("verify_token")), check_given_secret),
  checked(secret(cloud<&wc::access_token>("access_token")), check_given_secret),
  checked(cloud<&wc::phone_number_id>("phone_number_id"), check_optional_word),
  checked(cloud<&wc::api_url>("api_url"), check_api_url),
  checked(cloud<&wc::api_version>("api_version"), check_word),
  checked(cloud<&wc::template_name>("template_name"), check_optional_word),
  checked(cloud<&wc::template_language>("template_language"), check_word),
  off_or_between(cloud<&wc::per_second>("per_second"), 1, 10'000),

  checked(whatsapp_n8n<&wn::url>("url"), check_url),
  secret(whatsapp_n8n<&wn::api_key>("api_key")),

  secret(bind<&config::admin, &admin_section::key>("admin", "key")),

  checked(logging<&log_section::level>("level"), check_log_level),
  checked(logging<&log_section::format>("format"), check_log_format),
};

} // namespace

std::span<const key_spec> keys() {
  return table;
}

std::string full_name(const key_spec& spec) {
  std::string name{spec.section};
  name += '.';
  name += spec.key;
  return name;
}

std::string environment_name(const key_spec& spec) {
  std::string name = "SWITCHBOARD_" + full_name(spec);
  for (char& c : name) {
    if (c == '.')
      c = '_';
    else if (c >= 'a' && c <= 'z')
      c = static_cast<char>(c - 'a' + 'A');
  }
  return name;
}

} // namespace switchboard::config
