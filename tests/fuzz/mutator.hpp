#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::fuzz {

/// Makes new inputs of old ones: flips bits, puts bytes and words in, takes
/// pieces out, doubles them, and splices two inputs. The same seed gives the
/// same inputs. Not thread-safe.
class mutator {
public:
  /// `corpus` must not be empty.
  mutator(std::vector<std::string> corpus, std::vector<std::string> words,
          std::uint64_t seed, std::size_t size_max);

  std::string next();

private:
  void change(std::string& input);
  void flip_bit(std::string& input);
  void put_byte(std::string& input);
  void insert(std::string& input, std::string_view what);
  void erase(std::string& input);
  void repeat(std::string& input);
  void splice(std::string& input);
  std::size_t below(std::size_t end);

  std::vector<std::string> corpus_;
  std::vector<std::string> words_;
  std::mt19937_64 random_;
  std::size_t size_max_;
};

/// The words of a dictionary in libFuzzer's form: one `"word"` or `name="word"`
/// a line, with `\\`, `\"` and `\xHH`; `#` begins a comment.
std::vector<std::string> parse_dictionary(std::string_view text);

} // namespace switchboard::fuzz
