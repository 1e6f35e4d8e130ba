// What strangers' files are taken for, and what they are called.
#include "domain/attachment.hpp"
#include "domain/media_type.hpp"
#include "domain/text.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace switchboard::domain {
namespace {

TEST(MediaType, ReadsHeaders) {
  EXPECT_EQ(media_type_of("Image/PNG; q=1"), "image/png");
  EXPECT_EQ(media_type_of(" text/plain "), "text/plain");
  EXPECT_EQ(media_type_of("text"), "");
  EXPECT_EQ(media_type_of("/png"), "");
  EXPECT_EQ(media_type_of("a/b/c"), "");
  EXPECT_EQ(media_type_of("text/<b>"), "");
  EXPECT_EQ(media_type_of("a/" + std::string(200, 'b')), "");
}

TEST(MediaType, BytesWinOverWords) {
  struct row {
    std::string_view sniffed;
    std::string_view declared;
    std::string_view settled;
  };
  const std::vector<row> rows{
    {"image/png", "image/jpeg", "image/png"},
    {"text/html", "image/png", "text/html"},
    {"text/plain", "text/csv; charset=utf-8", "text/csv"},
    {"text/plain", "text/html", "text/plain"},
    {"text/plain", "image/png", "text/plain"},
    {"application/zip", "application/epub+zip", "application/epub+zip"},
    {"application/zip", "image/png", "application/zip"},
    {"application/octet-stream", "application/x-own", "application/x-own"},
    {"application/octet-stream", "image/png", "application/octet-stream"},
    {"application/octet-stream", "", "application/octet-stream"},
    {"", "", "application/octet-stream"},
  };
  for (const auto& one : rows)
    EXPECT_EQ(settled_media_type(one.sniffed, one.declared), one.settled)
      << one.sniffed << " said to be " << one.declared;
}

TEST(MediaType, KnowsPrograms) {
  EXPECT_TRUE(is_program("application/x-dosexec", "photo.jpg"));
  EXPECT_TRUE(is_program("application/x-pie-executable", "a"));
  EXPECT_TRUE(is_program("text/x-shellscript", "a.txt"));
  EXPECT_TRUE(is_program("text/plain", "invoice.pdf.VBS"));
  EXPECT_TRUE(is_program("application/octet-stream", "setup.exe"));
  EXPECT_FALSE(is_program("application/pdf", "exe"));
  EXPECT_FALSE(is_program("text/plain", "error.log"));
  EXPECT_FALSE(is_program("image/png", "a.shell"));
}

TEST(MediaType, ShowsInlineOnlyWhatCarriesNoScript) {
  EXPECT_TRUE(may_show_inline("image/png"));
  EXPECT_TRUE(may_show_inline("application/pdf"));
  EXPECT_FALSE(may_show_inline("image/svg+xml"));
  EXPECT_FALSE(may_show_inline("text/html"));
  EXPECT_FALSE(may_show_inline("application/xml"));
  EXPECT_EQ(known_media_type("image/png"), "image/png");
  EXPECT_EQ(known_media_type("text/csv"), "text/csv");
  EXPECT_EQ(known_media_type("text/html"), unknown_media_type);
}

TEST(FileName, IsCleaned) {
  struct row {
    std::string_view given;
    std::string_view clean;
  };
  const std::vector<row> rows{
    {"photo.jpg", "photo.jpg"},
    {"Grüße aus Wien.pdf", "Grüße aus Wien.pdf"},
    {R"(C:\Users\x\a.txt)", "a.txt"},
    {"../../etc/passwd", "passwd"},
    {"..", "file"},
    {".hidden", "hidden"},
    {"  ", "file"},
    {"", "file"},
    {"a\r\nb\x7f.txt", "ab.txt"},
    {"exe\xE2\x80\xAEgpj.scr", "exegpj.scr"},
    {"a\xFF\xC3.txt", "a__.txt"},
    {"\xEF\xBB\xBF"
     "a.txt",
     "a.txt"},
  };
  for (const auto& one : rows)
    EXPECT_EQ(clean_file_name(one.given), one.clean);
}

TEST(FileName, KeepsItsEndingWhenItIsCut) {
  const auto cut = clean_file_name(std::string(500, 'a') + ".jpeg");
  EXPECT_EQ(cut.size(), attachment_name_length_max);
  EXPECT_TRUE(cut.ends_with("a.jpeg"));
  const auto plain = clean_file_name(std::string(500, 'a'));
  EXPECT_EQ(plain.size(), attachment_name_length_max);
  std::string wide;
  for (int i = 0; i < 300; ++i)
    wide += "ü";
  EXPECT_EQ(count_code_points(clean_file_name(wide + ".txt")),
            attachment_name_length_max);
}

} // namespace
} // namespace switchboard::domain
