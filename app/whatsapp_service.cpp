#include "app/whatsapp_service.hpp"

#include "actors/id_source.hpp"
#include "api/wait_for.hpp"
#include "api/website_routes.hpp"
#include "app/courier.hpp"
#include "net/timer_wheel.hpp"

#include <boost/asio/post.hpp>

#include <spdlog/spdlog.h>

#include <chrono>
#include <future>
#include <iterator>
#include <utility>

namespace switchboard::app {

namespace asio = boost::asio;
namespace whatsapp = channels::whatsapp;
using whatsapp::provider;

namespace {

/// What cannot be cut off: a command that waits for its commit.
constexpr auto stop_timeout = std::chrono::seconds{15};

std::vector<std::chrono::milliseconds> intake_pauses() {
  using namespace std::chrono_literals;
  return {1s, 5s, 30s, 2min, 10min};
}

std::vector<provider> configured(const whatsapp_ends& ends) {
  std::vector<provider> out;
  for (const auto p : whatsapp::all_providers)
    if (ends.is_on(p))
      out.push_back(p);
  return out;
}

std::vector<std::string> words_of(const std::vector<provider>& all) {
  std::vector<std::string> out;
  for (const auto p : all)
    out.emplace_back(to_string(p));
  return out;
}

std::vector<std::string> result_words() {
  using enum api::whatsapp::outcome;
  std::vector<std::string> out;
  for (const auto result :
       {done, repeated, ignored, put_aside, unknown_target, not_durable})
    out.emplace_back(to_string(result));
  return out;
}

std::vector<std::string> outcome_words() {
  using enum channels::delivery_outcome;
  std::vector<std::string> out;
  for (const auto outcome : {delivered, retry_later, slow_down, gone, refused})
    out.emplace_back(to_string(outcome));
  return out;
}

asio::awaitable<channels::http_answer>
exchange_by(net::http_client& client, channels::http_request request) {
  auto start = [&client, &request](auto done) {
    send(client, std::move(request), std::move(done));
  };
  auto sending = api::wait_for<channels::http_answer>(std::move(start));
  co_return co_await std::move(sending);
}

} // namespace

whatsapp_service::whatsapp_service(whatsapp_service_parts parts)
  : parts_{std::move(parts)},
    ends_{parts_.config, parts_.public_url()},
    greetings_{parts_.config.whatsapp.acknowledgements},
    probe_{parts_.metrics, words_of(configured(ends_)), result_words(),
           outcome_words()},
    inward_{parts_.runtime.make_executor()},
    outward_{parts_.runtime.make_executor()},
    health_{{.configured = configured(ends_)}, health_hooks()},
    planner_{planner_options(), parts_.journal.rows()},
    renderer_{renderer_parts()},
    uploads_{upload_parts()},
    carrier_{carrier_parts(), whatsapp_pace{parts_.config}},
    files_{files_parts()},
    parked_{parts_.runtime.actors(), inward_, parked()} {}

// -- life ---------------------------------------------------------------------

void whatsapp_service::serve(actors::engine& engine, actors::id_source& ids) {
  intake_.emplace(intake_parts(engine, ids), intake_options());
  routes_.emplace(*intake_, actors::system_now, route_options());
  if (const auto& c = parts_.config.whatsapp; !c.bot_url.empty()) {
    asker_.emplace(parts_.runtime.actors(),
                   net::timer_wheel::of(parts_.runtime.io()),
                   inward_.executor());
    bot_.emplace(whatsapp_bot::parts{
      c.bot_url, c.bot_timeout, engine, ids, actors::system_now, parts_.journal,
      *asker_, exchange(), [this](const auto& who, auto number, auto ref) {
        return greetings_.words(who.contact.phone, who.locale, number, ref);
      }});
  }
}

void whatsapp_service::add_to(net::router& router) {
  routes_->add_to(router);
}

void whatsapp_service::start() {
  const auto all = configured(ends_);
  if (all.empty())
    spdlog::info("WhatsApp is off: no provider's secret is set");
  for (const auto p : all)
    spdlog::info("WhatsApp by {}{}", to_string(p),
                 ends_.can_send(p) ? "" : ": receives only");
  parked_.open();
  for (const auto& lane : parked_.lanes())
    parts_.take_up_lane(lane);
}

void whatsapp_service::begin_stop() {
  inward_.begin_stop();
  outward_.begin_stop();
}

void whatsapp_service::wait_stopped() {
  std::promise<void> closed;
  asio::post(inward_.executor(), [this, &closed] {
    if (intake_)
      intake_->close();
    if (asker_)
      asker_->close();
    closed.set_value();
  });
  closed.get_future().wait();
  parked_.stop();
  for (auto* const work : {&inward_, &outward_})
    if (!work->wait_stopped(stop_timeout))
      spdlog::error("something of WhatsApp is still being handled");
}

void whatsapp_service::stop() {
  carrier_.stop();
  files_.stop();
}

// -- the engine ---------------------------------------------------------------

std::vector<persistence::new_delivery>
whatsapp_service::plan(const domain::ticket& after,
                       std::span<const domain::ticket_event> events) const {
  auto out = planner_.plan(after, events);
  auto files = files_.plan_downloads(events);
  std::move(files.begin(), files.end(), std::back_inserter(out));
  return out;
}

actors::lane_channel_ptr
whatsapp_service::channel_of(std::string_view lane) const {
  if (!lane.starts_with("whatsapp"))
    return nullptr;
  if (auto found = carrier_.channel_of(lane))
    return found;
  if (auto found = files_.channel_of(lane))
    return found;
  return parked_.channel_of(lane);
}

// -- what goes out ------------------------------------------------------------

std::string whatsapp_service::ticket_url(const std::string& ref) const {
  return api::ticket_url(parts_.public_url(), ref);
}

whatsapp_planner::options whatsapp_service::planner_options() const {
  whatsapp_planner::options out;
  out.staff_by = ends_.staff_by();
  if (out.staff_by)
    out.staff_account = ends_.account_of(*out.staff_by);
  out.manager_phone = whatsapp_manager(parts_.config);
  out.hook_tells = !parts_.config.n8n.ticket_created_url.empty();
  out.has_bot = !parts_.config.whatsapp.bot_url.empty();
  out.fallback = ends_.fallback();
  for (const auto p : ends_.sending())
    if (ends_.has_template(p))
      out.with_template.push_back(p);
  out.ticket_url = [this](const std::string& ref) { return ticket_url(ref); };
  return out;
}

whatsapp_exchange whatsapp_service::exchange() {
  return [client = &parts_.client](channels::http_request request) {
    return exchange_by(*client, std::move(request));
  };
}

whatsapp_health::hooks whatsapp_service::health_hooks() {
  return {actors::system_now, parts_.report_error,
          [this](provider p, whatsapp_line state) {
            probe_.up(to_string(p), state == whatsapp_line::up);
          }};
}

whatsapp_renderer::parts whatsapp_service::renderer_parts() {
  return {parts_.journal.rows(), ends_, planner_, actors::system_now,
          [this](const std::string& ref) { return ticket_url(ref); }};
}

whatsapp_uploads::parts whatsapp_service::upload_parts() {
  return {
    parts_.journal.rows(), ends_, exchange(),
    [this](domain::attachment_id id, auto done) {
      parts_.files.read(id, [done](std::optional<attachments::file> file) {
        std::optional<whatsapp_file> out;
        if (file)
          out = whatsapp_file{std::move(file->name), std::move(file->mime_type),
                              std::move(file->bytes)};
        done(std::move(out));
      });
    },
    [this](domain::attachment_id id) {
      return parts_.public_url() + parts_.files.links().url(id);
    }};
}

whatsapp_carrier::parts whatsapp_service::carrier_parts() {
  return {parts_.runtime.actors(),
          outward_,
          ends_,
          renderer_,
          uploads_,
          health_,
          exchange(),
          actors::system_now,
          parts_.config.whatsapp.fallback_after,
          &probe_};
}

whatsapp_files::parts whatsapp_service::files_parts() {
  return {parts_.runtime.actors(),
          outward_,
          ends_,
          parts_.journal,
          parts_.files.files(),
          exchange(),
          attachment_bytes_max(parts_.config.limits)};
}

// -- what comes in ------------------------------------------------------------

std::string whatsapp_service::greet(const domain::session& who,
                                    domain::ticket_number number,
                                    std::string_view ref) const {
  // A bot that answers says it all; see whatsapp_bot.
  return parts_.config.whatsapp.bot_url.empty()
           ? greetings_.words(who.contact.phone, who.locale, number, ref)
           : std::string{};
}

std::vector<replay_lane> whatsapp_service::parked() {
  std::vector<replay_lane> out;
  for (const auto via : whatsapp::all_providers)
    out.push_back({whatsapp::intake_lane(via),
                   [this, via](persistence::delivery what) {
                     return hand_back(via, std::move(what));
                   },
                   intake_pauses(), 16});
  if (!parts_.config.whatsapp.bot_url.empty())
    out.push_back({std::string{whatsapp_bot_lane},
                   [this](persistence::delivery what) {
                     return bot_->hand_back(std::move(what));
                   },
                   intake_pauses(), 16});
  return out;
}

asio::awaitable<handed_back>
whatsapp_service::hand_back(provider via, persistence::delivery what) {
  using from = api::whatsapp::replay_result::kind;
  using to = handed_back::kind;
  auto replaying = intake_->replay(via, std::move(what.payload));
  auto result = co_await std::move(replaying);
  handed_back out;
  out.reason = std::move(result.reason);
  const bool is_last = what.attempts >= intake_pauses().size();
  switch (result.what) {
    case from::done: break;
    case from::not_yet:
      if (!result.may_be_dropped || !is_last)
        out.what = to::try_later;
      break;
    case from::failed: out.what = to::failed; break;
    case from::try_later: out.what = to::try_later; break;
  }
  co_return out;
}

api::whatsapp::intake_parts
whatsapp_service::intake_parts(actors::engine& engine, actors::id_source& ids) {
  return {engine,
          ids,
          actors::system_now,
          parts_.journal,
          parts_.runtime.actors(),
          net::timer_wheel::of(parts_.runtime.io()),
          inward_.executor(),
          [this](persistence::new_file file,
                 persistence::attachment_store::write_handler done) {
            parts_.files.files().write(std::move(file), std::move(done));
          },
          [this](const auto& who, auto number, auto ref) {
            return greet(who, number, ref);
          },
          [this](const auto& report) { health_.told(report); },
          [this](auto via, auto result) {
            probe_.taken(to_string(via), to_string(result));
          }};
}

api::whatsapp::intake_options whatsapp_service::intake_options() const {
  const auto& c = parts_.config.whatsapp;
  api::whatsapp::intake_options out;
  out.urgency = api::whatsapp::urgency_rules{
    domain::parse_priority(c.priority).value_or(domain::priority::medium),
    c.priority_keywords};
  out.manager_phone = whatsapp_manager(parts_.config);
  for (const auto p : configured(ends_))
    if (auto account = ends_.account_of(p); !account.empty())
      out.accounts.emplace(p, std::move(account));
  return out;
}

api::whatsapp::route_options whatsapp_service::route_options() const {
  const auto& c = parts_.config;
  api::whatsapp::route_options out;
  if (const auto& end = ends_.baileys())
    out.baileys = api::whatsapp::sidecar_door{end->api_key, end->jid};
  if (const auto& end = ends_.n8n())
    out.n8n = api::whatsapp::sidecar_door{end->api_key, c.whatsapp_baileys.jid};
  out.twilio_auth_token = c.whatsapp_twilio.auth_token;
  out.public_url = parts_.public_url();
  out.cloud_app_secret = c.whatsapp_cloud.app_secret;
  out.cloud_verify_token = c.whatsapp_cloud.verify_token;
  out.failures_per_minute = c.limits.public_miss_per_minute;
  return out;
}

} // namespace switchboard::app
