#include "app/whatsapp_place.hpp"

namespace switchboard::app {

namespace whatsapp = channels::whatsapp;

std::optional<whatsapp_place> whatsapp_line_of(const domain::session& who,
                                               std::string_view external_id) {
  const auto via = whatsapp::provider_of(external_id);
  const auto name = whatsapp::parse_external_id(external_id);
  const domain::chat_line* best = nullptr;
  int best_fit = -1;
  for (const auto& line : who.lines) {
    if (!whatsapp::parse_provider(line.provider))
      continue;
    const bool same_provider = via && to_string(*via) == line.provider;
    const bool same_account = name && name->account == line.account;
    const int fit = same_provider ? (same_account ? 2 : 1) : 0;
    if (fit >= best_fit) {
      best = &line;
      best_fit = fit;
    }
  }
  if (best == nullptr)
    return std::nullopt;
  return whatsapp_place{*whatsapp::parse_provider(best->provider),
                        best->account, best->address};
}

} // namespace switchboard::app
