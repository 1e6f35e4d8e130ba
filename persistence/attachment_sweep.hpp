#pragma once

#include "domain/attachment.hpp"
#include "persistence/attachment_store.hpp"
#include "persistence/journal.hpp"
#include "persistence/records.hpp"
#include "persistence/session_views.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace switchboard::persistence {

/// Takes away what visitors have uploaded and never sent: first the records,
/// then the files of which no record knows any more. A message that is being
/// sent may name a young attachment, so only those are looked at that are older
/// than whatever a message may still name.
///
/// The first run looks at all attachments, later ones at those that have come
/// of age since. Not thread-safe; blocks for commits and the disk, so it needs
/// a thread of its own.
class attachment_sweep {
public:
  struct result {
    std::uint64_t removed = 0; ///< records
    std::uint64_t files = 0;   ///< files
    std::uint64_t settled = 0; ///< records that now know their ticket
  };

  attachment_sweep(journal& all, attachment_store& files)
    : journal_{all},
      files_{files},
      records_{all.rows()},
      sessions_{all.rows()} {}

  /// Removes unused ones that were made before `until`.
  result run(domain::timestamp until);

private:
  void look_at(const domain::attachment& file, result& so_far);
  /// The ticket whose message carries it.
  [[nodiscard]] std::optional<domain::ticket_id>
  user_of(const domain::attachment& file) const;
  bool commit_and_wait(changes what);
  [[nodiscard]] std::uint64_t sweep_files();

  journal& journal_;
  attachment_store& files_;
  record_views records_;
  session_views sessions_;
  std::optional<domain::attachment_id> done_; ///< looked at up to here
  bool has_run_ = false;
};

} // namespace switchboard::persistence
