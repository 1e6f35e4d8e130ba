#include "bench/arguments.hpp"

namespace switchboard::bench {

namespace {

void declare_load(CLI::App& app, arguments& args) {
  app.add_option("scenario", args.scenario, "what to ask of the server")
    ->required()
    ->check(
      CLI::IsMember({"create", "read", "mixed", "lists", "webhooks", "idle",
                     "desk", "burst", "streams", "queue", "whatsapp"}));
  app.add_option("--address", args.server.address, "IPv4 address")
    ->capture_default_str();
  app.add_option("--port", args.server.port)->capture_default_str();
  app.add_option("--connections", args.connections, "keep-alive connections")
    ->check(CLI::Range(1U, 1'000'000U))
    ->capture_default_str();
  app
    .add_option("--rate", args.rate,
                "requests due a second, whatever the server does; 'max': "
                "each connection sends as soon as it was answered")
    ->capture_default_str();
  app.add_option("--arrivals", args.arrival, "gaps between requests")
    ->check(CLI::IsMember({"constant", "poisson"}))
    ->capture_default_str();
  app
    .add_option("--warmup", args.warm_up_s, "seconds before the measured time")
    ->check(CLI::NonNegativeNumber)
    ->capture_default_str();
  app.add_option("--duration", args.duration_s, "seconds that are measured")
    ->check(CLI::PositiveNumber)
    ->capture_default_str();
  app.add_option("--count", args.count,
                 "stop after so many requests instead, without a warm-up; "
                 "whatsapp: messages by each provider");
  app.add_option("--timeout", args.timeout_s, "seconds to wait for an answer")
    ->check(CLI::PositiveNumber)
    ->capture_default_str();
  app.add_option("--seed", args.seed, "of contents and arrivals")
    ->capture_default_str();
}

void declare_rest(CLI::App& app, arguments& args) {
  app
    .add_option(
      "--fill", args.fill,
      "read, lists, queue: tickets to create first, unless --refs-in is "
      "given")
    ->check(CLI::PositiveNumber)
    ->capture_default_str();
  app.add_option("--refs-in", args.refs_in, "read, lists: file of ticket refs");
  app.add_option("--refs-out", args.refs_out,
                 "create: file for the refs of the tickets");
  app.add_option("--inbound-key-file", args.inbound_key_file,
                 "mixed: file with the key of /api/ticket/inbound");
  app.add_option("--admin-key-file", args.admin_key_file,
                 "lists, queue, webhooks, streams: file with the admin's key");
  app
    .add_option("--endpoints", args.endpoints,
                "webhooks: endpoints that are told of each ticket; the server "
                "must allow webhooks to 127.0.0.1")
    ->check(CLI::Range(1U, 10'000U))
    ->capture_default_str();
  app.add_option("--agent-phone", args.agent_phone,
                 "mixed: the manager's phone, as the server knows it");
  app
    .add_option("--idle-path", args.idle_path,
                "idle: what each connection asks for once; '' for nothing")
    ->capture_default_str();
  app.add_flag("--status-only", args.status_only,
               "mixed: do not look into the threads that are read");
  app.add_option("--pid", args.pid,
                 "the server's process, for its CPU time and memory");
  app.add_option("--json", args.json, "file for the figures");
  app.add_flag("--quiet", args.quiet, "no line each second");
  app.add_flag("--allow-errors", args.allow_errors,
               "exit with 0 whatever the answers were");
}

void declare_desk(CLI::App& app, arguments& args) {
  app
    .add_option("--sessions", args.sessions,
                "desk, burst, streams: visitors, each with a ticket")
    ->check(CLI::Range(1U, 1'000'000U))
    ->capture_default_str();
  app.add_option("--agents", args.agents, "desk: who share the tickets")
    ->check(CLI::Range(1U, 1'000'000U))
    ->capture_default_str();
  app
    .add_option("--bot-api-port", args.bot_api_port,
                "desk, burst: where the server's telegram.api_url points; the "
                "Bot API is played there")
    ->capture_default_str();
  app.add_option("--webhook-secret-file", args.webhook_secret_file,
                 "desk, burst: file with the secret of Telegram's updates");
  app
    .add_option("--claims", args.claims,
                "burst: cards to claim while others wait")
    ->capture_default_str();
  app
    .add_option("--group-per-minute", args.group_per_minute,
                "burst: the server's budget of the group")
    ->check(CLI::PositiveNumber)
    ->capture_default_str();
}

void declare_whatsapp(CLI::App& app, arguments& args) {
  app
    .add_option("--chats", args.chats,
                "whatsapp: customers of each provider, who write in turns")
    ->check(CLI::Range(1U, 1'000'000U))
    ->capture_default_str();
  app
    .add_option("--first-rate", args.first_rate,
                "whatsapp: first messages due a second; 0: as fast as answered")
    ->check(CLI::NonNegativeNumber)
    ->capture_default_str();
  app
    .add_option("--sink-port", args.sink_port,
                "whatsapp: where the server sends what it has to say; all "
                "providers are played there")
    ->capture_default_str();
  app.add_option("--whatsapp-secret-file", args.whatsapp_secret_file,
                 "whatsapp: file with what all providers sign with");
  app
    .add_option("--base-url", args.base_url,
                "whatsapp: the server's http.base_url, which Twilio signs")
    ->capture_default_str();
}

} // namespace

void declare(CLI::App& app, arguments& args) {
  declare_load(app, args);
  declare_rest(app, args);
  declare_desk(app, args);
  declare_whatsapp(app, args);
}

} // namespace switchboard::bench
