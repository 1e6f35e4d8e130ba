#include "app/whatsapp_plan.hpp"

#include "api/whatsapp/parked.hpp"
#include "app/whatsapp_ends.hpp"
#include "app/whatsapp_parts.hpp"
#include "channels/json/writer.hpp"
#include "channels/whatsapp/texts.hpp"
#include "domain/match.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace switchboard::app {

namespace whatsapp = channels::whatsapp;
using whatsapp::errand_kind;
using whatsapp::provider;

namespace {

constexpr std::string_view message_kind = "whatsapp.message";
constexpr std::string_view notice_kind = "whatsapp.notice";
constexpr std::string_view bot_kind = "whatsapp.bot";
/// How far back the customer's last message is looked for, by those who have
/// several lines.
constexpr std::uint32_t looks_max = 100;
/// How far back an earlier failure of the same part is looked for.
constexpr std::size_t events_back = 500;
constexpr std::size_t users_page = 200;
constexpr std::size_t admins_max = 50;

domain::message_sequence before(domain::message_sequence number) {
  return domain::message_sequence{static_cast<std::uint32_t>(number) - 1};
}

std::optional<domain::user_id> user_id_of(std::string_view agent) {
  std::uint64_t number = 0;
  const auto* const end = agent.data() + agent.size();
  const auto read = std::from_chars(agent.data(), end, number);
  if (read.ec != std::errc{} || read.ptr != end || number == 0)
    return std::nullopt;
  return domain::user_id{number};
}

/// Whom WhatsApp tells: those with a number whom Telegram does not tell.
bool is_told_here(const domain::user& who) {
  return !who.phone.empty() && !who.telegram_id;
}

bool is_customers(const domain::message_draft& message) {
  return message.role == domain::sender_role::customer;
}

/// The provider of a delivery's `via`: `whatsapp:cloud`.
std::optional<provider> provider_in(std::string_view via) {
  constexpr std::string_view prefix = "whatsapp:";
  if (!via.starts_with(prefix))
    return std::nullopt;
  return whatsapp::parse_provider(via.substr(prefix.size()));
}

} // namespace

/// One commit's planning.
class whatsapp_planner::run {
public:
  run(const whatsapp_planner& with, const domain::ticket& after,
      std::span<const domain::ticket_event> events)
    : with_{with}, after_{after}, events_{events}, holder_{first_holder()} {}

  std::vector<persistence::new_delivery> plan() && {
    for (const auto& event : events_) {
      event_ = &event;
      domain::match(
        event.fact, [this](const domain::ticket_created& e) { on(e); },
        [this](const domain::message_added& e) { on(e); },
        [this](const domain::message_edited& e) { on(e); },
        [this](const domain::message_deleted& e) { on(e); },
        [this](const domain::delivery_reported& e) { on(e); },
        [this](const domain::assignee_changed& e) { on(e); },
        [this](const domain::status_changed& e) { on(e); }, [](const auto&) {});
    }
    return std::move(out_);
  }

private:
  // -- what has happened ------------------------------------------------------

  void on(const domain::ticket_created&) {
    is_new_ = true;
    if (with_.options_.has_bot && is_chat())
      ask_bot();
    if (with_.options_.hook_tells && !after_.session)
      return;
    whatsapp::errand what;
    what.what = errand_kind::ticket;
    tell_manager(what);
  }

  void on(const domain::message_added& e) {
    if (is_customers(e.message)) {
      relay(e);
      return;
    }
    if (!is_chat())
      return;
    for (std::uint32_t part = 0; part < parts_of(e.message); ++part)
      tell_customer(errand_kind::message, e.number, part);
  }

  void on(const domain::message_edited& e) {
    const auto place = is_customers(e.message) ? nullptr : customer_place();
    if (place == nullptr
        || !whatsapp::can(place->via, whatsapp::outgoing_change::kind::edit))
      return;
    // Files stay as they are; parts of words may have come or gone.
    const auto now = text_parts_of(e.message);
    const auto row = read(e.number);
    const auto then = row ? text_parts_of(row->message) : now;
    for (std::uint32_t part = 0; part < std::max(now, then); ++part)
      tell_customer(part < then ? errand_kind::edit : errand_kind::message,
                    e.number, part);
  }

  void on(const domain::message_deleted& e) {
    const auto* const place = customer_place();
    if (place == nullptr
        || !whatsapp::can(place->via, whatsapp::outgoing_change::kind::revoke))
      return;
    const auto row = read(e.number);
    if (!row || is_customers(row->message))
      return;
    for (std::uint32_t part = 0; part < parts_of(row->message); ++part)
      tell_customer(errand_kind::revoke, e.number, part);
  }

  void on(const domain::delivery_reported& e) {
    if (e.to != domain::delivery_state::failed)
      return;
    if (e.reason == api::whatsapp::window_closed_reason
        && may_go_as_template(e)) {
      tell_customer(errand_kind::message, e.number, e.part, true);
      return;
    }
    whatsapp::errand what;
    what.text = whatsapp::failed_text(after_.number, e.reason);
    tell_holder(what);
  }

  void on(const domain::assignee_changed& e) {
    holder_ = e.agent;
    // Who takes a ticket knows it; who is given one must be told.
    if (e.actor == e.agent)
      return;
    const auto id = user_id_of(e.agent);
    const auto who = id ? with_.records_.find(*id) : std::nullopt;
    if (!who || !is_told_here(who->value))
      return;
    whatsapp::errand what;
    what.what = errand_kind::ticket;
    tell(who->value.phone, what);
  }

  void on(const domain::status_changed& e) {
    if (e.to != domain::status::escalated)
      return;
    whatsapp::errand what;
    what.text
      = whatsapp::escalated_text(after_, with_.options_.ticket_url(after_.ref));
    for (const auto& phone : admins())
      tell(phone, what);
  }

  // -- the customer -----------------------------------------------------------

  [[nodiscard]] bool is_chat() const noexcept {
    return after_.session && after_.via == domain::channel::whatsapp;
  }

  /// Where the customer is answered; null when they are not on WhatsApp.
  const whatsapp_place* customer_place() {
    if (!is_chat())
      return nullptr;
    if (!is_place_known_) {
      is_place_known_ = true;
      if (const auto who = with_.records_.find(after_.session->session))
        place_ = whatsapp_line_of(who->value, who->value.lines.size() > 1
                                                ? last_external_id()
                                                : std::string{});
    }
    return place_ ? &*place_ : nullptr;
  }

  /// Of the customer's newest message, as far as one looks.
  [[nodiscard]] std::string last_external_id() const {
    std::string newest;
    auto first = after_.last_message;
    for (const auto& event : events_)
      if (const auto* added = std::get_if<domain::message_added>(&event.fact)) {
        first = std::min(first, before(added->number));
        if (is_customers(added->message))
          newest = added->message.external_id;
      }
    if (!newest.empty())
      return newest;
    const auto last = static_cast<std::uint32_t>(first);
    const auto from = last > looks_max ? last - looks_max : 0;
    const auto rows = with_.tickets_.messages(
      after_.id, domain::message_sequence{from}, last - from);
    for (auto row = rows.rbegin(); row != rows.rend(); ++row)
      if (is_customers(row->message))
        return row->message.external_id;
    return {};
  }

  [[nodiscard]] std::optional<persistence::message_row>
  read(domain::message_sequence number) const {
    auto rows = with_.tickets_.messages(after_.id, before(number), 1);
    if (rows.empty() || rows.front().number != number)
      return std::nullopt;
    return std::move(rows.front());
  }

  [[nodiscard]] std::vector<whatsapp_part>
  cut(const domain::message_draft& message) {
    const auto* const place = customer_place();
    if (place == nullptr)
      return {};
    const auto takers = with_.takers_of(place->via);
    return whatsapp_parts_of(whatsapp_words_of(message), message.attachments,
                             takers);
  }

  [[nodiscard]] std::uint32_t parts_of(const domain::message_draft& message) {
    return static_cast<std::uint32_t>(cut(message).size());
  }

  [[nodiscard]] std::uint32_t
  text_parts_of(const domain::message_draft& message) {
    const auto parts = cut(message);
    return static_cast<std::uint32_t>(std::ranges::count_if(
      parts, [](const whatsapp_part& part) { return !part.file; }));
  }

  /// Whether what came too late goes out once more. Twilio says the same of a
  /// template that Meta has not approved: that one does not.
  [[nodiscard]] bool may_go_as_template(const domain::delivery_reported& e) {
    const auto via = provider_in(e.via);
    const auto& able = with_.options_.with_template;
    const auto* const place = customer_place();
    if (!via || place == nullptr || place->via != *via
        || std::ranges::find(able, *via) == able.end())
      return false;
    const auto last = static_cast<std::uint64_t>(after_.last_event);
    const domain::sequence from{last > events_back ? last - events_back : 0};
    const auto past = with_.tickets_.activities(after_.id, from, events_back);
    return std::ranges::none_of(past, [&](const domain::ticket_event& event) {
      const auto* const told
        = std::get_if<domain::delivery_reported>(&event.fact);
      return told != nullptr && told->number == e.number && told->part == e.part
             && told->to == e.to && told->reason == e.reason;
    });
  }

  void tell_customer(errand_kind kind, domain::message_sequence number,
                     std::uint32_t part, bool as_template = false) {
    const auto* const place = customer_place();
    if (place == nullptr)
      return;
    whatsapp::errand what;
    what.what = kind;
    what.message = number;
    what.part = part;
    what.account = place->account;
    what.as_template = as_template;
    deliver(whatsapp::lane_of(place->via, place->address), message_kind, what);
  }

  void ask_bot() {
    auto& call = out_.emplace_back();
    call.lane = whatsapp_bot_lane;
    call.group = after_.id.value.view();
    call.kind = bot_kind;
    channels::json::writer json{call.payload};
    json.begin_object().key("ticket").string(to_string(after_.id.value));
    json.end_object();
    call.created_at = event_->at;
    call.sequence = event_->number;
  }

  // -- staff ------------------------------------------------------------------

  [[nodiscard]] std::string first_holder() const {
    for (const auto& event : events_) {
      if (const auto* change
          = std::get_if<domain::assignee_changed>(&event.fact))
        return change->previous;
      if (std::holds_alternative<domain::ticket_created>(event.fact))
        return {};
    }
    return after_.assignee;
  }

  /// Whoever has the ticket, or the manager while nobody has it; empty when
  /// they are not told here.
  [[nodiscard]] std::string holders_phone() const {
    if (holder_.empty())
      return with_.options_.manager_phone;
    const auto id = user_id_of(holder_);
    const auto who = id ? with_.records_.find(*id) : std::nullopt;
    return who && is_told_here(who->value) ? who->value.phone : std::string{};
  }

  [[nodiscard]] std::vector<std::string> admins() const {
    std::vector<std::string> out;
    domain::user_id after{};
    while (out.size() < admins_max) {
      const auto page = with_.records_.users(after, users_page);
      for (const auto& one : page)
        if (one.role == domain::user_role::admin && is_told_here(one))
          out.push_back(one.phone);
      if (page.size() < users_page)
        break;
      after = page.back().id;
    }
    return out;
  }

  /// What the customer says, to who answers them. The words that open a ticket
  /// stand in what tells of it.
  void relay(const domain::message_added& e) {
    if (!with_.options_.staff_by)
      return;
    const auto to = holders_phone();
    if (to.empty())
      return;
    const auto takers = with_.takers_of(*with_.options_.staff_by);
    const auto parts = whatsapp_parts_of(whatsapp_relay_of(after_, e.message),
                                         e.message.attachments, takers);
    whatsapp::errand what;
    what.what = errand_kind::relay;
    what.message = e.number;
    for (std::uint32_t part = 0; part < parts.size(); ++part) {
      what.part = part;
      if (!opens(e) || parts[part].file)
        tell(to, what);
    }
  }

  [[nodiscard]] bool opens(const domain::message_added& e) const noexcept {
    return is_new_ && e.number == domain::message_sequence{1};
  }

  void tell_manager(const whatsapp::errand& what) {
    tell(with_.options_.manager_phone, what);
  }

  void tell_holder(const whatsapp::errand& what) {
    tell(holders_phone(), what);
  }

  void tell(const std::string& phone, whatsapp::errand what) {
    const auto by = with_.options_.staff_by;
    if (phone.empty() || !by)
      return;
    what.account = with_.options_.staff_account;
    deliver(whatsapp::lane_of(*by, whatsapp_address(*by, phone)), notice_kind,
            what);
  }

  void deliver(std::string lane, std::string_view kind, whatsapp::errand what) {
    what.ticket = after_.id;
    auto& out = out_.emplace_back();
    out.lane = std::move(lane);
    out.group = after_.id.value.view();
    out.kind = kind;
    out.payload = encode(what);
    out.created_at = event_->at;
    out.sequence = event_->number;
  }

  const whatsapp_planner& with_;
  const domain::ticket& after_;
  std::span<const domain::ticket_event> events_;
  const domain::ticket_event* event_ = nullptr;
  std::string holder_;
  bool is_new_ = false;
  bool is_place_known_ = false;
  std::optional<whatsapp_place> place_;
  std::vector<persistence::new_delivery> out_;
};

whatsapp_planner::whatsapp_planner(options how,
                                   const persistence::row_reader& rows)
  : options_{std::move(how)}, records_{rows}, tickets_{rows} {}

std::vector<persistence::new_delivery>
whatsapp_planner::plan(const domain::ticket& after,
                       std::span<const domain::ticket_event> events) const {
  return run{*this, after, events}.plan();
}

std::vector<provider> whatsapp_planner::takers_of(provider p) const {
  std::vector<provider> out{p};
  if (options_.fallback && *options_.fallback != p)
    out.push_back(*options_.fallback);
  return out;
}

} // namespace switchboard::app
