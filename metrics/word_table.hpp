#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace switchboard::metrics {

/// The values that a label may have, each with what is counted for it. Built
/// once and then read by all threads without locks; a word that was not
/// announced counts as the last one, so that nothing from outside can make
/// series grow without end. For a handful of words.
template <class Entry>
class word_table {
public:
  /// `make(word)` gives the entry of each of `words` and of `rest`.
  template <class Make>
  word_table(const std::vector<std::string>& words, std::string rest,
             const Make& make) {
    entries_.reserve(words.size() + 1);
    for (const auto& word : words)
      if (find(word) == entries_.size())
        entries_.emplace_back(word, make(word));
    if (find(rest) == entries_.size()) {
      auto entry = make(rest);
      entries_.emplace_back(std::move(rest), std::move(entry));
    }
  }

  Entry& operator[](std::string_view word) noexcept {
    const auto i = find(word);
    return i < entries_.size() ? entries_[i].second : entries_.back().second;
  }

private:
  [[nodiscard]] std::size_t find(std::string_view word) const noexcept {
    std::size_t i = 0;
    while (i < entries_.size() && entries_[i].first != word)
      ++i;
    return i;
  }

  std::vector<std::pair<std::string, Entry>> entries_;
};

} // namespace switchboard::metrics
