#include "persistence/backup.hpp"

#include "persistence/attachment_store.hpp"

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

/// Gives each finished file below `from` a second name below `to`, or copies it
/// where it cannot have one. What is removed meanwhile is left out.
done link_files(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::create_directory(to, error);
  if (!error)
    fs::permissions(to, fs::perms::owner_all, error);
  if (error)
    return cannot("make the folder", to, error);
  for (fs::recursive_directory_iterator it{from, error}, end;
       !error && it != end; it.increment(error)) {
    const auto place = fs::relative(it->path(), from, error);
    if (error || place.begin()->string() == unfinished_attachments) {
      it.disable_recursion_pending();
      continue;
    }
    std::error_code problem;
    if (it->is_directory(problem)) {
      fs::create_directory(to / place, problem);
    } else {
      fs::create_hard_link(it->path(), to / place, problem);
      if (problem && problem != std::errc::no_such_file_or_directory)
        fs::copy_file(it->path(), to / place, problem);
    }
    if (problem && problem != std::errc::no_such_file_or_directory)
      return cannot("copy", it->path(), problem);
  }
  if (error)
    return cannot("read", from, error);
  return boost::outcome_v2::success();
}

} // namespace

done backup(const rocks_journal& from, const fs::path& folder,
            const fs::path& secrets, const fs::path& attachments) {
  SWITCHBOARD_TRY(make_empty(folder));
  // The secrets first: the journal's folder is what makes it a backup.
  if (!secrets.empty()) {
    SWITCHBOARD_TRY(copy_complete(secrets, folder / "secrets"));
  }
  auto part = journal_folder(folder);
  part += ".part";
  SWITCHBOARD_TRY(from.checkpoint(part));
  std::error_code error;
  if (!attachments.empty() && fs::exists(attachments, error)) {
    SWITCHBOARD_TRY(link_files(attachments, attachments_folder(folder)));
  }
  SWITCHBOARD_TRY(sync_tree(folder));
  fs::rename(part, journal_folder(folder), error);
  if (error)
    return cannot("name", journal_folder(folder), error);
  SWITCHBOARD_TRY(sync(folder));
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
  if (fs::exists(attachments_folder(folder), error)) {
    SWITCHBOARD_TRY(
      copy_complete(attachments_folder(folder), attachments_folder(data)));
  }
  SWITCHBOARD_TRY(copy_complete(journal_folder(folder), journal_folder(data)));
  return sync(fs::absolute(data).parent_path());
}

} // namespace switchboard::persistence
