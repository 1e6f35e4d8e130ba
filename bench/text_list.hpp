#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::bench {

/// Many short texts in one piece of memory: a million ticket refs take 25 MB
/// instead of 64, and can be kept in a file between two runs. Not thread-safe.
class text_list {
public:
  void append(std::string_view text);

  [[nodiscard]] std::size_t size() const noexcept {
    return ends_.size();
  }
  /// Valid until the next `append`.
  [[nodiscard]] std::string_view operator[](std::size_t i) const noexcept;

  /// One text to a line. Both throw std::runtime_error when the file cannot be
  /// read or written.
  void save(const std::string& path) const;
  static text_list load(const std::string& path);

private:
  std::string bytes_;
  std::vector<std::size_t> ends_;
};

} // namespace switchboard::bench
