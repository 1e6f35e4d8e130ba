#include "api/errors.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace switchboard::api {
namespace {

using domain::errc;

bool tells_when_to_come_back(const net::response& answer) {
  return std::ranges::any_of(answer.headers, [](const auto& header) {
    return header.first == "Retry-After";
  });
}

TEST(Errors, HaveOneShape) {
  const auto answer = error_response(conflict, "so it \"is\"");
  EXPECT_EQ(answer.status, 409U);
  EXPECT_EQ(answer.body, R"({"ok":false,"error":{"code":"conflict",)"
                         R"("message":"so it \"is\"","details":[]}})");
}

TEST(Errors, NameEveryWrongField) {
  const std::vector<channels::json::field_problem> problems{
    {"subject", "is required"}, {"priority", "must be low"}};
  const auto answer = invalid_response(problems);
  EXPECT_EQ(answer.status, 400U);
  EXPECT_EQ(answer.body,
            R"({"ok":false,"error":{"code":"validation_failed","message":)"
            R"("the request is not valid","details":[)"
            R"({"field":"subject","message":"is required"},)"
            R"({"field":"priority","message":"must be low"}]}})");
}

TEST(Errors, SayWhatIsWrongWithTheBodyAsAWhole) {
  const channels::json::field_problem problem{"", "is not valid JSON"};
  const auto answer = invalid_response({&problem, 1});
  EXPECT_NE(answer.body.find("\"the body is not valid JSON\""),
            std::string::npos);
}

TEST(Errors, MapEveryReasonToItsStatus) {
  struct row {
    errc code;
    unsigned status;
    const char* word;
  };
  const std::vector<row> rows{
    {errc::unknown_ticket, 404, "not_found"},
    {errc::already_exists, 409, "conflict"},
    {errc::already_assigned, 409, "conflict"},
    {errc::duplicate, 409, "conflict"},
    {errc::conversation_over, 409, "conflict"},
    {errc::illegal_transition, 422, "illegal_transition"},
    {errc::not_allowed, 403, "forbidden"},
    {errc::invalid, 400, "validation_failed"},
    {errc::overloaded, 503, "overloaded"},
    {errc::storage_unavailable, 503, "storage_unavailable"},
    {errc::outcome_unknown, 503, "outcome_unknown"},
  };
  for (const auto& row : rows) {
    const auto answer = refused_response({row.code, "why"});
    EXPECT_EQ(answer.status, row.status) << row.word;
    EXPECT_NE(answer.body.find(std::string{"\""} + row.word + "\""),
              std::string::npos)
      << answer.body;
    EXPECT_EQ(tells_when_to_come_back(answer), row.status == 503) << row.word;
  }
}

} // namespace
} // namespace switchboard::api
