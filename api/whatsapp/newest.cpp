#include "api/whatsapp/newest.hpp"

#include <algorithm>

namespace switchboard::api::whatsapp {

bool newest::is_late(const std::string& what, domain::timestamp sent_at) const {
  const auto found = known_.find(what);
  return sent_at != domain::timestamp{} && found != known_.end()
         && sent_at < found->second;
}

void newest::note(const std::string& what, domain::timestamp sent_at) {
  if (sent_at == domain::timestamp{})
    return;
  const auto [place, is_new] = known_.try_emplace(what, sent_at);
  place->second = std::max(place->second, sent_at);
  if (!is_new)
    return;
  order_.push_back(what);
  if (order_.size() > size_max_) {
    known_.erase(order_.front());
    order_.pop_front();
  }
}

} // namespace switchboard::api::whatsapp
