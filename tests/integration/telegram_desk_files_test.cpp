// Files through the visitors' desk at Telegram, both ways.
#include "tests/integration/telegram_desk_fixture.hpp"

namespace switchboard::test {
namespace {

const std::string png{
  "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0\x1f\x15\xc4\x89",
  33};

class TelegramDeskFiles : public desk_test {
protected:
  /// Uploads these files; their ids.
  static json::array
  upload(test_server& server, const visitor_client& visitor,
         const std::vector<std::pair<std::string, std::string>>& files) {
    std::string form;
    for (const auto& [name, bytes] : files)
      form += "--xyz\r\nContent-Disposition: form-data; name=\"file\"; "
              "filename=\""
              + name + "\"\r\n\r\n" + bytes + "\r\n";
    form += "--xyz--\r\n";
    const header_list as_form{
      {"Content-Type", "multipart/form-data; boundary=xyz"}};
    const auto reply
      = support::call(server.port(), verb::post, visitor.path("/attachments"),
                      joined(visitor.headers(), as_form), form, patience);
    EXPECT_EQ(reply.status, 201) << reply.body;
    const auto made = parsed(reply);
    json::array out;
    if (files.size() == 1) {
      out.emplace_back(text_at(made, "/attachment_id"));
    } else {
      for (const auto& one : made.at("attachments").as_array())
        out.push_back(one.at("attachment_id"));
    }
    return out;
  }

  json::array
  upload(const visitor_client& visitor,
         const std::vector<std::pair<std::string, std::string>>& files) {
    return upload(world.server(), visitor, files);
  }
};

TEST_F(TelegramDeskFiles, AVisitorsPhotoReachesTheAgent) {
  const auto ana = world.agent("Ana", "ana");
  auto asha = visitor();
  asha.write("Help");
  connect(ana, "1");
  const auto ids = upload(asha, {{"broken.png", png}});
  EXPECT_EQ(asha.say({{"body", "See"}, {"attachment_ids", ids}}).status, 201);
  const auto chat = world.chat(ana);
  const auto shown = world.wait_for(chat, [](const auto& message) {
    return message.from_bot && message.kind == "photo";
  });
  EXPECT_EQ(shown.text, "Visitor #1");
  EXPECT_EQ(world.telegram.file_bytes(shown.file_id), png);
  EXPECT_EQ(world.count(chat, "Visitor #1: See"), 1u);
  // The photo can be answered.
  tells(ana, "I see", shown.message_id);
  EXPECT_EQ(asha.bodies().back(), "I see");
}

TEST_F(TelegramDeskFiles, SeveralPhotosAreAnAlbumAndUploadedOnce) {
  const auto ana = world.agent("Ana", "ana");
  const auto ben = world.agent("Ben", "ben");
  visitor().write("Mine first");
  connect(ben, "1");
  auto asha = visitor();
  const auto ids
    = upload(asha, {{"a.png", png}, {"b.png", png + "b"}, {"c.txt", "text"}});
  EXPECT_EQ(asha.say({{"attachment_ids", ids}}).status, 201);
  connect(ana, "2");
  const auto album = world.wait_for(world.chat(ana), [](const auto& message) {
    return !message.media_group_id.empty();
  });
  EXPECT_EQ(world.calls("sendMediaGroup"), 1u);
  const auto paper = world.wait_for(world.chat(ana), [](const auto& message) {
    return message.kind == "document";
  });
  EXPECT_EQ(world.telegram.file_bytes(paper.file_id), "text");
  tells(ana, "/transfer @ben", album.message_id);
  const auto again = world.wait_for(world.chat(ben), [](const auto& message) {
    return message.kind == "document";
  });
  EXPECT_EQ(again.file_id, paper.file_id);
  EXPECT_EQ(world.calls("sendMediaGroup"), 2u);
}

TEST_F(TelegramDeskFiles, AnAgentsFilesReachTheVisitor) {
  const auto ana = world.agent("Ana", "ana");
  auto asha = visitor();
  asha.write("Help");
  connect(ana, "1");
  telegram_upload paper;
  paper.kind = "document";
  paper.name = "invoice.txt";
  paper.mime = "text/plain";
  paper.bytes = "You owe nothing.";
  paper.caption = "Here it is";
  ana.sends(world.chat(ana), paper);
  EXPECT_TRUE(world.is_settled());
  const auto message = asha.read().at("messages").as_array().back();
  EXPECT_EQ(text_at(message, "/body"), "Here it is");
  EXPECT_EQ(text_at(message, "/attachments/0/name"), "invoice.txt");
  const auto reply = world.server().get(text_at(message, "/attachments/0/url"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "You owe nothing.");
}

} // namespace
} // namespace switchboard::test
