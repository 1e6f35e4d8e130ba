// Goal: keep the architecture visible in the tree. Method: read every include
// of the layers' sources and compare it with the tables below, which are the
// one place that says who may know whom and which library stays in which room.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace fs = std::filesystem;
using names = std::set<std::string, std::less<>>;

constexpr std::size_t lines_max = 500;

const std::map<std::string, names, std::less<>> may_include{
  {"domain", {}},
  {"metrics", {}},
  {"persistence", {"domain", "metrics"}},
  {"channels", {"domain", "metrics"}},
  {"actors", {"domain", "metrics", "persistence", "channels"}},
  {"net", {"metrics"}},
  {"api", {"domain", "metrics", "persistence", "channels", "actors", "net"}},
  {"config",
   {"domain", "metrics", "persistence", "channels", "actors", "net", "api"}},
  {"app",
   {"domain", "metrics", "persistence", "channels", "actors", "net", "api",
    "config"}},
};

/// A library's headers and the layers that may see them.
struct library {
  std::string_view prefix;
  names layers;
};

const std::vector<library> libraries{
  {"rocksdb/", {"persistence"}},
  {"caf/", {"actors", "net", "api", "app"}},
  {"boost/beast/", {"net", "api", "app"}},
  // The API waits in coroutines, but sockets are the net's.
  {"boost/asio/", {"net", "api", "app"}},
  {"boost/asio/ip/", {"net", "app"}},
  {"boost/asio/ssl", {"net", "app"}},
  {"prometheus/", {"metrics"}},
  {"toml++/", {"config"}},
};

/// Headers that bring in half a library.
const names too_large{"caf/all.hpp", "boost/beast.hpp", "boost/asio.hpp",
                      "bits/stdc++.h"};

/// What would let I/O, clocks, chance or threads into the rules.
const names impure{"thread",     "mutex",  "shared_mutex", "condition_variable",
                   "future",     "atomic", "fstream",      "iostream",
                   "filesystem", "random", "simdjson.h",   "stop_token"};
const std::vector<std::string_view> impure_prefixes{"spdlog/", "fmt/",
                                                    "google/", "sodium"};

bool is_impure(std::string_view header) {
  return impure.contains(header)
         || std::ranges::any_of(impure_prefixes, [header](auto prefix) {
              return header.starts_with(prefix);
            });
}

/// The header of `#include <...>` or `#include "..."`, and which of the two.
struct inclusion {
  std::string header;
  bool quoted = false;
};

inclusion parse_include(std::string_view line) {
  const auto skip_blanks = [&line] {
    const auto first = line.find_first_not_of(" \t");
    line.remove_prefix(std::min(first, line.size()));
  };
  skip_blanks();
  if (!line.starts_with('#'))
    return {};
  line.remove_prefix(1);
  skip_blanks();
  if (!line.starts_with("include"))
    return {};
  line.remove_prefix(7);
  skip_blanks();
  if (line.empty() || (line.front() != '"' && line.front() != '<'))
    return {};
  const bool quoted = line.front() == '"';
  line.remove_prefix(1);
  return {std::string{line.substr(0, line.find(quoted ? '"' : '>'))}, quoted};
}

std::string judge_ours(const std::string& layer, const std::string& header) {
  const auto slash = header.find('/');
  const auto folder = header.substr(0, slash);
  // Generated code of the layer itself needs no folder in front.
  if (slash == std::string::npos)
    return header.ends_with(".pb.h") ? "" : "needs its folder in front";
  if (folder == layer || may_include.at(layer).contains(folder))
    return {};
  return may_include.contains(folder) ? layer + " may not know " + folder
                                      : "is no layer of the project";
}

std::string judge_library(const std::string& layer, const std::string& header) {
  for (const auto& [prefix, layers] : libraries)
    if (header.starts_with(prefix) && !layers.contains(layer))
      return layer + " may not see " + std::string{prefix};
  return {};
}

/// Why `layer` must not have this line, or empty.
std::string judge_line(const std::string& layer, std::string_view line) {
  const auto [header, quoted] = parse_include(line);
  if (header.empty())
    return {};
  if (too_large.contains(header))
    return "brings in half a library";
  if (layer == "domain" && is_impure(header))
    return "has no place among the rules";
  const bool is_ours = may_include.contains(header.substr(0, header.find('/')));
  if (quoted || is_ours)
    return judge_ours(layer, header);
  return judge_library(layer, header);
}

/// Everything that is wrong with a file, as `line N: ...`.
std::vector<std::string> judge_file(const std::string& layer,
                                    const std::string& name,
                                    const std::string& text) {
  std::vector<std::string> wrong;
  std::istringstream in{text};
  std::size_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    const auto why = judge_line(layer, line);
    if (!why.empty())
      wrong.emplace_back("line " + std::to_string(number))
        .append(": ")
        .append(line)
        .append(": ")
        .append(why);
  }
  if (name.ends_with(".hpp") && !text.starts_with("#pragma once\n"))
    wrong.emplace_back("a header starts with #pragma once");
  if (number > lines_max)
    wrong.push_back("has " + std::to_string(number) + " lines; a concept is "
                    "missing");
  return wrong;
}

bool is_source(const fs::path& file) {
  return file.extension() == ".hpp" || file.extension() == ".cpp";
}

std::string read(const fs::path& file) {
  std::ifstream in{file};
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

TEST(Tidy, TheTreeObeys) {
  for (const auto& [layer, below] : may_include) {
    std::size_t count = 0;
    const auto root = fs::path{SWITCHBOARD_SOURCE_DIR} / layer;
    for (const auto& file : fs::recursive_directory_iterator{root}) {
      if (!is_source(file))
        continue;
      ++count;
      for (const auto& wrong :
           judge_file(layer, file.path().string(), read(file)))
        ADD_FAILURE() << file.path().string() << ": " << wrong;
    }
    EXPECT_GT(count, 0U) << layer << " has no sources";
  }
}

TEST(Tidy, ToolsAndTestsStayShortToo) {
  for (const auto* folder : {"bench", "tests"})
    for (const auto& file : fs::recursive_directory_iterator{
           fs::path{SWITCHBOARD_SOURCE_DIR} / folder}) {
      if (!is_source(file))
        continue;
      const auto text = read(file);
      EXPECT_LE(std::ranges::count(text, '\n'), lines_max) << file.path();
      if (file.path().extension() == ".hpp") {
        EXPECT_TRUE(text.starts_with("#pragma once\n")) << file.path();
      }
    }
}

TEST(Tidy, TheTableHasNoCircles) {
  for (const auto& [layer, below] : may_include)
    for (const auto& other : below)
      EXPECT_FALSE(may_include.at(other).contains(layer))
        << layer << " and " << other << " know each other";
}

TEST(Tidy, TheTableReachesNothingByDetour) {
  // Who knows a layer may also know what stands below it, so that types can
  // pass through; config and app know everything anyway.
  for (const auto& [layer, below] : may_include)
    for (const auto& other : below)
      for (const auto& deeper : may_include.at(other))
        EXPECT_TRUE(below.contains(deeper))
          << layer << " gets " << deeper << " by way of " << other;
}

TEST(Tidy, ThePlantedViolationsAreFound) {
  struct row {
    const char* layer;
    const char* line;
  };
  const std::vector<row> rows{
    {"domain", "#include \"actors/ticket.hpp\""},
    {"domain", "#include \"metrics/registry.hpp\""},
    {"domain", "#include <mutex>"},
    {"domain", "#include <random>"},
    {"domain", "#include <spdlog/spdlog.h>"},
    {"domain", "#include <simdjson.h>"},
    {"domain", "#include <boost/asio/awaitable.hpp>"},
    {"metrics", "#include \"domain/ids.hpp\""},
    {"persistence", "#include \"actors/ticket.hpp\""},
    {"persistence", "#include \"config/config.hpp\""},
    {"channels", "#include \"net/message.hpp\""},
    {"channels", "#include \"persistence/journal.hpp\""},
    {"channels", "#include <boost/beast/http.hpp>"},
    {"actors", "#include \"api/server.hpp\""},
    {"actors", "#include \"net/message.hpp\""},
    {"actors", "#include <rocksdb/db.h>"},
    {"actors", "#include <boost/asio/io_context.hpp>"},
    {"net", "#include \"domain/ticket.hpp\""},
    {"net", "#include \"actors/messages.hpp\""},
    {"api", "#include \"config/config.hpp\""},
    {"api", "#include <boost/asio/ip/tcp.hpp>"},
    {"api", "#include <boost/asio/ssl.hpp>"},
    {"api", "#include <rocksdb/db.h>"},
    {"config", "#include \"app/main.hpp\""},
    {"app", "#include \"bench/load.hpp\""},
    {"app", "#include \"tests/support/world.hpp\""},
    {"app", "#include <caf/all.hpp>"},
    {"net", "#include <boost/beast.hpp>"},
    {"net", "#include <boost/asio.hpp>"},
    {"net", "#include \"server.hpp\""},
    {"net", "  #  include  \"domain/ticket.hpp\" // why"},
    {"net", "#include <domain/ticket.hpp>"},
    {"net", "#include <prometheus/counter.h>"},
  };
  for (const auto& r : rows)
    EXPECT_NE(judge_line(r.layer, r.line), "") << r.layer << ": " << r.line;
}

TEST(Tidy, TheRightIncludesPass) {
  struct row {
    const char* layer;
    const char* line;
  };
  const std::vector<row> rows{
    {"domain", "#include \"domain/time.hpp\""},
    {"domain", "#include <chrono>"},
    {"domain", "#include <boost/outcome/result.hpp>"},
    {"persistence", "#include \"domain/ids.hpp\""},
    {"persistence", "#include <rocksdb/db.h>"},
    {"persistence", "#include \"journal.pb.h\""},
    {"actors", "#include \"persistence/journal.hpp\""},
    {"actors", "#include <caf/actor_system.hpp>"},
    {"net", "#include <boost/asio/io_context.hpp>"},
    {"net", "#include <caf/actor_companion.hpp>"},
    {"api", "#include <boost/asio/awaitable.hpp>"},
    {"api", "#include \"actors/messages.hpp\""},
    {"config", "#include \"net/server.hpp\""},
    {"app", "#include \"config/loader.hpp\""},
    {"domain", "// #include \"actors/ticket.hpp\" would be wrong"},
    {"domain", "const char* text = \"#include <mutex>\";"},
  };
  for (const auto& r : rows)
    EXPECT_EQ(judge_line(r.layer, r.line), "") << r.layer << ": " << r.line;
}

TEST(Tidy, FilesAreJudgedAsAWhole) {
  const std::string good = "#pragma once\n\n#include <string>\n";
  EXPECT_TRUE(judge_file("domain", "a.hpp", good).empty());
  EXPECT_TRUE(judge_file("domain", "a.cpp", "#include <string>\n").empty());
  EXPECT_EQ(judge_file("domain", "a.hpp", "// late\n" + good).size(), 1U);
  EXPECT_EQ(judge_file("domain", "a.hpp", good + "#include <mutex>\n"),
            std::vector<std::string>{
              "line 4: #include <mutex>: has no place among the rules"});
  EXPECT_TRUE(judge_file("domain", "a.cpp", std::string(500, '\n')).empty());
  EXPECT_EQ(judge_file("domain", "a.cpp", std::string(501, '\n')).size(), 1U);
}

} // namespace
