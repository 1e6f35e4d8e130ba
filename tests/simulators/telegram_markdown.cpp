#include "tests/simulators/telegram_refusal.hpp"
#include "tests/simulators/telegram_text.hpp"

#include <array>
#include <string>

namespace switchboard::simulators::telegram {

namespace {

/// What opens an entity, in the order in which it is tried.
struct marker {
  std::string_view sign;
  std::string_view type;
  std::string_view name; ///< in the server's errors
};

constexpr std::array<marker, 8> markers_v2{
  {{"```", "pre", "Pre"},
   {"`", "code", "Code"},
   {"||", "spoiler", "Spoiler"},
   {"__", "underline", "Underline"},
   {"*", "bold", "Bold"},
   {"_", "italic", "Italic"},
   {"~", "strikethrough", "Strikethrough"},
   {"[", "text_link", "TextUrl"}}};

constexpr std::string_view reserved_v2 = "_*[]()~`>#+-=|{}.!";
constexpr std::string_view reserved_v1 = "_*`[";

[[noreturn]] void cannot_parse(const std::string& why) {
  throw mistake("can't parse entities: " + why);
}

/// Goes through the text once, with the entities that are open on a stack.
class markdown_reader {
public:
  markdown_reader(std::string_view text, bool is_v2)
    : text_{text}, is_v2_{is_v2} {}

  formatted_text read() {
    while (at_ < text_.size())
      step();
    if (!open_.empty())
      never_ends(open_.back());
    return out_.take();
  }

private:
  struct opened {
    const marker* what;
    std::size_t from;
    std::size_t at_byte;
  };

  [[nodiscard]] std::string_view rest() const {
    return text_.substr(at_);
  }

  [[noreturn]] void never_ends(const opened& one) const {
    const auto where = " at byte offset " + std::to_string(one.at_byte);
    if (is_v2_)
      cannot_parse("Can't find end of " + std::string{one.what->name}
                   + " entity" + where);
    cannot_parse("Can't find end of the entity starting" + where);
  }

  [[nodiscard]] const marker* marker_here() const {
    for (const auto& one : markers_v2) {
      const auto is_v1 = one.type == "pre" || one.type == "code"
                         || one.type == "bold" || one.type == "italic"
                         || one.type == "text_link";
      if ((is_v2_ || is_v1) && rest().starts_with(one.sign))
        return &one;
    }
    return nullptr;
  }

  void put(std::size_t size) {
    out_.put(rest().substr(0, size));
    at_ += size;
  }

  [[nodiscard]] bool is_in_code() const {
    return !open_.empty()
           && (open_.back().what->type == "code"
               || open_.back().what->type == "pre");
  }

  void step() {
    const auto c = text_[at_];
    const auto ends_link
      = c == ']' && !open_.empty() && open_.back().what->type == "text_link";
    const auto& reserved = is_v2_ ? reserved_v2 : reserved_v1;
    const auto is_reserved
      = ends_link || reserved.find(c) != std::string_view::npos;
    if (c == '\\' && at_ + 1 < text_.size()) {
      at_ += 1;
      put(1);
    } else if (is_in_code()) {
      if (rest().starts_with(open_.back().what->sign))
        close();
      else
        put(1);
    } else if (!is_reserved) {
      put(1);
    } else {
      mark(c);
    }
  }

  void mark(char c) {
    if (c == ']' && !open_.empty() && open_.back().what->type == "text_link")
      return close_link();
    if (is_v2_ && c == '>' && (at_ == 0 || text_[at_ - 1] == '\n')) {
      at_ += 1;
      return;
    }
    const auto* what = marker_here();
    if (what == nullptr)
      cannot_parse("Character '" + std::string{c}
                   + "' is reserved and must be escaped with the preceding "
                     "'\\'");
    if (!open_.empty() && open_.back().what == what)
      return close();
    open_.push_back({what, out_.position(), at_});
    at_ += what->sign.size();
  }

  void close() {
    const auto last = open_.back();
    open_.pop_back();
    at_ += last.what->sign.size();
    out_.entity(last.what->type, last.from);
  }

  void close_link() {
    const auto last = open_.back();
    open_.pop_back();
    at_ += 1;
    if (!rest().starts_with('('))
      return; // a text in brackets and no address: the brackets go
    const auto end = rest().find(')');
    if (end == std::string_view::npos)
      cannot_parse("Can't find end of a URL at byte offset "
                   + std::to_string(at_));
    out_.entity("text_link", last.from, "url", rest().substr(1, end - 1));
    at_ += end + 1;
  }

  std::string_view text_;
  bool is_v2_;
  std::size_t at_ = 0;
  text_builder out_;
  std::vector<opened> open_;
};

} // namespace

formatted_text parse_markdown(std::string_view text, bool is_v2) {
  return markdown_reader{text, is_v2}.read();
}

} // namespace switchboard::simulators::telegram
