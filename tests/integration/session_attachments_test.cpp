// Files of visitors: uploaded, sent along with messages, and read again.
#include "tests/integration/event_reader.hpp"
#include "tests/integration/visitor_client.hpp"

#include <boost/json/serialize.hpp>

#include <filesystem>
#include <fstream>

namespace switchboard::test {
namespace {

using texts = std::vector<std::string>;

constexpr std::size_t bytes_max = 65'536;

const std::string png{
  "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0\x1f\x15\xc4\x89",
  33};

struct form_file {
  std::string name = "a.txt";
  std::string type = "text/plain";
  std::string bytes = "hello";
  std::string field = "file";
};

const header_list as_form{
  {"Content-Type", "multipart/form-data; boundary=xyz"}};

std::string form_of(const std::vector<form_file>& files) {
  std::string out;
  for (const auto& one : files) {
    out += "--xyz\r\nContent-Disposition: form-data; name=\"" + one.field
           + "\"; filename=\"" + one.name + "\"\r\nContent-Type: " + one.type
           + "\r\n\r\n";
    out += one.bytes + "\r\n";
  }
  return out + "--xyz--\r\n";
}

class SessionAttachments : public rest_test<SessionAttachments> {
public:
  static settings make_settings() {
    return {{"SWITCHBOARD_LIMITS_SESSION_MESSAGES", "0"},
            {"SWITCHBOARD_LIMITS_ATTACHMENT_BYTES", std::to_string(bytes_max)}};
  }

protected:
  static http_reply post_form(const visitor_client& visitor,
                              std::string_view body,
                              const header_list& more = as_form) {
    return support::call(server().port(), verb::post,
                         visitor.path("/attachments"),
                         joined(visitor.headers(), more), body, patience);
  }

  static json::value upload(const visitor_client& visitor,
                            const std::vector<form_file>& files) {
    const auto reply = post_form(visitor, form_of(files));
    EXPECT_EQ(reply.status, 201) << reply.body;
    return parsed(reply);
  }

  static json::array ids_of(const json::value& uploaded) {
    return {text_at(uploaded, "/attachment_id")};
  }

  static http_reply get(const std::string& target,
                        const header_list& headers = {}) {
    return server().get(target, headers);
  }

  /// The attachments of the newest message, wherever it is shown.
  static json::array last_attachments(const json::value& messages) {
    const auto& all = messages.as_array();
    EXPECT_FALSE(all.empty());
    return all.empty() ? json::array{}
                       : all.back().at("attachments").as_array();
  }
};

TEST_F(SessionAttachments, AreUploadedAndRead) {
  const visitor_client visitor{server()};
  const auto reply
    = post_form(visitor, form_of({{"C:\\pics\\cat.png", "image/jpeg", png}}));
  ASSERT_EQ(reply.status, 201) << reply.body;
  EXPECT_EQ(reply.header("Cache-Control"), "no-store");
  const auto made = parsed(reply);
  EXPECT_EQ(keys_of(made),
            (texts{"attachment_id", "name", "mime_type", "size", "url"}));
  EXPECT_EQ(text_at(made, "/name"), "cat.png");
  EXPECT_EQ(text_at(made, "/mime_type"), "image/png") << "the bytes say so";
  EXPECT_EQ(made.at("size").as_int64(), 33);
  const auto read = get(text_at(made, "/url"));
  ASSERT_EQ(read.status, 200) << read.body;
  EXPECT_EQ(read.body, png);
  EXPECT_EQ(read.header("Content-Type"), "image/png");
  EXPECT_EQ(read.header("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(read.header_count("X-Content-Type-Options"), 1U);
  EXPECT_EQ(read.header("Content-Security-Policy"),
            "sandbox; default-src 'none'");
  EXPECT_TRUE(read.header("Content-Disposition").starts_with("inline;"));
  EXPECT_EQ(read.header("Accept-Ranges"), "bytes");
  EXPECT_EQ(read.header("Content-Length"), "33");
}

TEST_F(SessionAttachments, GoAlongWithMessagesEverywhere) {
  visitor_client visitor{server()};
  sse_reader stream{server().port(), visitor.path("/stream"),
                    visitor.headers()};
  const auto made = upload(visitor, {{}});
  const auto sent = visitor.say({{"attachment_ids", ids_of(made)}});
  ASSERT_EQ(sent.status, 201) << sent.body;
  const auto ticket = ticket_of(parsed(sent));
  const auto thread = visitor.read();
  const auto shown = last_attachments(thread.at("messages"));
  ASSERT_EQ(shown.size(), 1U);
  EXPECT_EQ(keys_of(shown[0]),
            (texts{"id", "name", "mime_type", "size", "url"}));
  EXPECT_EQ(text_at(shown[0], "/id"), text_at(made, "/attachment_id"));
  EXPECT_EQ(text_at(shown[0], "/name"), "a.txt");
  EXPECT_EQ(get(text_at(shown[0], "/url")).body, "hello");
  const auto staff = admin().read("/api/v1/tickets/" + ticket + "/messages");
  const auto seen = last_attachments(staff.at("data"));
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(get(text_at(seen[0], "/url")).body, "hello");
  EXPECT_EQ(text_at(admin().read("/api/v1/tickets/" + ticket), "/title"),
            "a.txt");
  const auto told = eventually([&] {
    const auto event = stream.next();
    return event && event->type == "message"
           && event->data.at("attachments").as_array().size() == 1;
  });
  EXPECT_TRUE(told);
}

TEST_F(SessionAttachments, ComeSeveralAtOnce) {
  const visitor_client visitor{server()};
  const auto made
    = upload(visitor, {{"1.txt", "text/plain", "one"},
                       {"note", "text/plain", "not a file", "other"},
                       {"2.txt", "text/plain", "two"}});
  const auto& all = made.at("attachments").as_array();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(text_at(made, "/attachment_id"), text_at(all[0], "/attachment_id"));
  EXPECT_EQ(text_at(all[1], "/name"), "2.txt");
  EXPECT_EQ(get(text_at(all[1], "/url")).body, "two");
  const auto sent
    = visitor.say({{"body", "both"},
                   {"attachment_ids",
                    {all[0].at("attachment_id"), all[1].at("attachment_id")}}});
  EXPECT_EQ(sent.status, 201) << sent.body;
  EXPECT_EQ(last_attachments(visitor.read().at("messages")).size(), 2U);
  const std::vector<form_file> eleven(11);
  EXPECT_TRUE(
    is_error(post_form(visitor, form_of(eleven)), 400, "validation_failed"));
}

TEST_F(SessionAttachments, AreKeptOnceForEachIdempotencyKey) {
  const visitor_client visitor{server()};
  const auto body = form_of({{"1.txt"}, {"2.txt"}});
  const auto headers = joined(as_form, once("upload-1"));
  const auto first = post_form(visitor, body, headers);
  ASSERT_EQ(first.status, 201) << first.body;
  const auto second = post_form(visitor, body, headers);
  EXPECT_EQ(second.status, 201);
  EXPECT_EQ(parsed(second), parsed(first));
  EXPECT_TRUE(
    is_error(post_form(visitor, form_of({{}}), headers), 409, "conflict"));
}

TEST_F(SessionAttachments, RefuseProgramsAndWhatIsTooLarge) {
  const visitor_client visitor{server()};
  const std::string elf{
    "\x7f"
    "ELF\2\1\1\0\0\0\0\0\0\0\0\0\3\0\x3e\0\1\0\0\0",
    24};
  EXPECT_TRUE(
    is_error(post_form(visitor, form_of({{"photo.jpg", "image/jpeg",
                                          elf + std::string(200, '\0')}})),
             415, "unsupported_media_type"));
  EXPECT_TRUE(
    is_error(post_form(visitor, form_of({{"setup.exe", "text/plain", "MZ"}})),
             415, "unsupported_media_type"));
  const auto largest = std::string(bytes_max, 'a');
  EXPECT_EQ(post_form(visitor, form_of({{"a", "text/plain", largest}})).status,
            201);
  EXPECT_TRUE(
    is_error(post_form(visitor, form_of({{"a", "text/plain", largest + "a"}})),
             413, "payload_too_large"));
  EXPECT_TRUE(is_error(
    post_form(visitor,
              form_of({{"a", "text/plain", std::string(bytes_max * 3, 'a')}})),
    413, "payload_too_large"));
}

TEST_F(SessionAttachments, RefuseWhatIsNoForm) {
  const visitor_client visitor{server()};
  EXPECT_TRUE(is_error(post_form(visitor, "{}", json_type), 415,
                       "unsupported_media_type"));
  EXPECT_TRUE(
    is_error(post_form(visitor, "--xyz\r\n"), 400, "validation_failed"));
  for (const auto& body : {form_of({}), form_of({{"a", "text/plain", ""}}),
                           form_of({{"a", "text/plain", "x", "other"}})}) {
    const auto reply = post_form(visitor, body);
    EXPECT_TRUE(is_error(reply, 400, "validation_failed"));
    EXPECT_EQ(wrong_fields(reply), texts{"file"});
  }
}

TEST_F(SessionAttachments, BelongToTheirSession) {
  const visitor_client visitor{server()};
  const visitor_client other{server()};
  const auto made = upload(visitor, {{}});
  const auto stolen
    = other.say({{"body", "x"}, {"attachment_ids", ids_of(made)}});
  EXPECT_TRUE(is_error(stolen, 400, "validation_failed"));
  EXPECT_EQ(wrong_fields(stolen), texts{"attachment_ids"});
  const auto foreign
    = support::call(server().port(), verb::post, visitor.path("/attachments"),
                    joined(other.headers(), as_form), form_of({{}}), patience);
  EXPECT_TRUE(is_error(foreign, 403, "forbidden"));
  EXPECT_EQ(
    support::call(server().port(), verb::post, visitor.path("/attachments"),
                  as_form, form_of({{}}), patience)
      .status,
    401);
}

TEST_F(SessionAttachments, NeedASignatureOrAKey) {
  const visitor_client visitor{server()};
  const auto made = upload(visitor, {{}});
  const auto url = text_at(made, "/url");
  const auto path = url.substr(0, url.find('?'));
  EXPECT_EQ(get(path).status, 401);
  EXPECT_EQ(get(path, as_admin).status, 200);
  EXPECT_EQ(with_scopes({"tickets:read"}).get(path).status, 200);
  EXPECT_EQ(with_scopes({"stats:read"}).get(path).status, 403);
  auto forged = url;
  forged.back() = forged.back() == '0' ? '1' : '0';
  EXPECT_TRUE(is_error(get(forged), 403, "forbidden"));
  EXPECT_TRUE(
    is_error(get(path + "?expires=1&signature=00"), 403, "forbidden"));
  EXPECT_TRUE(is_error(get(path + "?expires=99999999999"), 403, "forbidden"));
  const std::string unknown
    = "/api/v1/attachments/019c1b33-0a2b-7c11-8d0e-2f6c1a9b7e44";
  EXPECT_EQ(get(unknown + url.substr(url.find('?'))).status, 403);
  EXPECT_TRUE(is_error(get(unknown, as_admin), 404, "not_found"));
  EXPECT_TRUE(
    is_error(get("/api/v1/attachments/7", as_admin), 404, "not_found"));
}

TEST_F(SessionAttachments, AreReadInPartsAndNotTwice) {
  const visitor_client visitor{server()};
  const auto url
    = text_at(upload(visitor, {{"a.txt", "text/plain", "0123456789"}}), "/url");
  const auto part = get(url, {{"Range", "bytes=2-4"}});
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.body, "234");
  EXPECT_EQ(part.header("Content-Range"), "bytes 2-4/10");
  EXPECT_EQ(get(url, {{"Range", "bytes=-3"}}).body, "789");
  EXPECT_EQ(get(url, {{"Range", "bytes=0-1,3-4"}}).body, "0123456789");
  const auto behind = get(url, {{"Range", "bytes=10-"}});
  EXPECT_TRUE(is_error(behind, 416, "range_not_satisfiable"));
  EXPECT_EQ(behind.header("Content-Range"), "bytes */10");
  const auto tag = part.header("ETag");
  EXPECT_EQ(get(url, {{"Range", "bytes=2-4"}, {"If-Range", tag}}).status, 206);
  EXPECT_EQ(get(url, {{"Range", "bytes=2-4"}, {"If-Range", "\"x\""}}).status,
            200);
  const auto same = get(url, {{"If-None-Match", tag}});
  EXPECT_EQ(same.status, 304);
  EXPECT_EQ(same.body, "");
  const auto head = support::call(server().port(), verb::head, url);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.header("Content-Length"), "10");
}

TEST_F(SessionAttachments, NeverBecomePagesOfThisServer) {
  const visitor_client visitor{server()};
  const std::string page = "<!DOCTYPE html><html><script>x()</script></html>";
  const auto made
    = upload(visitor, {{"photo.png", "image/png", page},
                       {"a.svg", "image/svg+xml",
                        "<?xml version=\"1.0\"?><svg "
                        "xmlns=\"http://www.w3.org/2000/svg\"></svg>"}});
  for (const auto& one : made.at("attachments").as_array()) {
    const auto read = get(text_at(one, "/url"));
    EXPECT_EQ(read.header("Content-Type"), "application/octet-stream");
    EXPECT_TRUE(read.header("Content-Disposition").starts_with("attachment;"));
  }
}

TEST(SessionUploads, AreLimitedLikeMessages) {
  test_server server;
  const visitor_client visitor{server};
  int refused = 0;
  for (int i = 0; i < 6; ++i) {
    const auto reply = support::call(
      server.port(), verb::post, visitor.path("/attachments"),
      joined(visitor.headers(), as_form), form_of({{}}), patience);
    if (reply.status == 429) {
      ++refused;
      EXPECT_NE(reply.header("Retry-After"), "");
    } else {
      EXPECT_EQ(reply.status, 201) << reply.body;
    }
  }
  EXPECT_EQ(refused, 1);
}

TEST(StoredAttachments, SurviveCrashesAndBackups) {
  const settings no_limit{{"SWITCHBOARD_LIMITS_SESSION_MESSAGES", "0"}};
  support::temporary_folder folder;
  test_server server{no_limit};
  const visitor_client visitor{server};
  const auto upload = [&](const std::string& bytes) {
    const auto reply
      = support::call(server.port(), verb::post, visitor.path("/attachments"),
                      joined(visitor.headers(), as_form),
                      form_of({{"a.txt", "text/plain", bytes}}), patience);
    EXPECT_EQ(reply.status, 201) << reply.body;
    const auto url = text_at(parsed(reply), "/url");
    return url.substr(0, url.find('?'));
  };
  const auto path = upload("durable");
  EXPECT_EQ(upload("durable") == path, false) << "two names of one file";
  const auto files = server.data() / "attachments";
  std::ofstream{files / "part" / "99"} << "half written";
  server.restart_after_kill();
  EXPECT_EQ(server.get(path, as_admin).body, "durable");
  EXPECT_FALSE(std::filesystem::exists(files / "part" / "99"));
  const auto backup = folder.path() / "backup";
  const auto backed_up
    = server.post("/api/v1/backup",
                  json::serialize(json::object{{"folder", backup.string()}}),
                  joined(json_type, as_admin));
  ASSERT_EQ(backed_up.status, 201) << backed_up.body;
  const auto data = folder.path() / "data";
  ASSERT_EQ(run_command(data, {"restore", backup.string()}).code, 0);
  const auto whole = run_command(data, {"verify"});
  EXPECT_EQ(whole.code, 0) << whole.output;
  EXPECT_NE(whole.output.find("2 attachments: all is well"), std::string::npos)
    << whole.output;
  {
    test_server restored{no_limit, data};
    EXPECT_EQ(restored.get(path, as_admin).body, "durable");
  }
  std::filesystem::remove_all(data / "attachments");
  const auto broken = run_command(data, {"verify"});
  EXPECT_NE(broken.code, 0);
  EXPECT_NE(broken.output.find("its file is missing"), std::string::npos)
    << broken.output;
}

} // namespace
} // namespace switchboard::test
