// The body of POST /api/ticket/inbound.
#include "tests/fuzz/website_checks.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace switchboard;
  using namespace switchboard::fuzz;
  auto result = channels::web::decode_inbound(to_text(data, size));
  if (!result.value) {
    require_problems(result.problems);
    return 0;
  }
  require(result.problems.empty(), "either a value or problems");
  const auto& in = *result.value;
  require(!in.ticket_ref.empty()
            && domain::normalize_ticket_ref(in.ticket_ref) == in.ticket_ref,
          "the reference is normal");
  require_text(in.message, domain::body_length_max, "message");
  require(!in.message.empty() || !in.media_url.empty(), "there is content");
  require_phone(in.from, "from");
  require_text(in.external_id, domain::external_id_size_max, "externalId");
  require_one_line(in.external_id, "externalId");
  require_text(in.media_url, domain::media_url_size_max, "mediaUrl");
  require(in.media_url.empty() || in.media_url.starts_with("http://")
            || in.media_url.starts_with("https://"),
          "mediaUrl is a web address");
  require_one_line(in.media_url, "mediaUrl");
  return 0;
}
