// Telephone numbers, e-mail addresses, and the text functions below them.
#include "domain/contact.hpp"
#include "domain/text.hpp"
#include "tests/fuzz/fuzz_check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace switchboard;
  using namespace switchboard::fuzz;
  const auto text = to_text(data, size);
  if (const auto phone = domain::parse_phone(text)) {
    const auto& number = phone.value();
    require(number.size() >= 9 && number.size() <= 16 && number[0] == '+'
              && number[1] != '0',
            "the form of a number");
    const auto again = domain::parse_phone(number);
    require(again && again.value() == number, "normal stays normal");
  } else {
    require(domain::is_clean_utf8(phone.error().detail), "words for people");
  }
  if (const auto email = domain::parse_email(text)) {
    const auto& address = email.value();
    require(address.size() <= domain::email_size_max, "the size of an address");
    require(domain::is_clean_utf8(address), "an address is clean text");
    require(address.find('@') != std::string::npos, "an address has an @");
    const auto again = domain::parse_email(address);
    require(again && again.value() == address, "normal stays normal");
  }
  if (domain::is_clean_utf8(text)) {
    const auto trimmed = domain::trim(text);
    require(domain::is_clean_utf8(trimmed), "trimmed text is clean");
    require(domain::trim(trimmed) == trimmed, "trimmed stays trimmed");
    for (const std::size_t max : {0U, 1U, 7U}) {
      const auto clipped = domain::clip(text, max);
      require(domain::is_clean_utf8(clipped), "clipped text is clean");
      require(domain::count_code_points(clipped) <= max, "clipped is short");
      require(text.starts_with(clipped), "clipped is a beginning");
    }
  }
  return 0;
}
