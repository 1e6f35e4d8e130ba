#include "bench/mixed_scenario.hpp"

#include "bench/website_requests.hpp"

#include <array>
#include <utility>

namespace switchboard::bench {

namespace {

enum class step : std::uint8_t { create, read, manager, customer };

constexpr std::array<step, 8> script{
  step::create,   step::read, step::manager, step::read,
  step::customer, step::read, step::manager, step::read};

enum kind : std::uint32_t { kind_create, kind_read, kind_inbound };

kind kind_of(step s) noexcept {
  switch (s) {
    case step::create: return kind_create;
    case step::read: return kind_read;
    case step::manager:
    case step::customer: return kind_inbound;
  }
  __builtin_unreachable();
}

} // namespace

mixed_scenario::mixed_scenario(mixed_options options)
  : options_{std::move(options)}, random_{options_.seed} {
  inbound_headers_ = "x-api-key: " + options_.inbound_key + "\r\n";
  run_name_ = std::to_string(std::random_device{}());
  for (std::size_t i = 0; i < options_.conversations; ++i) {
    begin(slots_.emplace_back());
    ready_.push_back(static_cast<std::uint32_t>(i));
  }
}

std::vector<std::string_view> mixed_scenario::kinds() const {
  return {"create", "read", "inbound"};
}

outgoing mixed_scenario::next() {
  auto token = ready_conversation();
  auto& which = slots_[token];
  auto what = script[which.step];
  switch (what) {
    case step::create: format_create(which); break;
    case step::read:
      request_ = make_request("GET", "/api/ticket/" + which.ref, options_.host,
                              "", "");
      break;
    case step::manager: format_inbound(which, true); break;
    case step::customer: format_inbound(which, false); break;
  }
  return {.bytes = request_, .token = token, .kind = kind_of(what)};
}

bool mixed_scenario::accept(std::uint32_t token, const answer& reply) {
  auto& which = slots_[token];
  auto right = is_right(which, reply);
  if (right && which.step == 0) {
    which.ref = find_json_string(reply.body, "ticketRef");
    right = !which.ref.empty();
  }
  if (!right) {
    begin(which);
  } else if (++which.step == script.size()) {
    ++finished_;
    begin(which);
  }
  ready_.push_back(token);
  return right;
}

void mixed_scenario::lose(std::uint32_t token) {
  begin(slots_[token]);
  ready_.push_back(token);
}

std::uint32_t mixed_scenario::ready_conversation() {
  if (ready_.empty()) {
    begin(slots_.emplace_back());
    return static_cast<std::uint32_t>(slots_.size() - 1);
  }
  // At random, so that the conversations do not march in step.
  std::swap(ready_[random_() % ready_.size()], ready_.back());
  auto token = ready_.back();
  ready_.pop_back();
  return token;
}

void mixed_scenario::begin(conversation& which) {
  which = conversation{};
  which.number = ++begun_;
}

void mixed_scenario::format_create(conversation& which) {
  auto form = make_ticket_form(options_.seed, which.number);
  which.customer_phone = form.customer_phone;
  which.last_message = form.message;
  request_
    = make_request("POST", "/api/ticket", options_.host, "", to_json(form));
}

void mixed_scenario::format_inbound(conversation& which, bool from_manager) {
  auto id = run_name_ + '-' + std::to_string(which.number) + '-'
            + std::to_string(which.step);
  which.last_message
    = from_manager
        ? "We have found your order and are on it. Reference " + id + '.'
        : "Thank you, that was quick. One more question about " + id + '?';
  inbound_reply reply;
  reply.ticket_ref = which.ref;
  reply.message = which.last_message;
  reply.from = from_manager ? options_.agent_phone : which.customer_phone;
  reply.external_id = id;
  request_ = make_request("POST", "/api/ticket/inbound", options_.host,
                          inbound_headers_, to_json(reply));
}

bool mixed_scenario::is_right(const conversation& which,
                              const answer& reply) const {
  auto what = script[which.step];
  if (reply.status != (what == step::create ? 201U : 200U))
    return false;
  if (what != step::read || !options_.check_content)
    return true;
  return reply.body.find(which.ref) != std::string_view::npos
         && reply.body.find(which.last_message) != std::string_view::npos;
}

} // namespace switchboard::bench
