// References as people type them, and ids.
#include "domain/ids.hpp"
#include "tests/fuzz/fuzz_check.hpp"

#include <algorithm>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace switchboard;
  using namespace switchboard::fuzz;
  const auto text = to_text(data, size);
  const auto ref = domain::normalize_ticket_ref(text);
  if (!ref.empty()) {
    constexpr std::size_t prefix = 11; // T-YYYYMMDD-
    require(ref.size() >= prefix + domain::ref_length_min
              && ref.size() <= prefix + domain::ref_length_max,
            "the length of a reference");
    require(ref.starts_with("T-") && ref[10] == '-', "the form of a reference");
    require(std::ranges::all_of(ref,
                                [](char c) {
                                  return (c >= '0' && c <= '9')
                                         || (c >= 'A' && c <= 'Z') || c == '-';
                                }),
            "the characters of a reference");
    require(domain::normalize_ticket_ref(ref) == ref, "normal stays normal");
  }
  if (const auto id = domain::parse_uuid(text))
    require(domain::parse_uuid(domain::to_string(*id)) == id,
            "an id is read as it is written");
  if (const auto id = domain::uuid_from_bytes(text)) {
    require(id->view() == text, "an id is its bytes");
    require(domain::parse_uuid(domain::to_string(*id)) == id,
            "any id can be written");
    require(!domain::ticket_key({*id}).empty(), "any id has a key");
  }
  return 0;
}
