// The body of POST /api/ticket.
#include "domain/contact.hpp"
#include "tests/fuzz/website_checks.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace switchboard;
  using namespace switchboard::fuzz;
  auto result = channels::web::decode_create(to_text(data, size));
  if (!result.value) {
    require_problems(result.problems);
    return 0;
  }
  require(result.problems.empty(), "either a value or problems");
  const auto& in = *result.value;
  require_text(in.from.name, domain::name_length_max, "name");
  require_one_line(in.from.name, "name");
  require(!in.from.name.empty(), "a name is given");
  require_text(in.subject, domain::subject_length_max, "subject");
  require_one_line(in.subject, "subject");
  require(!in.subject.empty(), "a subject is given");
  require_text(in.message, domain::body_length_max, "message");
  require(!in.message.empty(), "a message is given");
  require(!in.from.phone.empty() || !in.from.email.empty(), "a contact");
  if (!in.from.phone.empty())
    require_phone(in.from.phone, "phone");
  if (!in.from.email.empty()) {
    require(in.from.email.size() <= domain::email_size_max, "e-mail size");
    const auto again = domain::parse_email(in.from.email);
    require(again && again.value() == in.from.email, "e-mail is normal");
  }
  return 0;
}
