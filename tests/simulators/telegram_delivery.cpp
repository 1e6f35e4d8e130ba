#include "tests/simulators/telegram_delivery.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <charconv>
#include <unordered_set>
#include <utility>

namespace switchboard::simulators::telegram {

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;

constexpr auto use_tuple = asio::as_tuple(asio::use_awaitable);
constexpr int retry_after_max = 3'600;
constexpr std::chrono::seconds delay_max{64};
constexpr std::chrono::hours gone_patience{23};
constexpr std::uint64_t answer_max = 1'048'576;
constexpr std::size_t idle_max = 100;

bool is_good(int status) {
  return status >= 200 && status < 300;
}

} // namespace

void delivery::pump() {
  const std::lock_guard lock{all_.mutex};
  for (auto& [id, one] : all_.bots)
    if (!one.hook.url.empty() && !one.held)
      pump_bot(one);
}

void delivery::pump_bot(bot_state& of) {
  const auto now = all_.now();
  std::erase_if(of.updates, [now](const update_state& one) {
    return !one.under_way && one.expires <= now;
  });
  std::unordered_set<std::string> seen;
  for (auto& one : of.updates) {
    if (of.under_way >= of.hook.connections_max)
      break;
    const auto is_first = seen.insert(one.queue).second;
    if (!is_first || one.under_way || one.not_before > now)
      continue;
    one.under_way = true;
    ++of.under_way;
    asio::co_spawn(io_, deliver(pack(of, one)), asio::detached);
  }
}

delivery::parcel delivery::pack(const bot_state& of,
                                const update_state& what) const {
  parcel out;
  out.bot_id = of.who.id;
  out.update_id = what.id;
  out.secret = of.hook.secret;
  out.body = json::serialize(what.content);
  const auto& url = of.hook.url;
  const auto host_at = url.find("//") + 2;
  const auto path_at = std::min(url.find('/', host_at), url.size());
  out.host = url.substr(host_at, path_at - host_at);
  out.target = path_at == url.size() ? "/" : url.substr(path_at);
  const auto colon = out.host.rfind(':');
  if (colon != std::string::npos) {
    const auto* last = out.host.data() + out.host.size();
    std::from_chars(out.host.data() + colon + 1, last, out.port);
  } else if (url.starts_with("https")) {
    out.port = 443;
  }
  if (all_.options.deliver_to_port != 0)
    out.port = all_.options.deliver_to_port;
  return out;
}

asio::awaitable<void> delivery::deliver(parcel what) {
  request message{http::verb::post, what.target, 11};
  message.set(http::field::host, what.host);
  message.set(http::field::content_type, "application/json");
  message.set(http::field::accept_encoding, "gzip, deflate");
  if (!what.secret.empty())
    message.set("X-Telegram-Bot-Api-Secret-Token", what.secret);
  message.body() = what.body;
  message.keep_alive(true);
  message.prepare_payload();
  result answer;
  // A kept line may have been closed meanwhile, which is no one's fault.
  for (auto is_done = false; !is_done;) {
    auto& idle = idle_[what.port];
    const auto is_kept = !idle.empty();
    auto over = is_kept ? std::move(idle.back()) : std::make_unique<line>(io_);
    auto is_open = is_kept;
    if (is_kept)
      idle.pop_back();
    else
      is_open = co_await connect(*over, what.port);
    answer = {};
    answer.problem = "Connection refused";
    if (is_open)
      answer = co_await exchange(*over, message);
    is_done = !is_kept || answer.status != 0;
    auto& to = idle_[what.port];
    if (over->stream.socket().is_open() && answer.status != 0
        && to.size() < idle_max)
      to.push_back(std::move(over));
  }
  finish(what, answer);
}

asio::awaitable<bool> delivery::connect(line& to, std::uint16_t port) {
  const tcp::endpoint peer{asio::ip::address_v4::loopback(), port};
  to.stream.expires_after(all_.options.webhook_timeout);
  const auto [ec] = co_await to.stream.async_connect(peer, use_tuple);
  if (ec)
    co_return false;
  boost::system::error_code ignored;
  const tcp::no_delay no_delay{true};
  to.stream.socket().set_option(no_delay, ignored);
  co_return true;
}

asio::awaitable<delivery::result> delivery::exchange(line& over,
                                                     const request& what) {
  result out;
  over.stream.expires_after(all_.options.webhook_timeout);
  const auto [write_error, written]
    = co_await http::async_write(over.stream, what, use_tuple);
  if (write_error) {
    out.problem = "Connection reset by peer";
    co_return out;
  }
  http::response_parser<http::string_body> parser;
  parser.body_limit(answer_max);
  const auto [read_error, size]
    = co_await http::async_read(over.stream, over.buffer, parser, use_tuple);
  if (read_error) {
    out.problem = read_error == boost::beast::error::timeout
                    ? "Read timeout expired"
                    : "Connection reset by peer";
    co_return out;
  }
  auto& answer = parser.get();
  out.status = static_cast<int>(answer.result_int());
  if (const auto given = answer[http::field::retry_after]; !given.empty())
    std::from_chars(given.data(), given.data() + given.size(), out.retry_after);
  if (!is_good(out.status))
    out.problem
      = "Wrong response from the webhook: " + std::to_string(out.status) + " "
        + std::string{http::obsolete_reason(answer.result())};
  out.body = std::move(answer.body());
  if (!answer.keep_alive())
    over.stream.close();
  co_return out;
}

void delivery::finish(const parcel& what, const result& answer) {
  const std::lock_guard lock{all_.mutex};
  auto& of = all_.bot(what.bot_id);
  --of.under_way;
  const auto at
    = std::ranges::find(of.updates, what.update_id, &update_state::id);
  if (is_good(answer.status)) {
    ++all_.tally.deliveries;
    of.hook.gone_since = {};
    if (at != of.updates.end())
      of.updates.erase(at);
    run_reply(of, answer.body);
  } else {
    ++all_.tally.failed_deliveries;
    if (at != of.updates.end())
      note_failure(of, *at, answer);
  }
  all_.changed();
}

void delivery::note_failure(bot_state& of, update_state& what,
                            const result& answer) {
  const auto now = all_.now();
  what.under_way = false;
  std::chrono::seconds delay{0};
  if (++what.failures > 1) {
    delay = std::chrono::seconds{1LL << std::min(what.failures - 1, 7)};
    if (delay > delay_max)
      delay = std::chrono::seconds{
        std::uniform_int_distribution<int>{60, 120}(all_.random)};
  }
  if (answer.retry_after >= 0 && answer.retry_after <= retry_after_max)
    delay = std::chrono::seconds{answer.retry_after};
  what.not_before = now + delay;
  of.hook.last_error_date = all_.unix_now();
  of.hook.last_error = answer.problem;
  if (answer.status != 410) {
    of.hook.gone_since = {};
  } else if (of.hook.gone_since == sim_time{}) {
    of.hook.gone_since = now;
  } else if (now - of.hook.gone_since >= gone_patience) {
    of.hook = {};
  }
}

void delivery::run_reply(const bot_state& of, const std::string& body) {
  boost::system::error_code ec;
  auto value = json::parse(body, ec);
  if (ec || !value.is_object() || !value.get_object().contains("method"))
    return;
  call_input input;
  input.typed = std::move(value.get_object());
  const auto method
    = facts::get().method_named(member_text(input.typed, "method"));
  input.typed.erase("method");
  if (method.starts_with("get") || method == "setWebhook"
      || method == "deleteWebhook")
    return;
  all_.call_locked(of.who.token, method, input);
}

} // namespace switchboard::simulators::telegram
