// Holds every call against the facts of the Bot API: each parameter must be one
// of the method's, of one of its types, and no required one may be absent.
#include "channels/telegram/methods.hpp"

#include <gtest/gtest.h>

#include <simdjson.h>
#include <set>

namespace switchboard::channels::telegram {
namespace {

using simdjson::dom::element;

class specification {
public:
  specification() {
    root_ = parser_.load(std::string{SWITCHBOARD_SOURCE_DIR}
                         + "/tests/golden/telegram_codec/methods.json");
  }

  void check(std::string_view name, element body) const {
    check_fields(root_["methods"][name], body, std::string{name});
  }

private:
  void check_fields(element known, element body, const std::string& at) const {
    simdjson::dom::object given;
    ASSERT_EQ(body.get(given), simdjson::SUCCESS) << at;
    for (const auto field : given) {
      const auto path = at + '.' + std::string{field.key};
      element rule;
      ASSERT_EQ(known[field.key].get(rule), simdjson::SUCCESS)
        << path << " is no parameter";
      EXPECT_TRUE(fits_one(rule["types"], field.value, path))
        << path << " has another type";
    }
    for (const auto field : simdjson::dom::object(known)) {
      if (!bool(field.value["required"]))
        continue;
      EXPECT_EQ(given[field.key].error(), simdjson::SUCCESS)
        << at << '.' << field.key << " is missing";
    }
  }

  [[nodiscard]] bool fits_one(element types, element value,
                              const std::string& at) const {
    for (const element type : simdjson::dom::array(types))
      if (fits(std::string_view(type), value, at))
        return true;
    return false;
  }

  [[nodiscard]] bool fits(std::string_view type, element value,
                          const std::string& at) const {
    constexpr std::string_view list = "Array of ";
    if (type.starts_with(list)) {
      if (!value.is_array())
        return false;
      for (const element item : simdjson::dom::array(value))
        if (!fits_in_list(type.substr(list.size()), item, at))
          return false;
      return true;
    }
    if (type == "Integer")
      return value.is_int64();
    if (type == "String")
      return value.is_string();
    if (type == "Boolean")
      return value.is_bool();
    if (type == "Float")
      return value.is_number();
    return value.is_object() && fits_object(type, value, at);
  }

  [[nodiscard]] bool fits_in_list(std::string_view type, element value,
                                  const std::string& at) const {
    std::string_view kind;
    if (!type.starts_with("InputMedia")
        || value["type"].get(kind) != simdjson::SUCCESS)
      return fits(type, value, at);
    // One list may hold several of these, told apart by their `type`.
    auto name = "InputMedia" + std::string{kind};
    name[10] = static_cast<char>(name[10] - 'a' + 'A');
    return fits(name, value, at);
  }

  [[nodiscard]] bool fits_object(std::string_view type, element value,
                                 const std::string& at) const {
    element known;
    if (root_["types"][type].get(known) != simdjson::SUCCESS)
      return false;
    element subtypes;
    if (known["subtypes"].get(subtypes) == simdjson::SUCCESS)
      return fits_one(subtypes, value, at);
    // Of several objects that may stand here the required fields tell which.
    for (const auto field : simdjson::dom::object(known["fields"]))
      if (bool(field.value["required"])
          && value[field.key].error() != simdjson::SUCCESS)
        return false;
    check_fields(known["fields"], value, at);
    return true;
  }

  simdjson::dom::parser parser_;
  element root_;
};

styled_text fancy_text() {
  styled_text out;
  out.add("😀 ").add("bold", text_style::bold).add(" ");
  out.add("link", text_style::text_link, "https://example.org");
  out.add("x", text_style::pre, "c").add("e", text_style::custom_emoji, "5");
  out.add("#tag", text_style::hashtag).add("Ana", text_style::text_mention);
  out.spans.back().user = user_id{7};
  return out;
}

inline_keyboard fancy_keyboard() {
  using action = button::action;
  return {{{{"Claim", action::callback, "CLAIM#1"},
            {"Open", action::open_url, "https://example.org"}},
           {{"Copy", action::copy_text, "T-1"}}}};
}

destination everywhere() {
  return {chat_id{-1001234567890}, topic_id{42},
          reply_target{message_id{5}, "part"}, true, true};
}

constexpr chat_id group{-1001234567890};

/// Each method with little and with everything.
std::vector<method> all_methods() {
  std::vector<method> out{
    send_message{{chat_id{7}, {}, {}, false, false}, "a", {}, false},
    send_message{everywhere(), fancy_text(), fancy_keyboard(), true},
    send_message{everywhere(), "Update?", force_reply{"Your text", true},
                 false},
    send_media_group{
      everywhere(),
      {{file_kind::photo, "p", fancy_text()}, {file_kind::video, "v", {}}}},
    send_media_group{
      everywhere(),
      {{file_kind::document, "a", {}}, {file_kind::document, "b", {}}}},
    send_media_group{
      everywhere(), {{file_kind::audio, "a", {}}, {file_kind::audio, "b", {}}}},
    copy_message{everywhere(), chat_id{7}, message_id{3}, fancy_text(),
                 fancy_keyboard()},
    copy_message{everywhere(), chat_id{7}, message_id{3}, styled_text{}, {}},
    edit_message_text{group, message_id{3}, fancy_text(), fancy_keyboard(),
                      false},
    edit_message_caption{group, message_id{3}, fancy_text(), fancy_keyboard()},
    edit_message_reply_markup{group, message_id{3}, fancy_keyboard()},
    edit_message_reply_markup{group, message_id{3}, {}},
    delete_message{group, message_id{3}},
    answer_callback_query{"17", "Taken by @ana", true},
    answer_callback_query{"17", {}, false},
    create_forum_topic{group, "#42 Ana", topic_icon_colors[0]},
    edit_forum_topic{group, topic_id{42}, "name", "icon"},
    close_forum_topic{group, topic_id{42}},
    reopen_forum_topic{group, topic_id{42}},
    delete_forum_topic{group, topic_id{42}},
    set_message_reaction{group, message_id{3}, "👍"},
    set_message_reaction{group, message_id{3}, {}},
    send_chat_action{group, topic_id{42}, "typing"},
    get_me{},
    get_file{"f"},
    get_chat_member{group, user_id{7}},
    get_updates{update_id{5}, 100, 50},
    set_webhook{"https://example.org/hook", "s3cret", 40, true},
    delete_webhook{true},
    get_webhook_info{},
    set_my_commands{{{"close", "Closes the ticket"}}},
  };
  for (const auto kind :
       {file_kind::photo, file_kind::document, file_kind::video,
        file_kind::voice, file_kind::video_note, file_kind::audio,
        file_kind::animation, file_kind::sticker}) {
    const bool bare
      = kind == file_kind::video_note || kind == file_kind::sticker;
    out.emplace_back(send_file{everywhere(), kind, "id",
                               bare ? styled_text{} : fancy_text(),
                               fancy_keyboard()});
  }
  return out;
}

std::string body_of(const method& call) {
  return encode(call).body;
}

TEST(TelegramMethods, KeepToTheSpecification) {
  const specification facts;
  simdjson::dom::parser parser;
  std::set<std::string_view> seen;
  std::set<std::size_t> kinds;
  for (const auto& call : all_methods()) {
    EXPECT_EQ(find_fault(call), "");
    const auto encoded = encode(call);
    facts.check(encoded.name, parser.parse(encoded.body));
    seen.insert(encoded.name);
    kinds.insert(call.index());
  }
  EXPECT_EQ(seen.size(), 31u);
  EXPECT_EQ(kinds.size(), std::variant_size_v<method>);
}

TEST(TelegramMethods, CountSpansInUtf16) {
  styled_text text{"😀é "};
  text.add("bold", text_style::bold);
  EXPECT_EQ(
    body_of(send_message{{chat_id{7}, {}, {}, false, false}, text, {}, true}),
    R"({"chat_id":7,"text":"😀é bold",)"
    R"("entities":[{"type":"bold","offset":4,"length":4}]})");
}

TEST(TelegramMethods, NameNoTopicForGeneral) {
  EXPECT_EQ(body_of(send_message{
              {group, general_topic, {}, false, false}, "a", {}, true}),
            R"({"chat_id":-1001234567890,"text":"a"})");
}

TEST(TelegramMethods, AnswerEvenWhenTheParentIsGone) {
  send_message call;
  call.to.chat = group;
  call.to.reply_to = reply_target{message_id{5}, {}};
  call.text = "a";
  call.shows_link_preview = true;
  EXPECT_EQ(body_of(call),
            R"({"chat_id":-1001234567890,"reply_parameters":{"message_id":5,)"
            R"("allow_sending_without_reply":true},"text":"a"})");
}

TEST(TelegramMethods, ClipWhatIsOnlyALabel) {
  const auto body
    = body_of(create_forum_topic{group, std::string(200, 'n'), {}});
  EXPECT_NE(body.find('"' + std::string(128, 'n') + '"'), std::string::npos);
}

TEST(TelegramMethods, KnowTheirFaults) {
  const auto with_data = [](std::string data) {
    return send_message{
      {},
      "a",
      inline_keyboard{{{{"x", button::action::callback, data}}}},
      false};
  };
  EXPECT_EQ(find_fault(with_data(std::string(64, 'd'))), "");
  EXPECT_NE(find_fault(with_data(std::string(65, 'd'))), "");
  EXPECT_NE(find_fault(with_data("")), "");
  EXPECT_NE(find_fault(send_message{{}, " \n", {}, false}), "");
  EXPECT_NE(find_fault(send_message{{}, std::string(4097, 'x'), {}, false}),
            "");
  EXPECT_NE(find_fault(
              send_file{{}, file_kind::photo, "p", std::string(1025, 'x'), {}}),
            "");
  EXPECT_NE(find_fault(send_file{{}, file_kind::sticker, "p", "x", {}}), "");
  EXPECT_NE(find_fault(send_media_group{{}, {{file_kind::photo, "p", {}}}}),
            "");
  EXPECT_NE(find_fault(send_media_group{
              {}, {{file_kind::photo, "p", {}}, {file_kind::audio, "a", {}}}}),
            "");
  EXPECT_NE(find_fault(set_webhook{"https://x", "no spaces", 40, false}), "");
  EXPECT_NE(find_fault(create_forum_topic{group, "n", 1}), "");
}

TEST(TelegramMethods, SendUploadsAsAForm) {
  const send_file call{{chat_id{7}, {}, {}, true, false},
                       file_kind::document,
                       "",
                       "a \"b\"",
                       fancy_keyboard()};
  const auto out = encode_upload(
    call, {"re\"port\r\n.pdf", "application/pdf", "%PDF"}, "b0undary");
  EXPECT_EQ(out.name, "sendDocument");
  EXPECT_EQ(out.content_type, "multipart/form-data; boundary=b0undary");
  EXPECT_TRUE(out.body.starts_with(
    "--b0undary\r\nContent-Disposition: form-data; name=\"chat_id\"\r\n\r\n7"
    "\r\n--b0undary\r\nContent-Disposition: form-data; "
    "name=\"disable_notification\"\r\n\r\ntrue\r\n"))
    << out.body;
  EXPECT_NE(out.body.find("name=\"caption\"\r\n\r\na \"b\"\r\n"),
            std::string::npos);
  EXPECT_NE(out.body.find("name=\"reply_markup\"\r\n\r\n{\"inline_keyboard\""),
            std::string::npos);
  EXPECT_TRUE(out.body.ends_with(
    "name=\"document\"; filename=\"re_port__.pdf\"\r\n"
    "Content-Type: application/pdf\r\n\r\n%PDF\r\n--b0undary--\r\n"))
    << out.body;
}

TEST(TelegramMethods, TakeTheNewFilesOfAnAlbumAlong) {
  send_media_group call;
  call.to.chat = chat_id{7};
  call.items
    = {{file_kind::photo, "known", "both"}, {file_kind::video, "upload:b", {}}};
  const std::vector<album_upload> files{{1, {"b.mp4", "video/mp4", "MP4"}}};
  const auto out = encode_upload(call, files, "b0undary");
  EXPECT_EQ(out.name, "sendMediaGroup");
  EXPECT_EQ(out.content_type, "multipart/form-data; boundary=b0undary");
  EXPECT_NE(
    out.body.find("name=\"media\"\r\n\r\n[{\"type\":\"photo\",\"media\":"
                  "\"known\",\"caption\":\"both\"},{\"type\":\"video\","
                  "\"media\":\"attach://file1\"}]\r\n"),
    std::string::npos)
    << out.body;
  EXPECT_TRUE(out.body.ends_with(
    "name=\"file1\"; filename=\"b.mp4\"\r\nContent-Type: video/mp4\r\n\r\n"
    "MP4\r\n--b0undary--\r\n"))
    << out.body;
}

TEST(TelegramMethods, KnowTheirChatAndTopic) {
  EXPECT_EQ(chat_of(send_message{everywhere(), "a", {}, false}), group);
  EXPECT_EQ(topic_of(send_message{everywhere(), "a", {}, false}), topic_id{42});
  EXPECT_EQ(chat_of(get_me{}), std::nullopt);
  EXPECT_EQ(topic_of(close_forum_topic{group, topic_id{3}}), topic_id{3});
  EXPECT_EQ(topic_of(send_chat_action{group, general_topic, "typing"}),
            std::nullopt);
}

} // namespace
} // namespace switchboard::channels::telegram
