#pragma once

#include <memory>
#include <string>
#include <string_view>

struct magic_set;

namespace switchboard::persistence {

/// Tells what bytes look like, by libmagic's rules. It holds a few megabytes of
/// them, shared with the system's other users. One thread at a time; each
/// worker has its own.
class media_sniffer {
public:
  /// Without rules (the package is broken) everything looks like bytes.
  media_sniffer();
  media_sniffer(const media_sniffer&) = delete;
  media_sniffer& operator=(const media_sniffer&) = delete;
  ~media_sniffer();

  /// A type like `image/png`; `application/octet-stream` when nothing fits.
  [[nodiscard]] std::string sniff(std::string_view bytes) const;

  /// Why there are no rules; empty: there are.
  [[nodiscard]] const std::string& problem() const noexcept {
    return problem_;
  }

private:
  struct closer {
    void operator()(magic_set* rules) const noexcept;
  };

  std::unique_ptr<magic_set, closer> rules_;
  std::string problem_;
};

} // namespace switchboard::persistence
