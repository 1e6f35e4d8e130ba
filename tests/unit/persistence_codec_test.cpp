// Our own codec against protoc's, against the golden files, and against noise.
#include "persistence/deliveries.hpp"
#include "persistence/event_block.hpp"
#include "persistence/message_marks.hpp"
#include "persistence/ticket_codec.hpp"
#include "persistence/wire.hpp"
#include "tests/unit/persistence_fixtures.hpp"

#include "persistence/schema/journal.pb.h"

namespace switchboard::persistence::testing {
namespace {

using schema::EventRecord;

const domain::uuid some_uuid{{0x01, 0x99, 0x2a, 0xbc, 0xde, 0xf0, 0x70, 0x01,
                              0x80, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08}};
const domain::uuid other_uuid{{0x01, 0x99, 0x2a, 0xbc, 0xde, 0xf1, 0x70, 0x02,
                               0x80, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18}};

domain::message_draft some_message() {
  return {domain::message_id{other_uuid},
          domain::sender_role::manager,
          "Grace Hopper",
          domain::channel::whatsapp,
          "Grüße — it is on its way. " + std::string(200, 'x'),
          "wamid.42",
          "https://example.org/a.png"};
}

domain::ticket some_ticket() {
  domain::ticket t;
  t.id = domain::ticket_id{some_uuid};
  t.number = domain::ticket_number{123456};
  t.ref = "T-20260922-7K3M9PQR";
  t.from = {"Ada Lovelace", "+14155550100", "ada@example.org"};
  t.subject = "Where is my order?";
  t.state = domain::status::resolved;
  t.urgency = domain::priority::high;
  t.via = domain::channel::web;
  t.assignee = "grace";
  t.follows = domain::ticket_id{other_uuid};
  t.created_at = start;
  t.updated_at = start + std::chrono::hours{2};
  t.resolved_at = start + std::chrono::hours{1};
  t.closed_at = domain::timestamp{};
  t.last_message = domain::message_sequence{300};
  t.last_event = domain::sequence{77};
  return t;
}

std::vector<std::pair<std::string, domain::ticket_fact>> all_facts() {
  return {
    {"ticket_created",
     domain::ticket_created{domain::ticket_id{some_uuid},
                            domain::ticket_number{123456},
                            "T-20260922-7K3M9PQR",
                            {"Ada Lovelace", "+14155550100", "ada@example.org"},
                            "Where is my order?",
                            domain::priority::urgent,
                            domain::channel::api,
                            domain::ticket_id{other_uuid}}},
    {"message_added",
     domain::message_added{domain::message_sequence{2}, some_message()}},
    {"status_changed",
     domain::status_changed{domain::status::pending, domain::status::closed,
                            "spam", "grace"}},
    {"assignee_changed",
     domain::assignee_changed{"grace", "knows the customer", "admin"}},
    {"priority_changed",
     domain::priority_changed{domain::priority::low, domain::priority::urgent,
                              "grace"}},
  };
}

/// Facts that came later: the block of version one does not have them.
std::vector<std::pair<std::string, domain::ticket_fact>> later_facts() {
  const domain::message_sequence second{2};
  return {
    {"message_reacted",
     domain::message_reacted{second, "phone:+14155550100", "Ada", "👍"}},
    {"message_deleted", domain::message_deleted{second, "Ada"}},
    {"delivery_reported",
     domain::delivery_reported{second, 300, domain::delivery_state::failed,
                               "whatsapp:cloud", "cloud:1:wamid.42",
                               "the window is closed"}},
    {"customer_reminded", domain::customer_reminded{}},
  };
}

domain::message_draft some_reply() {
  auto out = some_message();
  out.reply_to = domain::message_sequence{200};
  return out;
}

domain::ticket some_marked_ticket() {
  auto out = some_ticket();
  out.is_marked = true;
  out.awaiting_since = start;
  out.is_reminded = true;
  return out;
}

/// The row of the report, then the one of its external id.
std::vector<row_change> some_mark_rows() {
  const std::vector<domain::ticket_event> events{
    {domain::sequence{9}, start, later_facts()[2].second}};
  return mark_rows(domain::ticket_id{some_uuid}, events);
}

domain::ticket_event event_of(domain::ticket_fact fact) {
  return {domain::sequence{9}, start, std::move(fact)};
}

delivery some_delivery() {
  return {delivery_id{5},
          "n8n:ticket-created",
          "group",
          "ticket.created",
          R"({"event":"ticket.created"})",
          start,
          2,
          start + std::chrono::seconds{4},
          3};
}

attempt some_attempt() {
  return {6,
          start,
          "retry",
          503,
          std::chrono::microseconds{123456},
          "the answer was 503",
          "<html>busy</html>"};
}

/// Every record type of schema version 1, with its bytes of today.
std::vector<std::pair<std::string, std::string>> all_records() {
  std::vector<std::pair<std::string, std::string>> out;
  event_block_builder block;
  block.begin(domain::offset{1000});
  for (const auto& [name, fact] : all_facts()) {
    out.emplace_back("event_" + name, encode_event(domain::ticket_id{some_uuid},
                                                   event_of(fact)));
    block.add(out.back().second);
  }
  out.emplace_back("event_block", std::string{block.bytes()});
  for (const auto& [name, fact] : later_facts())
    out.emplace_back("event_" + name, encode_event(domain::ticket_id{some_uuid},
                                                   event_of(fact)));
  out.emplace_back("ticket_state_marked", encode_ticket(some_marked_ticket()));
  out.emplace_back("message_row_reply",
                   encode_message_row(start, some_reply()));
  const auto marks = some_mark_rows();
  out.emplace_back("mark_row", *marks.at(0).value);
  out.emplace_back("external_id_row", *marks.at(1).value);
  out.emplace_back("ticket_state", encode_ticket(some_ticket()));
  out.emplace_back("message_row", encode_message_row(start, some_message()));
  out.emplace_back("outbox_row", encode_outbox_row(some_delivery()));
  out.emplace_back("attempt_row", encode_attempt_row(some_attempt()));
  out.emplace_back("dead_letter_row",
                   encode_dead_letter_row({some_delivery(), "404", start}));
  return out;
}

std::filesystem::path golden(const std::string& name) {
  return std::filesystem::path{SWITCHBOARD_SOURCE_DIR}
         / "tests/golden/persistence" / ("v1_" + name + ".bin");
}

/// Set to write the files of records that have none yet.
bool may_write_golden() {
  return std::getenv("SWITCHBOARD_WRITE_GOLDEN") != nullptr;
}

TEST(Golden, TheEncoderGivesTheBytesOfVersionOne) {
  for (const auto& [name, bytes] : all_records()) {
    if (may_write_golden() && !std::filesystem::exists(golden(name)))
      write_file(golden(name), bytes);
    EXPECT_EQ(read_file(golden(name)), bytes) << name;
  }
}

TEST(Golden, EventsOfVersionOneAreUnderstood) {
  auto facts = all_facts();
  for (auto& later : later_facts())
    facts.push_back(std::move(later));
  for (const auto& [name, fact] : facts) {
    const auto decoded = decode_event(read_file(golden("event_" + name)));
    ASSERT_TRUE(decoded) << name;
    EXPECT_EQ(decoded->entity, some_uuid) << name;
    EXPECT_EQ(decoded->event, event_of(fact)) << name;
  }
}

TEST(Golden, RowsOfVersionOneAreUnderstood) {
  const auto ticket = some_ticket();
  EXPECT_EQ(decode_ticket(ticket.id, read_file(golden("ticket_state"))),
            ticket);
  EXPECT_EQ(last_event_of(read_file(golden("ticket_state"))),
            ticket.last_event);
  const domain::message_sequence number{4};
  EXPECT_EQ(decode_message_row(number, read_file(golden("message_row"))),
            (message_row{number, start, some_message()}));
  const auto marked = some_marked_ticket();
  EXPECT_EQ(decode_ticket(marked.id, read_file(golden("ticket_state_marked"))),
            marked);
  EXPECT_EQ(decode_message_row(number, read_file(golden("message_row_reply"))),
            (message_row{number, start, some_reply()}));
  const auto what = some_delivery();
  EXPECT_EQ(
    decode_outbox_row(what.lane, what.id, read_file(golden("outbox_row"))),
    what);
  EXPECT_EQ(decode_attempt_row(6, read_file(golden("attempt_row"))),
            some_attempt());
  EXPECT_EQ(
    decode_dead_letter_row(what.id, read_file(golden("dead_letter_row"))),
    (dead_letter{what, "404", start}));
}

TEST(Golden, BlocksOfVersionOneAreUnderstood) {
  const auto bytes = read_file(golden("event_block"));
  const auto block = parse_event_block(bytes);
  ASSERT_TRUE(block);
  EXPECT_EQ(block->first, domain::offset{1000});
  EXPECT_EQ(block->last(), domain::offset{1004});
  EXPECT_EQ(block->events.front(), read_file(golden("event_ticket_created")));
}

template <class Message>
void expect_same_bytes(const std::string& bytes) {
  Message message;
  ASSERT_TRUE(message.ParseFromString(bytes));
  EXPECT_EQ(message.SerializeAsString(), bytes);
  Message unknown_free = message;
  unknown_free.DiscardUnknownFields();
  EXPECT_EQ(unknown_free.SerializeAsString(), bytes);
}

TEST(Protobuf, WritesTheSameBytesAsWeDo) {
  for (const auto& [name, bytes] : all_records()) {
    SCOPED_TRACE(name);
    if (name == "event_block")
      expect_same_bytes<schema::EventBlock>(bytes);
    else if (name.starts_with("event_"))
      expect_same_bytes<EventRecord>(bytes);
    else if (name.starts_with("ticket_state"))
      expect_same_bytes<schema::TicketState>(bytes);
    else if (name.starts_with("message_row"))
      expect_same_bytes<schema::MessageRow>(bytes);
    else if (name == "mark_row")
      expect_same_bytes<schema::MarkRow>(bytes);
    else if (name == "external_id_row")
      expect_same_bytes<schema::ExternalIdRow>(bytes);
    else if (name == "outbox_row")
      expect_same_bytes<schema::OutboxRow>(bytes);
    else if (name == "attempt_row")
      expect_same_bytes<schema::AttemptRow>(bytes);
    else
      expect_same_bytes<schema::DeadLetterRow>(bytes);
  }
}

TEST(Protobuf, ReadsWhatWeWrite) {
  schema::TicketState state;
  ASSERT_TRUE(state.ParseFromString(encode_ticket(some_ticket())));
  EXPECT_EQ(state.last_event(), 77U);
  EXPECT_EQ(state.customer().phone(), "+14155550100");
  EXPECT_EQ(state.follows(), other_uuid.view());
  EXPECT_TRUE(state.has_closed_at_ms());
  EXPECT_EQ(state.last_message(), 300U);
  EventRecord record;
  ASSERT_TRUE(record.ParseFromString(encode_event(
    domain::ticket_id{some_uuid}, event_of(all_facts()[1].second))));
  EXPECT_EQ(record.entity_id(), some_uuid.view());
  EXPECT_EQ(record.message_added().message().body(), some_message().body);
}

TEST(Codec, TellsMarkedTicketsByTheirStateRows) {
  EXPECT_FALSE(is_marked_state(encode_ticket(some_ticket())));
  EXPECT_TRUE(is_marked_state(encode_ticket(some_marked_ticket())));
  EXPECT_FALSE(is_marked_state("\xff"));
}

TEST(Codec, KeepsATimeBeforeTheEpoch) {
  auto ticket = some_ticket();
  ticket.created_at = domain::timestamp{std::chrono::milliseconds{-1}};
  EXPECT_EQ(decode_ticket(ticket.id, encode_ticket(ticket)), ticket);
}

TEST(Codec, StepsOverFieldsOfLaterVersions) {
  std::string bytes = encode_ticket(some_ticket());
  wire_writer out{bytes};
  out.text(99, "from the future");
  out.number(100, 7);
  EXPECT_EQ(decode_ticket(some_ticket().id, bytes), some_ticket());
}

TEST(Codec, RefusesEnumerationsThatDoNotExist) {
  std::string bytes = encode_ticket(some_ticket());
  wire_writer{bytes}.number(6, 99);
  EXPECT_FALSE(decode_ticket(some_ticket().id, bytes));
}

TEST(Codec, RefusesAnEventWithoutAFact) {
  std::string bytes;
  wire_writer{bytes}.text(2, some_uuid.view());
  EXPECT_FALSE(decode_event(bytes));
}

TEST(Codec, RefusesEveryRecordThatIsCutOff) {
  const auto ticket = encode_ticket(some_ticket());
  for (std::size_t size = 1; size < ticket.size(); ++size) {
    // A cut between two fields leaves a shorter record; the others are damage.
    schema::TicketState state;
    const auto head = ticket.substr(0, size);
    EXPECT_EQ(decode_ticket(some_ticket().id, head).has_value(),
              state.ParseFromString(head));
  }
}

/// Whatever the bytes are, the decoders come back.
void decode_everything(const std::string& bytes) {
  (void)decode_event(bytes);
  (void)decode_ticket(domain::ticket_id{some_uuid}, bytes);
  (void)decode_message_row({}, bytes);
  (void)decode_outbox_row("lane", {}, bytes);
  (void)decode_attempt_row(1, bytes);
  (void)decode_dead_letter_row({}, bytes);
  (void)parse_event_block(bytes);
  (void)last_event_of(bytes);
  (void)is_marked_state(bytes);
  (void)ticket_of_mark("x1", bytes);
  (void)ticket_of_mark(bytes, {});
  (void)ticket_of_mark(some_mark_rows().front().key, bytes);
}

TEST(Codec, SurvivesNoise) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random{seed};
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes(random() % 64, '\0');
    for (auto& c : bytes)
      c = static_cast<char>(random());
    decode_everything(bytes);
  }
}

TEST(Codec, SurvivesRecordsWithAFewWrongBytes) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random{seed};
  const auto records = all_records();
  for (int round = 0; round < 20'000; ++round) {
    auto bytes = records[random() % records.size()].second;
    for (int flips = 0; flips < 3; ++flips)
      bytes[random() % bytes.size()] = static_cast<char>(random());
    decode_everything(bytes);
  }
}

TEST(Codec, ClipsWhatAnAttemptKeeps) {
  auto tried = some_attempt();
  tried.body.assign(100'000, 'b');
  tried.detail = std::string(1023, 'd') + "é and more";
  const auto decoded = decode_attempt_row(6, encode_attempt_row(tried)).value();
  EXPECT_EQ(decoded.body.size(), attempt_body_size_max);
  EXPECT_EQ(decoded.detail, std::string(1023, 'd'));
}

} // namespace
} // namespace switchboard::persistence::testing
