// Forms with files, as browsers, curl and hostile clients send them.
#include "api/multipart.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace switchboard::api {
namespace {

constexpr std::string_view boundary = "xyz";

std::string part(std::string_view headers, std::string_view body) {
  std::string out{"--xyz\r\n"};
  out += headers;
  out += "\r\n\r\n";
  out += body;
  out += "\r\n";
  return out;
}

std::string file_part(std::string_view file_name, std::string_view body) {
  return part(R"(Content-Disposition: form-data; name="file"; filename=")"
                + std::string{file_name} + "\"\r\nContent-Type: text/plain",
              body);
}

std::string file_name_of(std::string_view as_sent) {
  const auto body = file_part(as_sent, "x") + "--xyz--\r\n";
  const auto form = parse_multipart(body, boundary);
  EXPECT_EQ(form.problem, "");
  return form.parts.empty() ? "(none)"
                            : form.parts.front().file_name.value_or("(none)");
}

std::string problem_of(std::string_view body,
                       const multipart_limits& limits = {}) {
  const auto form = parse_multipart(body, boundary, limits);
  EXPECT_TRUE(form.problem.empty() || form.parts.empty());
  return form.problem;
}

TEST(Multipart, GivesFieldsAndFilesInTheirOrder) {
  const auto body
    = part("content-disposition: form-data; name=note", "hello")
      + file_part("a.txt", std::string{"one\r\n--xy\r\n\0two", 15})
      + file_part("", "") + "--xyz--\r\nepilogue";
  const auto form = parse_multipart(body, boundary);
  ASSERT_EQ(form.problem, "");
  ASSERT_EQ(form.parts.size(), 3U);
  EXPECT_EQ(form.parts[0].name, "note");
  EXPECT_FALSE(form.parts[0].file_name);
  EXPECT_EQ(form.parts[0].content_type, "");
  EXPECT_EQ(form.parts[0].body, "hello");
  EXPECT_EQ(form.parts[1].name, "file");
  EXPECT_EQ(form.parts[1].file_name, "a.txt");
  EXPECT_EQ(form.parts[1].content_type, "text/plain");
  EXPECT_EQ(form.parts[1].body, (std::string_view{"one\r\n--xy\r\n\0two", 15}));
  EXPECT_EQ(form.parts[2].file_name, "");
  EXPECT_EQ(form.parts[2].body, "");
}

TEST(Multipart, PassesOverThePreambleAndBlanksOfTransport) {
  const auto form = parse_multipart(
    "to whom it may concern\r\n--xyz \t\r\n"
    "Content-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--xyz--",
    boundary);
  EXPECT_EQ(form.problem, "");
  ASSERT_EQ(form.parts.size(), 1U);
  EXPECT_EQ(form.parts[0].body, "1");
}

TEST(Multipart, ReadsNamesAsEveryClientWritesThem) {
  EXPECT_EQ(file_name_of("a b;c.txt"), "a b;c.txt");
  EXPECT_EQ(file_name_of("say %22hi%22.txt"), "say \"hi\".txt");  // browsers
  EXPECT_EQ(file_name_of(R"(say \"hi\".txt)"), "say \"hi\".txt"); // old curl
  EXPECT_EQ(file_name_of("100%25.txt"), "100%25.txt");
  EXPECT_EQ(file_name_of("C:\\new\\file.txt"), "C:\\new\\file.txt");
  EXPECT_EQ(file_name_of("Grüße.pdf"), "Grüße.pdf");
}

TEST(Multipart, AnEmptyPartMayShareItsLineEndWithTheBoundary) {
  const auto form = parse_multipart(
    "--xyz\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n--xyz--",
    boundary);
  EXPECT_EQ(form.problem, "");
  ASSERT_EQ(form.parts.size(), 1U);
  EXPECT_EQ(form.parts[0].body, "");
}

TEST(Multipart, AFormMayBeEmpty) {
  const auto form = parse_multipart("--xyz--\r\n", boundary);
  EXPECT_EQ(form.problem, "");
  EXPECT_TRUE(form.parts.empty());
}

TEST(Multipart, RefusesWhatIsNoForm) {
  const std::string name = "Content-Disposition: form-data; name=\"a\"";
  EXPECT_NE(problem_of(""), "");
  EXPECT_NE(problem_of("no boundary at all"), "");
  EXPECT_NE(problem_of("--xyz"), "");
  EXPECT_NE(problem_of("--xyzw\r\n" + name + "\r\n\r\nx\r\n--xyz--"), "");
  EXPECT_NE(problem_of("--xyz\r\n" + name), "");
  EXPECT_NE(problem_of("--xyz\r\n" + name + "\r\n\r\ncut o"), "");
  EXPECT_NE(problem_of(part("no header", "x") + "--xyz--"), "");
  EXPECT_NE(problem_of(part("Content-Type: text/plain", "x") + "--xyz--"), "");
  EXPECT_NE(problem_of(part("Content-Disposition: attachment; name=\"a\"", "x")
                       + "--xyz--"),
            "");
  EXPECT_NE(problem_of(part("Content-Disposition: form-data; name=\"a", "x")
                       + "--xyz--"),
            "");
  EXPECT_NE(problem_of(part(name + "\r\n" + name, "x") + "--xyz--"), "");
  EXPECT_NE(
    problem_of(part(name + "\r\nContent-Transfer-Encoding: base64", "eA==")
               + "--xyz--"),
    "");
}

TEST(Multipart, HoldsItsLimits) {
  std::string many;
  for (int i = 0; i < 3; ++i)
    many += part("Content-Disposition: form-data; name=\"a\"", "x");
  many += "--xyz--";
  multipart_limits limits;
  limits.parts_max = 3;
  EXPECT_EQ(problem_of(many, limits), "");
  limits.parts_max = 2;
  EXPECT_NE(problem_of(many, limits), "");
  const auto long_name = file_part(std::string(2'000, 'a'), "x") + "--xyz--";
  EXPECT_NE(problem_of(long_name), "");
  const auto long_header
    = part("Content-Disposition: form-data; name=\"a\"\r\nX: "
             + std::string(5'000, 'a'),
           "x")
      + "--xyz--";
  EXPECT_NE(problem_of(long_header), "");
}

TEST(Multipart, TheBoundaryStandsInTheContentType) {
  EXPECT_EQ(multipart_boundary("multipart/form-data; boundary=abc"), "abc");
  EXPECT_EQ(multipart_boundary("Multipart/Form-Data;Boundary=\"a b\""), "a b");
  EXPECT_EQ(multipart_boundary(
              "multipart/form-data; charset=utf-8; boundary=----WebKit7x"),
            "----WebKit7x");
  EXPECT_FALSE(multipart_boundary("multipart/form-data"));
  EXPECT_FALSE(multipart_boundary("multipart/form-data; boundary="));
  EXPECT_FALSE(multipart_boundary("multipart/mixed; boundary=abc"));
  EXPECT_FALSE(multipart_boundary("application/json"));
  EXPECT_FALSE(multipart_boundary(""));
  EXPECT_FALSE(multipart_boundary("multipart/form-data; boundary="
                                  + std::string(71, 'a')));
  EXPECT_FALSE(multipart_boundary("multipart/form-data; boundary=a\"b"));
}

} // namespace
} // namespace switchboard::api
