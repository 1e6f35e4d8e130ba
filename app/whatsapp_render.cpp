#include "app/whatsapp_render.hpp"

#include "app/whatsapp_parts.hpp"
#include "channels/whatsapp/texts.hpp"
#include "domain/text.hpp"

#include <algorithm>
#include <utility>

namespace switchboard::app {

namespace whatsapp = channels::whatsapp;
using whatsapp::errand_kind;
using whatsapp::provider;

namespace {

constexpr std::chrono::hours window{24};
/// What was said of a part reaches its ticket a moment after it was sent.
constexpr std::chrono::minutes copy_patience{1};
constexpr std::size_t quoted_length_max = 100;
constexpr std::uint32_t looks_max = 100;
constexpr std::string_view window_words
  = "WhatsApp takes no free text more than 24 hours after the customer's last "
    "message, and no template is configured";

/// `out-1234-…`: no other delivery has it, not even one of another data folder.
std::string key_of(const persistence::delivery& d) {
  return "out-" + std::to_string(static_cast<std::uint64_t>(d.id)) + '-'
         + std::to_string(d.created_at.time_since_epoch().count());
}

whatsapp_sending sending_to(const whatsapp_place& to, std::string_view text) {
  whatsapp_sending out;
  out.what.address = to.address;
  out.what.text = domain::clip(text, whatsapp::text_length_max(to.via));
  return out;
}

} // namespace

whatsapp_renderer::whatsapp_renderer(parts p)
  : parts_{std::move(p)},
    records_{parts_.rows},
    tickets_{parts_.rows},
    marks_{parts_.rows},
    sessions_{parts_.rows} {}

whatsapp_drawing whatsapp_renderer::draw(const persistence::delivery& d,
                                         const whatsapp::errand& what,
                                         provider planned,
                                         const whatsapp_place& to) const {
  auto out = [&]() -> whatsapp_drawing {
    switch (what.what) {
      case errand_kind::message: return draw_message(d, what, planned, to);
      case errand_kind::edit:
      case errand_kind::revoke: return draw_change(d, what, planned, to);
      case errand_kind::ticket: return draw_ticket(what, to);
      case errand_kind::relay: return draw_relay(what, planned, to);
      case errand_kind::notice: break;
    }
    if (what.text.empty())
      return whatsapp_nothing{"it says nothing"};
    return sending_to(to, what.text);
  }();
  if (auto* const made = std::get_if<whatsapp_sending>(&out)) {
    made->what.idempotency_key = key_of(d);
    if (!what.quotes.empty())
      made->what.quoted = whatsapp::quoted_message{what.quotes, false, {}};
    if (parts_.ends.has_template(to.via)
        && (what.as_template || is_out_of_the_blue(what, to.via)))
      made->what.as_template = true;
  } else if (auto* const change
             = std::get_if<whatsapp::outgoing_change>(&out)) {
    change->idempotency_key = key_of(d);
  }
  return out;
}

std::optional<whatsapp_renderer::subject>
whatsapp_renderer::find(const whatsapp::errand& what) const {
  if (!what.ticket)
    return std::nullopt;
  auto ticket = tickets_.load(*what.ticket);
  const auto number = static_cast<std::uint32_t>(what.message);
  if (!ticket || number == 0)
    return std::nullopt;
  auto rows
    = tickets_.messages(*ticket, domain::message_sequence{number - 1}, 1);
  if (rows.empty() || rows.front().number != what.message)
    return std::nullopt;
  return subject{std::move(*ticket), std::move(rows.front())};
}

// -- to customers -------------------------------------------------------------

whatsapp_drawing
whatsapp_renderer::draw_message(const persistence::delivery&,
                                const whatsapp::errand& what, provider planned,
                                const whatsapp_place& to) const {
  const auto of = find(what);
  if (!of)
    return whatsapp_nothing{"there is no such message"};
  if (of->row.marks.deleted_at)
    return whatsapp_nothing{"it was deleted"};
  const auto takers = parts_.planner.takers_of(planned);
  auto cut = whatsapp_parts_of(whatsapp_words_of(of->row.message),
                               of->row.message.attachments, takers);
  if (what.part >= cut.size())
    return whatsapp_nothing{"there is no such part any longer"};
  auto& part = cut[what.part];
  auto out = sending_to(to, part.text);
  out.file = std::move(part.file);
  if (what.part == 0)
    out.what.quoted = find_quoted(*of, to);
  if (!whatsapp::has_window(to.via))
    return out;
  const auto last = last_word(of->ticket, to.via);
  // Who was never heard of by a stand-in has not written to its number.
  const bool is_open = last ? parts_.now() - *last < window : to.via == planned;
  if (is_open)
    return out;
  if (!parts_.ends.has_template(to.via))
    return whatsapp_refusal{std::string{window_words},
                            whatsapp::trouble::window_closed};
  out.what.as_template = true;
  return out;
}

whatsapp_drawing
whatsapp_renderer::draw_change(const persistence::delivery& d,
                               const whatsapp::errand& what, provider planned,
                               const whatsapp_place& to) const {
  using kind = whatsapp::outgoing_change::kind;
  whatsapp::outgoing_change out;
  out.what = kind::revoke;
  out.address = to.address;
  if (what.what == errand_kind::edit) {
    const auto of = find(what);
    if (!of)
      return whatsapp_nothing{"there is no such message"};
    const auto takers = parts_.planner.takers_of(planned);
    const auto cut = whatsapp_parts_of(whatsapp_words_of(of->row.message),
                                       of->row.message.attachments, takers);
    // Words that are short enough now to be a file's caption went on their own.
    if (what.part < cut.size()
        && (!cut[what.part].file || !cut[what.part].text.empty())) {
      out.what = kind::edit;
      out.text = cut[what.part].text;
    }
  }
  if (!whatsapp::can(to.via, out.what))
    return whatsapp_nothing{"this cannot be done here"};
  out.id = copy_of(what, to);
  if (!out.id.empty())
    return out;
  if (parts_.now() - d.created_at < copy_patience)
    return whatsapp_delay{"it is not known yet as what the message was sent"};
  return whatsapp_nothing{"it is not known as what the message was sent"};
}

std::string whatsapp_renderer::copy_of(const whatsapp::errand& what,
                                       const whatsapp_place& to) const {
  std::string out;
  if (!what.ticket)
    return out;
  for (const auto& copy : marks_.copies_of(*what.ticket, what.message)) {
    if (copy.part != what.part)
      continue;
    if (auto name = whatsapp::parse_external_id(copy.external_id);
        name && name->via == to.via)
      out = std::move(name->id);
  }
  return out;
}

std::optional<whatsapp::quoted_message>
whatsapp_renderer::find_quoted(const subject& of,
                               const whatsapp_place& to) const {
  const auto number = of.row.message.reply_to;
  whatsapp::errand quoted;
  quoted.ticket = of.ticket.id;
  quoted.message = number;
  const auto target = find(quoted);
  if (!target || target->row.marks.deleted_at)
    return std::nullopt;
  const auto& message = target->row.message;
  whatsapp::quoted_message out;
  out.text = domain::clip(message.body, quoted_length_max);
  if (auto name = whatsapp::parse_external_id(message.external_id);
      name && name->via == to.via) {
    out.id = std::move(name->id);
  } else {
    out.id = copy_of(quoted, to);
    out.is_ours = true;
  }
  return out.id.empty() ? std::nullopt : std::optional{std::move(out)};
}

std::optional<domain::timestamp>
whatsapp_renderer::last_word(const domain::ticket& ticket, provider via) const {
  auto out = last_word_in(ticket, via);
  if (!ticket.session)
    return out;
  const auto newest = sessions_.last_ticket(ticket.session->session);
  if (!newest || newest->id == ticket.id)
    return out;
  const auto there = last_word_in(*newest, via);
  if (there && (!out || *out < *there))
    out = there;
  return out;
}

std::optional<domain::timestamp>
whatsapp_renderer::last_word_in(const domain::ticket& ticket,
                                provider via) const {
  const auto last = static_cast<std::uint32_t>(ticket.last_message);
  const auto from = last > looks_max ? last - looks_max : 0;
  const auto rows
    = tickets_.messages(ticket, domain::message_sequence{from}, looks_max);
  for (auto row = rows.rbegin(); row != rows.rend(); ++row)
    if (row->message.role == domain::sender_role::customer
        && whatsapp::provider_of(row->message.external_id) == via)
      return row->at;
  return std::nullopt;
}

// -- to staff -----------------------------------------------------------------

bool whatsapp_renderer::is_out_of_the_blue(const whatsapp::errand& what,
                                           provider via) const {
  const bool is_for_staff = what.what == errand_kind::ticket
                            || what.what == errand_kind::relay
                            || what.what == errand_kind::notice;
  if (!is_for_staff || !whatsapp::has_window(via) || !what.quotes.empty())
    return false;
  const auto ticket = what.ticket ? tickets_.load(*what.ticket) : std::nullopt;
  if (!ticket)
    return false;
  const auto last = static_cast<std::uint32_t>(ticket->last_message);
  const auto from = last > looks_max ? last - looks_max : 0;
  const auto rows
    = tickets_.messages(*ticket, domain::message_sequence{from}, looks_max);
  return std::ranges::none_of(rows, [&](const persistence::message_row& row) {
    return domain::is_staff(row.message.role)
           && whatsapp::provider_of(row.message.external_id) == via
           && parts_.now() - row.at < window;
  });
}

whatsapp_drawing
whatsapp_renderer::draw_ticket(const whatsapp::errand& what,
                               const whatsapp_place& to) const {
  const auto ticket = what.ticket ? tickets_.load(*what.ticket) : std::nullopt;
  if (!ticket)
    return whatsapp_nothing{"there is no such ticket"};
  const auto rows = tickets_.messages(*ticket, {}, 1);
  const auto words
    = rows.empty() ? std::string{} : whatsapp_words_of(rows.front().message);
  return sending_to(to, whatsapp::new_ticket_text(
                          *ticket, words, parts_.ticket_url(ticket->ref)));
}

whatsapp_drawing whatsapp_renderer::draw_relay(const whatsapp::errand& what,
                                               provider planned,
                                               const whatsapp_place& to) const {
  const auto of = find(what);
  if (!of || of->row.marks.deleted_at)
    return whatsapp_nothing{"there is no such message"};
  const auto takers = parts_.planner.takers_of(planned);
  auto cut = whatsapp_parts_of(whatsapp_relay_of(of->ticket, of->row.message),
                               of->row.message.attachments, takers);
  if (what.part >= cut.size())
    return whatsapp_nothing{"there is no such part any longer"};
  auto out = sending_to(to, cut[what.part].text);
  out.file = std::move(cut[what.part].file);
  return out;
}

// -- another way --------------------------------------------------------------

std::optional<whatsapp_place>
whatsapp_renderer::other_place(const whatsapp::errand& what,
                               const whatsapp::lane_place& lane,
                               provider other) const {
  auto phone = phone_in_address(lane.address);
  const bool is_customers = what.what == errand_kind::message;
  const auto ticket
    = is_customers && what.ticket ? tickets_.load(*what.ticket) : std::nullopt;
  if (ticket && ticket->session) {
    const auto who = records_.find(ticket->session->session);
    if (!who || who->value.is_group)
      return std::nullopt;
    for (auto line = who->value.lines.rbegin(); line != who->value.lines.rend();
         ++line)
      if (line->provider == to_string(other))
        return whatsapp_place{other, line->account, line->address};
    if (!who->value.contact.phone.empty())
      phone = who->value.contact.phone;
  }
  if (phone.empty())
    return std::nullopt;
  return whatsapp_place{other, parts_.ends.account_of(other),
                        whatsapp_address(other, phone)};
}

} // namespace switchboard::app
