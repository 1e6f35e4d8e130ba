// Write-ahead logs as crashes and decay leave them.
#include "persistence/wal_inspection.hpp"
#include "tests/fuzz/fuzz_check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace switchboard::persistence;
  using switchboard::fuzz::require;
  const auto bytes = switchboard::fuzz::to_text(data, size);
  const auto report = inspect_wal(bytes);
  require(report.good_bytes <= bytes.size(), "what is good is in the log");
  if (report.state == wal_state::clean)
    return 0;
  require(report.good_bytes + report.bad_bytes == bytes.size(),
          "all bytes are good or bad");
  const auto rest = inspect_wal(bytes.substr(0, report.good_bytes));
  require(rest.state == wal_state::clean, "what is good is whole");
  require(rest.good_bytes == report.good_bytes, "and all of it");
  return 0;
}
