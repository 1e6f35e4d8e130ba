#include "channels/whatsapp/greeting.hpp"

#include <algorithm>
#include <array>

namespace switchboard::channels::whatsapp {

namespace {

struct calling_code {
  std::string_view digits;
  std::string_view language;
};

/// By calling code, the official language that most can read; where one code
/// has several countries, the longer entry counts.
constexpr std::array calling_codes{
  calling_code{"1", "en"},    calling_code{"1787", "es"},
  calling_code{"1809", "es"}, calling_code{"1829", "es"},
  calling_code{"1849", "es"}, calling_code{"1939", "es"},
  calling_code{"20", "ar"},   calling_code{"211", "en"},
  calling_code{"212", "ar"},  calling_code{"213", "ar"},
  calling_code{"216", "ar"},  calling_code{"218", "ar"},
  calling_code{"220", "en"},  calling_code{"221", "fr"},
  calling_code{"222", "ar"},  calling_code{"223", "fr"},
  calling_code{"224", "fr"},  calling_code{"225", "fr"},
  calling_code{"226", "fr"},  calling_code{"227", "fr"},
  calling_code{"228", "fr"},  calling_code{"229", "fr"},
  calling_code{"230", "en"},  calling_code{"231", "en"},
  calling_code{"232", "en"},  calling_code{"233", "en"},
  calling_code{"234", "en"},  calling_code{"235", "fr"},
  calling_code{"236", "fr"},  calling_code{"237", "fr"},
  calling_code{"238", "pt"},  calling_code{"239", "pt"},
  calling_code{"240", "es"},  calling_code{"241", "fr"},
  calling_code{"242", "fr"},  calling_code{"243", "fr"},
  calling_code{"244", "pt"},  calling_code{"245", "pt"},
  calling_code{"248", "en"},  calling_code{"249", "ar"},
  calling_code{"250", "rw"},  calling_code{"251", "am"},
  calling_code{"252", "so"},  calling_code{"253", "fr"},
  calling_code{"254", "sw"},  calling_code{"255", "sw"},
  calling_code{"256", "en"},  calling_code{"257", "rn"},
  calling_code{"258", "pt"},  calling_code{"260", "en"},
  calling_code{"261", "mg"},  calling_code{"262", "fr"},
  calling_code{"263", "en"},  calling_code{"264", "en"},
  calling_code{"265", "en"},  calling_code{"266", "en"},
  calling_code{"267", "en"},  calling_code{"268", "en"},
  calling_code{"269", "fr"},  calling_code{"27", "en"},
  calling_code{"30", "el"},   calling_code{"31", "nl"},
  calling_code{"32", "nl"},   calling_code{"33", "fr"},
  calling_code{"34", "es"},   calling_code{"350", "en"},
  calling_code{"351", "pt"},  calling_code{"352", "fr"},
  calling_code{"353", "en"},  calling_code{"354", "is"},
  calling_code{"355", "sq"},  calling_code{"356", "mt"},
  calling_code{"357", "el"},  calling_code{"358", "fi"},
  calling_code{"359", "bg"},  calling_code{"36", "hu"},
  calling_code{"370", "lt"},  calling_code{"371", "lv"},
  calling_code{"372", "et"},  calling_code{"373", "ro"},
  calling_code{"374", "hy"},  calling_code{"375", "ru"},
  calling_code{"376", "ca"},  calling_code{"377", "fr"},
  calling_code{"378", "it"},  calling_code{"380", "uk"},
  calling_code{"381", "sr"},  calling_code{"382", "sr"},
  calling_code{"383", "sq"},  calling_code{"385", "hr"},
  calling_code{"386", "sl"},  calling_code{"387", "bs"},
  calling_code{"389", "mk"},  calling_code{"39", "it"},
  calling_code{"40", "ro"},   calling_code{"41", "de"},
  calling_code{"420", "cs"},  calling_code{"421", "sk"},
  calling_code{"423", "de"},  calling_code{"43", "de"},
  calling_code{"44", "en"},   calling_code{"45", "da"},
  calling_code{"46", "sv"},   calling_code{"47", "no"},
  calling_code{"48", "pl"},   calling_code{"49", "de"},
  calling_code{"500", "en"},  calling_code{"501", "en"},
  calling_code{"502", "es"},  calling_code{"503", "es"},
  calling_code{"504", "es"},  calling_code{"505", "es"},
  calling_code{"506", "es"},  calling_code{"507", "es"},
  calling_code{"509", "fr"},  calling_code{"51", "es"},
  calling_code{"52", "es"},   calling_code{"53", "es"},
  calling_code{"54", "es"},   calling_code{"55", "pt"},
  calling_code{"56", "es"},   calling_code{"57", "es"},
  calling_code{"58", "es"},   calling_code{"590", "fr"},
  calling_code{"591", "es"},  calling_code{"592", "en"},
  calling_code{"593", "es"},  calling_code{"594", "fr"},
  calling_code{"595", "es"},  calling_code{"596", "fr"},
  calling_code{"597", "nl"},  calling_code{"598", "es"},
  calling_code{"599", "nl"},  calling_code{"60", "ms"},
  calling_code{"61", "en"},   calling_code{"62", "id"},
  calling_code{"63", "fil"},  calling_code{"64", "en"},
  calling_code{"65", "en"},   calling_code{"66", "th"},
  calling_code{"670", "pt"},  calling_code{"673", "ms"},
  calling_code{"675", "en"},  calling_code{"679", "en"},
  calling_code{"685", "sm"},  calling_code{"687", "fr"},
  calling_code{"689", "fr"},  calling_code{"7", "ru"},
  calling_code{"81", "ja"},   calling_code{"82", "ko"},
  calling_code{"84", "vi"},   calling_code{"850", "ko"},
  calling_code{"852", "zh"},  calling_code{"853", "zh"},
  calling_code{"855", "km"},  calling_code{"856", "lo"},
  calling_code{"86", "zh"},   calling_code{"880", "bn"},
  calling_code{"886", "zh"},  calling_code{"90", "tr"},
  calling_code{"91", "hi"},   calling_code{"92", "ur"},
  calling_code{"93", "fa"},   calling_code{"94", "si"},
  calling_code{"95", "my"},   calling_code{"960", "dv"},
  calling_code{"961", "ar"},  calling_code{"962", "ar"},
  calling_code{"963", "ar"},  calling_code{"964", "ar"},
  calling_code{"965", "ar"},  calling_code{"966", "ar"},
  calling_code{"967", "ar"},  calling_code{"968", "ar"},
  calling_code{"970", "ar"},  calling_code{"971", "ar"},
  calling_code{"972", "he"},  calling_code{"973", "ar"},
  calling_code{"974", "ar"},  calling_code{"975", "dz"},
  calling_code{"976", "mn"},  calling_code{"977", "ne"},
  calling_code{"98", "fa"},   calling_code{"992", "tg"},
  calling_code{"993", "tk"},  calling_code{"994", "az"},
  calling_code{"995", "ka"},  calling_code{"996", "ky"},
  calling_code{"998", "uz"},
};

static_assert(std::ranges::is_sorted(calling_codes, {}, &calling_code::digits));

constexpr std::size_t code_size_max = 4;

} // namespace

std::string_view language_of(std::string_view phone) noexcept {
  if (phone.starts_with('+'))
    phone.remove_prefix(1);
  for (auto size = std::min(code_size_max, phone.size()); size > 0; --size) {
    const auto digits = phone.substr(0, size);
    const auto at = std::ranges::lower_bound(calling_codes, digits, {},
                                             &calling_code::digits);
    if (at != calling_codes.end() && at->digits == digits)
      return at->language;
  }
  return {};
}

} // namespace switchboard::channels::whatsapp
