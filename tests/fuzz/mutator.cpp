#include "tests/fuzz/mutator.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace switchboard::fuzz {

namespace {

constexpr std::size_t changes_max = 6;
constexpr std::size_t insertion_max = 16;
constexpr std::size_t copies_max = 64;

/// Bytes at the borders of what parsers tell apart.
constexpr std::array<unsigned char, 20> telling_bytes{
  0x00, 0x01, 0x09, 0x0A, 0x0D, 0x1F, 0x20, 0x22, 0x25, 0x2F,
  0x5C, 0x7B, 0x7D, 0x7F, 0x80, 0xBF, 0xC0, 0xED, 0xF4, 0xFF};

} // namespace

mutator::mutator(std::vector<std::string> corpus,
                 std::vector<std::string> words, std::uint64_t seed,
                 std::size_t size_max)
  : corpus_{std::move(corpus)},
    words_{std::move(words)},
    random_{seed},
    size_max_{size_max} {}

std::size_t mutator::below(std::size_t end) {
  return end == 0 ? 0 : static_cast<std::size_t>(random_() % end);
}

std::string mutator::next() {
  auto out = corpus_[below(corpus_.size())];
  const auto count = 1 + below(changes_max);
  for (std::size_t i = 0; i < count; ++i)
    change(out);
  if (out.size() > size_max_)
    out.resize(size_max_);
  return out;
}

void mutator::change(std::string& input) {
  switch (random_() % 8) {
    case 0: flip_bit(input); break;
    case 1: put_byte(input); break;
    case 2: {
      std::string bytes(1 + below(insertion_max), '\0');
      for (auto& byte : bytes)
        byte = static_cast<char>(random_());
      insert(input, bytes);
      break;
    }
    case 3: erase(input); break;
    case 4: repeat(input); break;
    case 5: splice(input); break;
    default:
      if (words_.empty())
        flip_bit(input);
      else
        insert(input, words_[below(words_.size())]);
  }
}

void mutator::flip_bit(std::string& input) {
  if (input.empty())
    return;
  auto& byte = input[below(input.size())];
  byte = static_cast<char>(static_cast<unsigned char>(byte)
                           ^ (1U << (random_() % 8)));
}

void mutator::put_byte(std::string& input) {
  if (!input.empty())
    input[below(input.size())]
      = static_cast<char>(telling_bytes[below(telling_bytes.size())]);
}

void mutator::insert(std::string& input, std::string_view what) {
  const auto at = below(input.size() + 1);
  // Half of the time over what stands there.
  if (random_() % 2 == 0)
    input.erase(at, what.size());
  input.insert(at, what);
}

void mutator::erase(std::string& input) {
  const auto at = below(input.size());
  input.erase(at, 1 + below(input.size() - at));
}

void mutator::repeat(std::string& input) {
  const auto at = below(input.size());
  const auto piece = input.substr(at, 1 + below(input.size() - at));
  std::string all;
  for (auto i = 1 + below(copies_max); i > 0 && all.size() < size_max_; --i)
    all += piece;
  input.insert(at, all);
}

void mutator::splice(std::string& input) {
  const auto& other = corpus_[below(corpus_.size())];
  input.resize(below(input.size() + 1));
  input += other.substr(below(other.size() + 1));
}

std::vector<std::string> parse_dictionary(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const auto begin = line.find('"');
    const auto end = line.rfind('"');
    if (line.starts_with('#') || begin == end)
      continue;
    std::string word;
    for (auto i = begin + 1; i < end; ++i) {
      if (line[i] != '\\') {
        word.push_back(line[i]);
      } else if (line[i + 1] == 'x') {
        unsigned code = 0;
        std::from_chars(line.data() + i + 2, line.data() + i + 4, code, 16);
        word.push_back(static_cast<char>(code));
        i += 3;
      } else {
        word.push_back(line[++i]);
      }
    }
    out.push_back(std::move(word));
  }
  return out;
}

} // namespace switchboard::fuzz
