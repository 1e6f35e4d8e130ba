#include "bench/text_list.hpp"

#include <fstream>
#include <stdexcept>

namespace switchboard::bench {

void text_list::append(std::string_view text) {
  bytes_.append(text);
  ends_.push_back(bytes_.size());
}

std::string_view text_list::operator[](std::size_t i) const noexcept {
  auto start = i == 0 ? 0 : ends_[i - 1];
  return std::string_view{bytes_}.substr(start, ends_[i] - start);
}

void text_list::save(const std::string& path) const {
  std::ofstream out{path, std::ios::binary | std::ios::trunc};
  for (std::size_t i = 0; i < size(); ++i)
    out << (*this)[i] << '\n';
  out.flush();
  if (!out)
    throw std::runtime_error{"cannot write " + path};
}

text_list text_list::load(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  if (!in)
    throw std::runtime_error{"cannot read " + path};
  text_list result;
  for (std::string line; std::getline(in, line);)
    if (!line.empty())
      result.append(line);
  return result;
}

} // namespace switchboard::bench
