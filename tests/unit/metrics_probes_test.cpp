#include "metrics/actors_probe.hpp"
#include "metrics/delivery_probe.hpp"
#include "metrics/http_probe.hpp"
#include "metrics/journal_probe.hpp"
#include "metrics/process_probe.hpp"
#include "metrics/registry.hpp"
#include "metrics/storage_probe.hpp"
#include "metrics/telegram_intake_probe.hpp"
#include "metrics/telegram_probe.hpp"
#include "metrics/whatsapp_probe.hpp"

#include <gtest/gtest.h>

#include <ctime>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace switchboard::metrics {
namespace {

using namespace std::chrono_literals;

class Probes : public testing::Test {
protected:
  /// The value of a series, or -1 when it is not exposed.
  double value(const std::string& series) {
    const auto text = "\n" + all.expose();
    const auto at = text.find("\n" + series + " ");
    if (at == std::string::npos)
      return -1;
    return std::stod(text.substr(at + series.size() + 2));
  }

  registry all;
};

TEST_F(Probes, CountRequestsByRouteAndStatus) {
  http_probe probe{all, {"/api/ticket", "/api/ticket/:ref", "/api/ticket"}};
  probe.request_done("/api/ticket", 201, 3ms);
  probe.request_done("/api/ticket", 201, 4ms);
  probe.request_done("/api/ticket", 400, 1ms);
  probe.request_done("/api/ticket/:ref", 200, 1ms);
  probe.request_done("/somebody's/guess", 404, 1ms);
  probe.request_done("", 400, 1ms);
  probe.request_done("/api/ticket", 99'999, 1ms);
  const std::string name = "switchboard_http_requests_total";
  EXPECT_EQ(value(name + R"({route="/api/ticket",status="201"})"), 2);
  EXPECT_EQ(value(name + R"({route="/api/ticket",status="400"})"), 1);
  EXPECT_EQ(value(name + R"({route="/api/ticket",status="other"})"), 1);
  EXPECT_EQ(value(name + R"({route="/api/ticket/:ref",status="200"})"), 1);
  EXPECT_EQ(value(name + R"({route="unmatched",status="404"})"), 1);
  EXPECT_EQ(value(name + R"({route="unmatched",status="400"})"), 1);
  const std::string lasting = "switchboard_http_request_seconds";
  EXPECT_EQ(value(lasting + "_count{route=\"/api/ticket\"}"), 4);
  EXPECT_EQ(value(lasting + R"(_bucket{route="/api/ticket",le="0.002"})"), 2);
}

TEST_F(Probes, LoseNoRequestBetweenThreads) {
  http_probe probe{all, {"/a"}};
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&probe] {
        for (unsigned i = 0; i < 5'000; ++i)
          probe.request_done("/a", 200 + i % 5, 1us);
      });
  }
  for (const auto* status : {"200", "201", "202", "203", "204"})
    EXPECT_EQ(value(std::string{"switchboard_http_requests_total{route=\"/a\","
                                "status=\""}
                    + status + "\"}"),
              4'000);
}

TEST_F(Probes, CountConnections) {
  http_probe probe{all, {}};
  probe.connection_opened();
  probe.connection_opened();
  probe.connection_closed();
  probe.accept_paused();
  EXPECT_EQ(value("switchboard_http_connections"), 1);
  EXPECT_EQ(value("switchboard_http_connections_total"), 2);
  EXPECT_EQ(value("switchboard_http_accept_pauses_total"), 1);
}

TEST_F(Probes, CountGroupCommits) {
  journal_probe probe{all};
  probe.batch_committed({64, 128, 9'000}, 1ms);
  probe.batch_committed({1, 2, 1'000}, 60us);
  probe.queue_depth(17);
  probe.refused("stale");
  probe.refused("a new word");
  EXPECT_EQ(value("switchboard_journal_commits_total"), 65);
  EXPECT_EQ(value("switchboard_journal_events_total"), 130);
  EXPECT_EQ(value("switchboard_journal_written_bytes_total"), 10'000);
  EXPECT_EQ(value("switchboard_journal_commit_seconds_count"), 2);
  EXPECT_EQ(value("switchboard_journal_batch_commits_bucket{le=\"1\"}"), 1);
  EXPECT_EQ(value("switchboard_journal_batch_commits_bucket{le=\"64\"}"), 2);
  EXPECT_EQ(value("switchboard_journal_queue_commits"), 17);
  EXPECT_EQ(value("switchboard_journal_refused_total{reason=\"stale\"}"), 1);
  EXPECT_EQ(value("switchboard_journal_refused_total{reason=\"other\"}"), 1);
  EXPECT_EQ(value("switchboard_journal_refused_total{reason=\"fenced\"}"), 0);
}

TEST_F(Probes, CountActors) {
  actors_probe probe{all, {"ticket", "lane"}};
  probe.started("ticket");
  probe.started("ticket");
  probe.started("ticket");
  probe.ended("ticket", false);
  probe.ended("ticket", true);
  probe.restarted("lane");
  probe.started("stranger");
  EXPECT_EQ(value("switchboard_actors_awake{kind=\"ticket\"}"), 1);
  EXPECT_EQ(value("switchboard_actors_started_total{kind=\"ticket\"}"), 3);
  EXPECT_EQ(value("switchboard_actors_failed_total{kind=\"ticket\"}"), 1);
  EXPECT_EQ(value("switchboard_actors_restarted_total{kind=\"lane\"}"), 1);
  EXPECT_EQ(value("switchboard_actors_awake{kind=\"other\"}"), 1);
}

TEST_F(Probes, CountDeliveries) {
  delivery_probe probe{all, {"n8n"}, {"delivered", "retry_later"}};
  probe.attempted("n8n", "retry_later", 15s);
  probe.attempted("n8n", "delivered", 20ms);
  probe.attempted("n8n", "a new word", 20ms);
  probe.delivered("n8n", 1'500ms);
  probe.died("n8n");
  probe.outbox("n8n", {7, 2'500ms});
  probe.dead_letters(3);
  const std::string kind = "{lane_kind=\"n8n\"}";
  const std::string attempts
    = "switchboard_delivery_attempts_total"
      "{lane_kind=\"n8n\",outcome=";
  EXPECT_EQ(value(attempts + "\"retry_later\"}"), 1);
  EXPECT_EQ(value(attempts + "\"delivered\"}"), 1);
  EXPECT_EQ(value(attempts + "\"other\"}"), 1);
  EXPECT_EQ(value("switchboard_delivery_attempt_seconds_count" + kind), 3);
  EXPECT_EQ(value("switchboard_delivery_latency_seconds_sum" + kind), 1.5);
  EXPECT_EQ(value("switchboard_delivery_lane_deaths_total" + kind), 1);
  EXPECT_EQ(value("switchboard_outbox_deliveries" + kind), 7);
  EXPECT_EQ(value("switchboard_outbox_oldest_age_seconds" + kind), 2.5);
  EXPECT_EQ(value("switchboard_dead_letters"), 3);
}

telegram_probe::words telegram_words() {
  return {{"7", "8"},
          {"customer", "mirror"},
          {"send", "edit"},
          {"done"},
          {"sendMessage"}};
}

TEST_F(Probes, FollowTheFiguresOfABotAcrossItsRestarts) {
  telegram_probe probe{all, telegram_words()};
  telegram_probe::figures now;
  now.waiting = {3, 4};
  now.on_their_way = 2;
  now.spent = {10, 1};
  now.slowed_bot = 1;
  now.slowed_private = {0, 2};
  now.slowed_group = {5, 0};
  now.merged = 9;
  probe.told("7", now);
  now.waiting = {0, 1};
  now.spent = {12, 1};
  probe.told("7", now);
  now.spent = {5, 0}; // A new carrier.
  probe.told("7", now);
  const std::string name = "switchboard_telegram_";
  EXPECT_EQ(value(name + R"(waiting{bot="7",urgency="customer"})"), 0);
  EXPECT_EQ(value(name + R"(waiting{bot="7",urgency="mirror"})"), 1);
  EXPECT_EQ(value(name + "on_their_way{bot=\"7\"}"), 2);
  EXPECT_EQ(value(name + R"(spent_total{bot="7",family="send"})"), 17);
  EXPECT_EQ(value(name + R"(spent_total{bot="7",family="edit"})"), 1);
  EXPECT_EQ(value(name + R"(spent_total{bot="8",family="send"})"), 0);
  const auto slowed = name + "slowed_total{bot=\"7\",budget=";
  EXPECT_EQ(value(slowed + R"("bot",family="all"})"), 1);
  EXPECT_EQ(value(slowed + R"("private",family="edit"})"), 2);
  EXPECT_EQ(value(slowed + R"("group",family="send"})"), 5);
  EXPECT_EQ(value(name + "merged_total{bot=\"7\"}"), 9);
}

TEST_F(Probes, CountTheAnswersOfABot) {
  telegram_probe probe{all, telegram_words()};
  probe.answered("7", "sendMessage", "done", 30ms);
  probe.answered("7", "sendMessage", "a new word", 30ms);
  probe.answered("stranger", "a new method", "done", 30ms);
  const std::string answers = "switchboard_telegram_answers_total{bot=";
  EXPECT_EQ(value(answers + R"("7",meaning="done"})"), 1);
  EXPECT_EQ(value(answers + R"("7",meaning="other"})"), 1);
  EXPECT_EQ(value(answers + R"("other",meaning="done"})"), 1);
  const std::string calls = "switchboard_telegram_call_seconds_count{method=";
  EXPECT_EQ(value(calls + "\"sendMessage\"}"), 2);
  EXPECT_EQ(value(calls + "\"other\"}"), 1);
}

TEST_F(Probes, CountTheUpdatesOfBots) {
  telegram_intake_probe probe{all, {"7"}, {"handled", "repeated"}};
  probe.up("7", true);
  probe.taken("7", "handled");
  probe.taken("7", "something else");
  probe.taken("8", "handled");
  const std::string updates = "switchboard_telegram_updates_total{bot=\"7\",";
  EXPECT_EQ(value("switchboard_telegram_up{bot=\"7\"}"), 1);
  EXPECT_EQ(value(updates + "result=\"handled\"}"), 1);
  EXPECT_EQ(value(updates + "result=\"repeated\"}"), 0);
  EXPECT_EQ(value(updates + "result=\"other\"}"), 1);
  probe.up("7", false);
  EXPECT_EQ(value("switchboard_telegram_up{bot=\"7\"}"), 0);
}

TEST_F(Probes, CountWhatGoesThroughTheProvidersOfWhatsApp) {
  whatsapp_probe probe{all, {"cloud", "twilio"}, {"done"}, {"delivered"}};
  probe.taken("cloud", "done");
  probe.taken("cloud", "something else");
  probe.taken("unheard of", "done");
  probe.sent("twilio", "delivered");
  probe.window_was_closed("cloud");
  probe.used_template("cloud");
  probe.stood_in("twilio");
  probe.up("cloud", true);
  const std::string of_cloud = "{provider=\"cloud\"}";
  const std::string messages
    = "switchboard_whatsapp_messages_total{provider=\"cloud\",result=";
  EXPECT_EQ(value(messages + "\"done\"}"), 1);
  EXPECT_EQ(value(messages + "\"other\"}"), 1);
  EXPECT_EQ(value("switchboard_whatsapp_sends_total{outcome=\"delivered\","
                  "provider=\"twilio\"}"),
            1);
  EXPECT_EQ(value("switchboard_whatsapp_window_closed_total" + of_cloud), 1);
  EXPECT_EQ(value("switchboard_whatsapp_templates_total" + of_cloud), 1);
  EXPECT_EQ(value("switchboard_whatsapp_fallbacks_total{provider=\"twilio\"}"),
            1);
  EXPECT_EQ(value("switchboard_whatsapp_line_up" + of_cloud), 1);
  probe.up("cloud", false);
  EXPECT_EQ(value("switchboard_whatsapp_line_up" + of_cloud), 0);
}

TEST_F(Probes, ReadTheStorageAtEachExposition) {
  storage_figures figures;
  expose_storage(all, [&figures] { return figures; });
  figures.memtable_bytes = 5;
  figures.disk_free_bytes = 1'000'000'000'000;
  figures.writes_stopped = true;
  EXPECT_EQ(value("switchboard_storage_memtable_bytes"), 5);
  EXPECT_EQ(value("switchboard_storage_disk_free_bytes"), 1e12);
  EXPECT_EQ(value("switchboard_storage_writes_stopped"), 1);
  figures.memtable_bytes = 6;
  EXPECT_EQ(value("switchboard_storage_memtable_bytes"), 6);
}

TEST_F(Probes, ReadTheProcessFromTheKernel) {
  expose_process(all, "1.2.3");
  const auto now = static_cast<double>(std::time(nullptr));
  EXPECT_GT(value("process_resident_memory_bytes"), 1'000'000);
  EXPECT_GT(value("process_virtual_memory_bytes"), 1'000'000);
  EXPECT_GE(value("process_threads"), 1);
  EXPECT_GE(value("process_open_fds"), 3);
  EXPECT_GT(value("process_max_fds"), 3);
  EXPECT_GE(value("process_cpu_seconds_total"), 0);
  EXPECT_NEAR(value("process_start_time_seconds"), now, 3'600);
  EXPECT_EQ(value("switchboard_build_info{version=\"1.2.3\"}"), 1);
}

TEST_F(Probes, SeeADescriptorThatIsOpened) {
  const auto before = read_process_figures().open_fds;
  const std::ifstream one_more{"/proc/self/stat"};
  EXPECT_EQ(read_process_figures().open_fds, before + 1);
}

/// A row of the table in metrics/README.md.
struct documented {
  std::string type;
  std::string labels;
};

std::string cell(std::string text) {
  std::erase_if(text, [](char c) { return c == ' ' || c == '`'; });
  return text;
}

std::map<std::string, documented> read_catalogue() {
  std::ifstream in{SWITCHBOARD_SOURCE_DIR "/metrics/README.md"};
  std::map<std::string, documented> rows;
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("| `"))
      continue;
    std::istringstream cells{line};
    std::string nothing;
    std::string name;
    documented row;
    std::getline(cells, nothing, '|');
    std::getline(cells, name, '|');
    std::getline(cells, row.type, '|');
    std::getline(cells, row.labels, '|');
    rows[cell(name)] = {cell(row.type), cell(row.labels)};
  }
  return rows;
}

TEST_F(Probes, StandInTheCatalogueAllOfThem) {
  const http_probe http{all, {"/a"}};
  const journal_probe journal{all};
  const actors_probe actors{all, {"ticket"}};
  const delivery_probe delivery{all, {"n8n"}, {"delivered"}};
  const telegram_probe telegram{all, telegram_words()};
  const telegram_intake_probe intake{all, {"7"}, {"handled"}};
  const whatsapp_probe whatsapp{all, {"cloud"}, {"done"}, {"delivered"}};
  expose_storage(all, [] { return storage_figures{}; });
  expose_process(all, "1");
  auto catalogue = read_catalogue();
  for (const auto& family : all.families()) {
    const auto row = catalogue.find(family.name);
    ASSERT_NE(row, catalogue.end()) << family.name << " is not documented";
    EXPECT_EQ(row->second.type, to_string(family.type)) << family.name;
    std::string labels;
    for (const auto& label : family.labels)
      labels += (labels.empty() ? "" : ",") + label;
    EXPECT_EQ(row->second.labels, labels) << family.name;
    catalogue.erase(row);
  }
  for (const auto& [name, row] : catalogue)
    ADD_FAILURE() << name << " is documented, but nothing registers it";
}

TEST_F(Probes, PutTheUnitIntoTheName) {
  const http_probe http{all, {"/a"}};
  const journal_probe journal{all};
  const actors_probe actors{all, {"ticket"}};
  const delivery_probe delivery{all, {"n8n"}, {"delivered"}};
  const telegram_probe telegram{all, telegram_words()};
  const telegram_intake_probe intake{all, {"7"}, {"handled"}};
  const whatsapp_probe whatsapp{all, {"cloud"}, {"done"}, {"delivered"}};
  for (const auto& family : all.families()) {
    EXPECT_TRUE(family.name.starts_with("switchboard_")) << family.name;
    EXPECT_EQ(family.name.ends_with("_total"),
              family.type == family_type::counter)
      << family.name;
    EXPECT_FALSE(family.help.empty()) << family.name;
  }
}

} // namespace
} // namespace switchboard::metrics
