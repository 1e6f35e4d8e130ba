// Telegram's updates and answers: any bytes give an update with clean text and
// spans on character borders, and its text can be split and sent again.
#include "channels/telegram/answer.hpp"
#include "channels/telegram/command.hpp"
#include "channels/telegram/methods.hpp"
#include "channels/telegram/update_codec.hpp"
#include "channels/telegram/utf16.hpp"
#include "domain/text.hpp"
#include "tests/fuzz/fuzz_check.hpp"

#include <simdjson.h>

namespace {

using namespace switchboard::channels::telegram;
using switchboard::domain::is_clean_utf8;
using switchboard::fuzz::require;

constexpr std::size_t text_size_max = 4 * 32'768;

void require_text(const styled_text& text) {
  require(text.text.size() <= text_size_max, "the size of a text");
  require(is_clean_utf8(text.text), "a text is clean");
  require(text.spans.size() <= 200, "the number of spans");
  const std::string_view all = text.text;
  for (const auto& span : text.spans) {
    require(span.length > 0 && span.offset + span.length <= all.size(),
            "a span lies within its text");
    require(is_clean_utf8(all.substr(span.offset, span.length)),
            "a span lies on borders of characters");
    require(is_clean_utf8(span.detail), "a span's detail is clean");
  }
}

void require_sendable(const styled_text& text) {
  static simdjson::dom::parser parser;
  require(is_clean_utf8(to_html(text)), "the HTML is clean");
  for (auto& part : split(text, text_units_max)) {
    require_text(part);
    const method call
      = send_message{{chat_id{1}, {}, {}, false, false}, part, {}, false};
    require(find_fault(call).empty(), "a part can be sent");
    require(parser.parse(encode(call).body).error() == simdjson::SUCCESS,
            "a method's body is JSON");
  }
}

void require_message(const message& read) {
  require_text(read.text);
  require_sendable(read.text);
  require(is_clean_utf8(read.chat.title), "a title is clean");
  if (read.quote)
    require_text(read.quote->text);
  if (read.reply_to)
    require(is_clean_utf8(read.reply_to->excerpt), "an excerpt is clean");
  if (const auto* shown = std::get_if<file>(&read.shows))
    require(!shown->file_id.empty() && is_clean_utf8(shown->name),
            "a file has an id and a clean name");
  if (const auto given = parse_command(read, "bot"))
    require(is_clean_utf8(given->arguments), "arguments are clean");
}

void require_update(const update& read) {
  if (const auto* poison = std::get_if<poison_update>(&read.what))
    require(!poison->reason.empty() && poison->reason.size() < 200,
            "poison has a short reason");
  if (const auto* made = std::get_if<new_message>(&read.what))
    require_message(made->message);
  if (const auto* edited = std::get_if<edited_message>(&read.what))
    require_message(edited->message);
  if (const auto* unknown = std::get_if<unknown_update>(&read.what))
    require(is_clean_utf8(unknown->name) && unknown->name.size() <= 200,
            "an unknown kind has a short name");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const auto text = switchboard::fuzz::to_text(data, size);
  require_update(decode_update(text));
  for (const auto& one : decode_update_batch(text))
    require_update(one.update);

  switchboard::channels::http_answer answer;
  answer.status = 200;
  answer.body = text;
  const auto read = decode_answer(answer);
  require(is_clean_utf8(read.description), "a description is clean");
  static_cast<void>(judge(read));
  static_cast<void>(read_sent(read.result));
  static_cast<void>(read_sent_group(read.result));
  static_cast<void>(read_member(text));
  static_cast<void>(read_file(text));
  if (is_clean_utf8(text))
    require_sendable({std::string{text}});
  require(is_clean_utf8(repair_text(text)), "repaired text is clean");
  return 0;
}
