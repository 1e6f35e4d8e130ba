#include "tests/faults/customer.hpp"

#include <simdjson.h>

#include <algorithm>
#include <utility>

namespace switchboard::faults {

namespace {

using boost::beast::http::verb;
using support::http_connection;
using support::http_reply;

constexpr std::size_t problems_max = 20;
constexpr std::size_t resends = 20;
/// Messages go to one of the youngest tickets, so that threads grow over
/// several lives of the server but stay short.
constexpr std::size_t young = 40;
constexpr int attempts_max = 200;

std::string text_of(const simdjson::dom::element& in, std::string_view key) {
  std::string_view out;
  if (in[key].get(out) != simdjson::SUCCESS)
    return {};
  return std::string{out};
}

std::string field_of(std::string_view json, std::string_view key) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (parser.parse(json.data(), json.size()).get(root) != simdjson::SUCCESS)
    return {};
  return text_of(root, key);
}

std::string join(const std::vector<std::string>& all) {
  std::string out;
  for (const auto& one : all)
    out.append(out.empty() ? "'" : ", '").append(one).append("'");
  return out.empty() ? "nothing" : out;
}

std::string subject_of(const known_ticket& t) {
  return "Subject " + t.word;
}
std::string name_of(const known_ticket& t) {
  return "Customer " + t.word;
}
std::string opening_of(const known_ticket& t) {
  return "First words of " + t.word;
}
std::string body_of(const std::string& message) {
  return "Message " + message;
}

} // namespace

std::optional<seen_thread> parse_thread(std::string_view json) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  simdjson::dom::element ticket;
  simdjson::dom::array messages;
  if (parser.parse(json.data(), json.size()).get(root) != simdjson::SUCCESS
      || root["ticket"].get(ticket) != simdjson::SUCCESS
      || root["messages"].get(messages) != simdjson::SUCCESS)
    return std::nullopt;
  seen_thread out;
  out.ref = text_of(ticket, "ticketRef");
  out.subject = text_of(ticket, "subject");
  out.name = text_of(ticket, "customerName");
  for (const auto one : messages)
    out.bodies.push_back(text_of(one, "body"));
  return out;
}

customer::customer(unsigned index, std::uint64_t seed)
  : prefix_{"w" + std::to_string(index) + "-"}, random_{seed + index} {}

std::string customer::next_word() {
  return prefix_ + std::to_string(++serial_);
}

customer::operation customer::choose() {
  const bool known = std::ranges::any_of(
    tickets_, [](const known_ticket& t) { return !t.ref.empty(); });
  if (!known || random_() % 2 == 0) {
    known_ticket fresh;
    fresh.word = next_word();
    fresh.phone = "+1" + std::to_string(2'000'000'000 + random_() % 1'000'000);
    tickets_.push_back(std::move(fresh));
    return {tickets_.size() - 1, std::nullopt};
  }
  const auto from = tickets_.size() - std::min(tickets_.size(), young);
  return {from + random_() % (tickets_.size() - from), next_word()};
}

void customer::work(std::uint16_t port, const std::atomic<bool>& stop) {
  http_connection to{port};
  broke_off_ = false;
  stop_ = &stop;
  while (!stop) {
    if (!open_)
      open_ = choose();
    touched_.insert(open_->ticket);
    const auto came = perform(to, *open_);
    if (came == outcome::acknowledged) {
      open_.reset();
    } else if (came != outcome::refused) {
      broke_off_ = !stop;
      break;
    }
  }
  stop_ = nullptr;
}

customer::outcome customer::perform(http_connection& to,
                                    const operation& what) {
  return what.message ? say(to, what) : create(to, what);
}

customer::outcome customer::judge(const http_reply& reply, int wanted,
                                  const operation& what) {
  if (reply.status == wanted)
    return stop_ != nullptr && *stop_ ? outcome::broken : outcome::acknowledged;
  if (reply.status == 0)
    return outcome::broken;
  if (reply.status == 503 && !reply.header("Retry-After").empty()) {
    ++refused_;
    return outcome::refused;
  }
  note("ticket " + tickets_[what.ticket].word + ": status "
       + std::to_string(reply.status) + ": " + reply.body);
  return outcome::wrong;
}

customer::outcome customer::create(http_connection& to, const operation& what) {
  auto& ticket = tickets_[what.ticket];
  const auto body = R"({"customerName":")" + name_of(ticket)
                    + R"(","customerPhone":")" + ticket.phone
                    + R"(","subject":")" + subject_of(ticket)
                    + R"(","message":")" + opening_of(ticket) + R"("})";
  const auto reply = to.call(
    verb::post, "/api/ticket",
    {{"Content-Type", "application/json"}, {"Idempotency-Key", ticket.word}},
    body);
  const auto came = judge(reply, 201, what);
  if (came != outcome::acknowledged)
    return came;
  const auto ref = field_of(reply.body, "ticketRef");
  const auto id = field_of(reply.body, "ticketId");
  if (ref.empty() || id.empty()) {
    note("ticket " + ticket.word + ": no names in " + reply.body);
    return outcome::wrong;
  }
  if (ticket.ref.empty()) {
    ticket.ref = ref;
    ticket.id = id;
    ++acknowledged_;
  } else if (ticket.ref != ref || ticket.id != id) {
    note("ticket " + ticket.word + " was created twice: " + ticket.ref + ", "
         + ref);
  }
  return came;
}

customer::outcome customer::say(http_connection& to, const operation& what) {
  auto& ticket = tickets_[what.ticket];
  const auto& word = *what.message;
  const auto body = R"({"ticketRef":")" + ticket.ref + R"(","message":")"
                    + body_of(word) + R"(","from":")" + ticket.phone
                    + R"(","channel":"whatsapp","externalId":")" + word
                    + R"("})";
  const auto reply = to.call(
    verb::post, "/api/ticket/inbound",
    {{"Content-Type", "application/json"}, {"x-api-key", inbound_key}}, body);
  const auto came = judge(reply, 200, what);
  const auto is_new
    = std::ranges::find(ticket.messages, word) == ticket.messages.end();
  if (came == outcome::acknowledged && is_new) {
    ticket.messages.push_back(word);
    ++message_count_;
    ++acknowledged_;
  }
  return came;
}

void customer::settle(std::uint16_t port) {
  http_connection to{port};
  for (const auto ticket : touched_)
    check(to, ticket);
  if (open_)
    finish_open_request(to);
  resend_some(to);
  for (const auto ticket : touched_)
    check(to, ticket);
  touched_.clear();
}

/// It may have been done or not; afterwards it has been done, once.
void customer::finish_open_request(http_connection& to) {
  for (int i = 0; i < attempts_max; ++i) {
    const auto came = perform(to, *open_);
    if (came == outcome::acknowledged) {
      open_.reset();
      return;
    }
    if (came != outcome::refused)
      break;
  }
  note("ticket " + tickets_[open_->ticket].word
       + ": a request cannot be completed after the restart");
}

void customer::resend_some(http_connection& to) {
  std::vector<std::size_t> some{touched_.begin(), touched_.end()};
  std::ranges::shuffle(some, random_);
  some.resize(std::min(some.size(), resends));
  for (const auto ticket : some) {
    operation again{ticket, std::nullopt};
    const auto& messages = tickets_[ticket].messages;
    if (!messages.empty() && random_() % 2 == 0)
      again.message = messages[random_() % messages.size()];
    if (perform(to, again) != outcome::acknowledged)
      note("ticket " + tickets_[ticket].word + ": a resend was refused");
  }
}

void customer::check_all(std::uint16_t port) {
  http_connection to{port};
  for (std::size_t i = 0; i < tickets_.size(); ++i)
    check(to, i);
}

void customer::check(http_connection& to, std::size_t index) {
  const auto& ticket = tickets_[index];
  if (ticket.ref.empty())
    return;
  const auto reply = to.call(verb::get, "/api/ticket/" + ticket.ref);
  const auto seen = parse_thread(reply.body);
  if (reply.status != 200 || !seen) {
    note("ticket " + ticket.word + " (" + ticket.ref + ") is lost: status "
         + std::to_string(reply.status) + " " + reply.problem + reply.body);
    return;
  }
  std::vector<std::string> wanted{opening_of(ticket)};
  for (const auto& word : ticket.messages)
    wanted.push_back(body_of(word));
  auto with_open = wanted;
  if (open_ && open_->ticket == index && open_->message)
    with_open.push_back(body_of(*open_->message));
  if (seen->ref != ticket.ref || seen->subject != subject_of(ticket)
      || seen->name != name_of(ticket))
    note("ticket " + ticket.word + " is another: " + reply.body);
  if (seen->bodies != wanted && seen->bodies != with_open)
    note("ticket " + ticket.word + " has " + join(seen->bodies)
         + ", but acknowledged was " + join(wanted));
}

void customer::note(std::string problem) {
  if (problems_.size() < problems_max)
    problems_.push_back(std::move(problem));
}

} // namespace switchboard::faults
