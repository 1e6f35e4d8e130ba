#pragma once

#include "domain/result.hpp"
#include "persistence/rocks_journal.hpp"

#include <filesystem>

namespace switchboard::persistence {

/// Copies a journal, which may be in use, into `folder`/journal, and when
/// `secrets` is not empty that folder into `folder`/secrets. Refuses a folder
/// that exists and is not empty. What was acknowledged before the call is in
/// it, all of it synced to the disk. A backup that was interrupted has no
/// `journal` folder and cannot be restored by mistake.
///
/// The files of `attachments`, when it is not empty and exists, go into
/// `folder`/attachments: as hard links where the file system allows it, since
/// they never change. They are taken after the journal, so that every file that
/// it knows is there.
[[nodiscard]] domain::result<void>
backup(const rocks_journal& from, const std::filesystem::path& folder,
       const std::filesystem::path& secrets = {},
       const std::filesystem::path& attachments = {});

/// Copies a backup into the data folder `data`, which must be missing or empty.
/// The copy is synced and gets its name last, so that what was interrupted is
/// not taken for a journal.
[[nodiscard]] domain::result<void> restore(const std::filesystem::path& folder,
                                           const std::filesystem::path& data);

} // namespace switchboard::persistence
