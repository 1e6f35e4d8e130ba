#pragma once

#include "metrics/registry.hpp"
#include "metrics/word_table.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::metrics {

/// Hears what comes in from WhatsApp, what goes out, and how the providers
/// fare. Thread-safe and without locks.
class whatsapp_probe {
public:
  /// `results` are what may come of what comes in, `outcomes` of what goes out.
  whatsapp_probe(registry& all, const std::vector<std::string>& providers,
                 const std::vector<std::string>& results,
                 const std::vector<std::string>& outcomes);

  void taken(std::string_view provider, std::string_view result);
  void sent(std::string_view provider, std::string_view outcome);
  /// Free text was refused, or would have been, after the 24 hours.
  void window_was_closed(std::string_view provider);
  void used_template(std::string_view provider);
  /// `provider` sent what another one could not.
  void stood_in(std::string_view provider);
  void up(std::string_view provider, bool is_up);

private:
  struct series {
    word_table<prometheus::Counter*> messages;
    word_table<prometheus::Counter*> sends;
    prometheus::Counter* closed_windows;
    prometheus::Counter* templates;
    prometheus::Counter* fallbacks;
    prometheus::Gauge* up;
  };

  series* find(std::string_view provider);

  std::map<std::string, series, std::less<>> all_; ///< others are passed over
};

} // namespace switchboard::metrics
