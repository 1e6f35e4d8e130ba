#include "persistence/backup.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <system_error>

namespace switchboard::persistence {

namespace {

namespace fs = std::filesystem;
using domain::errc;
using domain::fail;
using done = domain::result<void>;

auto cannot(const char* what, const fs::path& path,
            const std::error_code& error) {
  return fail(errc::storage_unavailable, std::string{"cannot "} + what + " "
                                           + path.string() + ": "
                                           + error.message());
}

done sync(const fs::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool ok = fd >= 0 && ::fsync(fd) == 0;
  const std::error_code error{errno, std::generic_category()};
  if (fd >= 0)
    ::close(fd);
  if (!ok)
    return cannot("sync", path, error);
  return boost::outcome_v2::success();
}

/// Syncs all files and folders below `folder`, and itself.
done sync_tree(const fs::path& folder) {
  std::error_code error;
  for (fs::recursive_directory_iterator it{folder, error}, end;
       !error && it != end; it.increment(error)) {
    SWITCHBOARD_TRY(sync(it->path()));
  }
  if (error)
    return cannot("read", folder, error);
  return sync(folder);
}

/// Makes `folder`, or takes it as it is when it is empty.
done make_empty(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error)
    return cannot("make the folder", folder, error);
  const bool empty = fs::is_empty(folder, error);
  if (error)
    return cannot("read", folder, error);
  if (!empty)
    return fail(errc::already_exists, "the folder " + folder.string()
                                        + " is not empty; nothing was written");
  return boost::outcome_v2::success();
}

/// Copies a folder and syncs the copy; rights go along.
done copy_tree(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::copy(from, to, fs::copy_options::recursive, error);
  if (error)
    return cannot("copy", from, error);
  fs::permissions(to, fs::status(from, error).permissions(), error);
  return sync_tree(to);
}

/// As `copy_tree`, under another name until it is complete.
done copy_complete(const fs::path& from, const fs::path& to) {
  fs::path part = to;
  part += ".part";
  SWITCHBOARD_TRY(copy_tree(from, part));
  std::error_code error;
  fs::rename(part, to, error);
  if (error)
    return cannot("name", to, error);
  return sync(to.parent_path());
}

} // namespace

done backup(const rocks_journal& from, const fs::path& folder,
            const fs::path& secrets) {
  SWITCHBOARD_TRY(make_empty(folder));
  // The secrets first: the journal's folder is what makes it a backup.
  if (!secrets.empty()) {
    SWITCHBOARD_TRY(copy_complete(secrets, folder / "secrets"));
  }
  SWITCHBOARD_TRY(from.checkpoint(journal_folder(folder)));
  SWITCHBOARD_TRY(sync_tree(folder));
  return sync(fs::absolute(folder).parent_path());
}

done restore(const fs::path& folder, const fs::path& data) {
  std::error_code error;
  if (!fs::exists(journal_folder(folder) / "CURRENT", error))
    return fail(errc::invalid, "there is no backup in " + folder.string());
  SWITCHBOARD_TRY(make_empty(data));
  if (fs::exists(folder / "secrets", error)) {
    SWITCHBOARD_TRY(copy_complete(folder / "secrets", data / "secrets"));
  }
  SWITCHBOARD_TRY(copy_complete(journal_folder(folder), journal_folder(data)));
  return sync(fs::absolute(data).parent_path());
}

} // namespace switchboard::persistence
