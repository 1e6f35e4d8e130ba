#include "persistence/rocks_store.hpp"

#include "persistence/keys.hpp"
#include "persistence/message_marks.hpp"
#include "persistence/rocks_tuning.hpp"
#include "persistence/ticket_queue.hpp"
#include "persistence/wal_inspection.hpp"

#include <rocksdb/utilities/checkpoint.h>

#include <algorithm>
#include <array>

namespace switchboard::persistence {

namespace {

namespace fs = std::filesystem;
using domain::errc;
using domain::fail;

/// What this code writes; a store that is older is brought up to it.
///
///   1  the first
///   2  the queue has rows of its own, sorted by how long its tickets wait;
///      messages are found by the names that WhatsApp has for them
constexpr std::uint64_t schema_version = 2;
constexpr std::uint64_t queue_version = 2;
constexpr std::uint64_t marks_version = 2;
/// Rows that are written together while an old store is brought up to date.
constexpr std::size_t upgrade_rows_max = 4'096;

rocksdb::Slice slice(std::string_view text) {
  return {text.data(), text.size()};
}

std::string_view view(const rocksdb::Slice& text) {
  return {text.data(), text.size()};
}

auto refuse(const fs::path& folder, const std::string& why,
            std::string_view advice) {
  return fail(errc::storage_unavailable, "the journal in " + folder.string()
                                           + " " + why + "; "
                                           + std::string{advice});
}

constexpr std::string_view restore_advice
  = "nothing was changed: restore a backup into an empty data folder "
    "(switchboard restore DIR)";

/// Whether `folder` holds no store yet. Files without their CURRENT are the
/// remains of one, and a new store must not be laid over them.
domain::result<bool> is_fresh(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error)
    return fail(
      errc::storage_unavailable,
      "cannot make the folder " + folder.string() + ": " + error.message());
  if (fs::exists(folder / "CURRENT", error))
    return false;
  for (fs::directory_iterator it{folder, error}, end; !error && it != end;
       it.increment(error)) {
    const auto name = it->path().filename().string();
    if (name.starts_with("MANIFEST") || name.ends_with(".sst")
        || name.ends_with(".log"))
      return refuse(folder, "is damaged (the file CURRENT is missing)",
                    restore_advice);
  }
  if (error)
    return fail(
      errc::storage_unavailable,
      "cannot read the folder " + folder.string() + ": " + error.message());
  return true;
}

/// A newer version may have added families, which RocksDB would trip over.
domain::result<void> check_families(const rocksdb::DBOptions& options,
                                    const fs::path& folder) {
  std::vector<std::string> names;
  const auto status
    = rocksdb::DB::ListColumnFamilies(options, folder.string(), &names);
  if (!status.ok())
    return refuse(folder, "cannot be read (" + status.ToString() + ")",
                  restore_advice);
  for (const auto& name : names) {
    bool known = false;
    for (std::size_t i = 0; i < family_count; ++i)
      known = known || name == to_string(static_cast<family>(i));
    if (!known)
      return refuse(folder,
                    "was written by a newer version (it has \"" + name + "\")",
                    "start that version or a later one");
  }
  return domain::result<void>{boost::outcome_v2::success()};
}

domain::result<wal_report> check_wals(rocksdb::DBOptions& options,
                                      const fs::path& folder) {
  wal_report report = inspect_wals(folder);
  if (report.state == wal_state::damaged)
    return refuse(folder,
                  "is damaged (" + report.file + " after byte "
                    + std::to_string(report.good_bytes) + ")",
                  restore_advice);
  if (report.state == wal_state::torn_tail)
    options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  return report;
}

bool is_locked(const rocksdb::Status& status) {
  const std::string text = status.ToString();
  return status.IsIOError()
         && (text.find("LOCK") != std::string::npos
             || text.find("lock ") != std::string::npos);
}

} // namespace

domain::result<std::unique_ptr<rocks_store>>
rocks_store::open(const rocks_journal_options& options,
                  const rocks_journal_hooks& hooks) {
  const fs::path folder = journal_folder(options.path);
  SWITCHBOARD_TRY(const bool fresh, is_fresh(folder));
  auto db_options = database_options(options, hooks);
  db_options.create_if_missing = fresh;
  wal_report wals;
  if (!fresh) {
    SWITCHBOARD_TRY(check_families(db_options, folder));
    SWITCHBOARD_TRY(auto report, check_wals(db_options, folder));
    wals = std::move(report);
  }
  std::unique_ptr<rocks_store> store{new rocks_store{hooks.fatal}};
  rocksdb::DB* db = nullptr;
  const auto status = rocksdb::DB::Open(db_options, folder.string(),
                                        family_descriptors(options, hooks),
                                        &store->handles_, &db);
  if (!status.ok()) {
    if (is_locked(status))
      return refuse(folder, "is in use by another process",
                    "stop that one first");
    return refuse(folder, "cannot be opened (" + status.ToString() + ")",
                  restore_advice);
  }
  store->db_.reset(db);
  if (wals.state == wal_state::torn_tail && hooks.log)
    hooks.log(log_level::warning,
              "a torn record at the end of " + wals.file
                + " was cut off: " + std::to_string(wals.bad_bytes)
                + " bytes after byte " + std::to_string(wals.good_bytes)
                + ", which no one had been promised");
  SWITCHBOARD_TRY(const auto version, store->check_schema(fresh));
  if (version < schema_version) {
    SWITCHBOARD_TRY(store->upgrade(version));
    if (hooks.log)
      hooks.log(log_level::info, "the store was brought from schema version "
                                   + std::to_string(version) + " to "
                                   + std::to_string(schema_version));
  }
  return store;
}

rocks_store::~rocks_store() {
  if (!db_)
    return;
  for (auto* handle : handles_)
    db_->DestroyColumnFamilyHandle(handle);
  db_->Close().PermitUncheckedError();
}

domain::result<std::uint64_t> rocks_store::check_schema(bool fresh) {
  std::string value;
  if (!get(family::meta, keys::schema_version, value)) {
    if (!fresh)
      return refuse(db_->GetName(), "does not say its schema version",
                    restore_advice);
    SWITCHBOARD_TRY(set_schema());
    return schema_version;
  }
  const std::uint64_t found = keys::read_u64(value);
  if (found == 0 || found > schema_version)
    return refuse(db_->GetName(),
                  "has schema version " + std::to_string(found)
                    + ", and this program knows versions up to "
                    + std::to_string(schema_version),
                  "start a newer version of the program");
  return found;
}

domain::result<void> rocks_store::write_rows(rocksdb::WriteBatch& batch,
                                             bool sync) {
  const auto status = write(batch, sync);
  if (!status.ok())
    return refuse(db_->GetName(),
                  "cannot be written (" + status.ToString() + ")",
                  "see to the disk");
  batch.Clear();
  return boost::outcome_v2::success();
}

domain::result<void> rocks_store::set_schema() {
  rocksdb::WriteBatch batch;
  batch.Put(handle(family::meta), slice(keys::schema_version),
            keys::u64(schema_version));
  return write_rows(batch, true);
}

domain::result<void> rocks_store::upgrade(std::uint64_t from) {
  // The version comes last: until then all of it is done again.
  rocksdb::WriteBatch batch;
  std::optional<domain::error> failure;
  const auto put = [&](row_change&& row) {
    batch.Put(handle(row.where), slice(row.key), slice(*row.value));
    if (static_cast<std::size_t>(batch.Count()) < upgrade_rows_max || failure)
      return;
    if (auto written = write_rows(batch, false); !written)
      failure = std::move(written.error());
  };
  if (from < queue_version)
    complete_queue(*this, put);
  if (from < marks_version)
    complete_marks(*this, put);
  if (!failure)
    if (auto written = write_rows(batch, false); !written)
      failure = std::move(written.error());
  if (failure)
    return fail(failure->code, std::move(failure->detail));
  return set_schema();
}

void rocks_store::check_read(const rocksdb::Status& status,
                             family where) const {
  if (!status.ok() && !status.IsNotFound())
    fatal_("the store cannot read its family " + std::string{to_string(where)}
           + ": " + status.ToString() + "; restore a backup");
}

bool rocks_store::get(family where, std::string_view key,
                      std::string& value) const {
  rocksdb::PinnableSlice found;
  const auto status
    = db_->Get(rocksdb::ReadOptions{}, handle(where), slice(key), &found);
  if (status.ok()) {
    value.assign(found.data(), found.size());
    return true;
  }
  check_read(status, where);
  return false;
}

void rocks_store::scan(
  family where, std::string_view from, std::string_view to,
  const std::function<bool(std::string_view, std::string_view)>& visit) const {
  rocksdb::ReadOptions options;
  const rocksdb::Slice upper = slice(to);
  if (!to.empty())
    options.iterate_upper_bound = &upper;
  const std::unique_ptr<rocksdb::Iterator> it{
    db_->NewIterator(options, handle(where))};
  for (it->Seek(slice(from)); it->Valid(); it->Next())
    if (!visit(view(it->key()), view(it->value())))
      break;
  check_read(it->status(), where);
}

void rocks_store::scan_back(
  family where, std::string_view from, std::string_view to,
  const std::function<bool(std::string_view, std::string_view)>& visit) const {
  rocksdb::ReadOptions options;
  const rocksdb::Slice lower = slice(from);
  const rocksdb::Slice upper = slice(to);
  if (!from.empty())
    options.iterate_lower_bound = &lower;
  if (!to.empty())
    options.iterate_upper_bound = &upper;
  const std::unique_ptr<rocksdb::Iterator> it{
    db_->NewIterator(options, handle(where))};
  for (it->SeekToLast(); it->Valid(); it->Prev())
    if (!visit(view(it->key()), view(it->value())))
      break;
  check_read(it->status(), where);
}

rocksdb::Status rocks_store::write(rocksdb::WriteBatch& batch, bool sync) {
  rocksdb::WriteOptions options;
  options.sync = sync;
  return db_->Write(options, &batch);
}

domain::result<void> rocks_store::checkpoint(const fs::path& folder) const {
  rocksdb::Checkpoint* made = nullptr;
  auto status = rocksdb::Checkpoint::Create(db_.get(), &made);
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint{made};
  if (status.ok())
    status = checkpoint->CreateCheckpoint(folder.string());
  if (!status.ok())
    return fail(
      errc::storage_unavailable,
      "cannot make a copy in " + folder.string() + ": " + status.ToString());
  return boost::outcome_v2::success();
}

std::optional<std::string> rocks_store::check_files() const {
  const auto status = db_->VerifyChecksum();
  return status.ok() ? std::nullopt : std::optional{status.ToString()};
}

std::vector<std::pair<std::string, double>> rocks_store::figures() const {
  static constexpr std::array<std::pair<const char*, const char*>, 8> totals{{
    {"memtable_bytes", "rocksdb.cur-size-all-mem-tables"},
    {"table_readers_bytes", "rocksdb.estimate-table-readers-mem"},
    {"sst_bytes", "rocksdb.total-sst-files-size"},
    {"pending_compaction_bytes", "rocksdb.estimate-pending-compaction-bytes"},
    {"running_flushes", "rocksdb.num-running-flushes"},
    {"running_compactions", "rocksdb.num-running-compactions"},
    {"level0_files", "rocksdb.num-files-at-level0"},
    {"live_keys", "rocksdb.estimate-num-keys"},
  }};
  static constexpr std::array<std::pair<const char*, const char*>, 3> shared{{
    {"block_cache_bytes", "rocksdb.block-cache-usage"},
    {"delayed_write_rate", "rocksdb.actual-delayed-write-rate"},
    {"write_stopped", "rocksdb.is-write-stopped"},
  }};
  std::vector<std::pair<std::string, double>> out;
  const auto one = [&](family f, const char* property) {
    std::string text;
    if (!db_->GetProperty(handle(f), property, &text))
      return 0.0;
    return std::strtod(text.c_str(), nullptr);
  };
  for (const auto& [name, property] : totals) {
    double sum = 0;
    for (std::size_t i = 0; i < family_count; ++i)
      sum += one(static_cast<family>(i), property);
    out.emplace_back(name, sum);
  }
  for (const auto& [name, property] : shared)
    out.emplace_back(name, one(family::meta, property));
  return out;
}

// -- rocks_batch --------------------------------------------------------------

namespace {

constexpr std::size_t batch_header_size = 12;
constexpr std::size_t batch_count_at = 8;
constexpr char removal_record = 4;
constexpr char value_record = 5;

void append_varint(std::string& out, std::uint32_t value) {
  while (value >= 0x80U) {
    out.push_back(static_cast<char>(value | 0x80U));
    value >>= 7U;
  }
  out.push_back(static_cast<char>(value));
}

void append_sized(std::string& out, std::string_view text) {
  append_varint(out, static_cast<std::uint32_t>(text.size()));
  out.append(text);
}

} // namespace

rocks_batch::rocks_batch(const rocks_store& store) {
  for (std::size_t i = 0; i < family_count; ++i)
    ids_[i] = store.handle(static_cast<family>(i))->GetID();
}

void rocks_batch::put(family where, std::string_view key,
                      std::string_view value) {
  auto& out = records_[static_cast<std::size_t>(where)];
  out.push_back(value_record);
  append_varint(out, ids_[static_cast<std::size_t>(where)]);
  append_sized(out, key);
  const std::size_t key_end = out.size();
  append_sized(out, value);
  ++count_;
  if (row_cache::keeps(where))
    touched_.push_back({where, false, key_end - key.size(), key.size(),
                        out.size() - value.size(), value.size()});
}

void rocks_batch::remove(family where, std::string_view key) {
  auto& out = records_[static_cast<std::size_t>(where)];
  out.push_back(removal_record);
  append_varint(out, ids_[static_cast<std::size_t>(where)]);
  append_sized(out, key);
  ++count_;
  if (row_cache::keeps(where))
    touched_.push_back(
      {where, true, out.size() - key.size(), key.size(), out.size(), 0});
}

void rocks_batch::show(row_cache& cache) const {
  for (const auto& row : touched_) {
    const std::string_view bytes{records_[static_cast<std::size_t>(row.where)]};
    const auto key = bytes.substr(row.key_at, row.key_size);
    const auto name = row_cache::name_of(row.where, key);
    if (row.removed)
      cache.forget(name);
    else
      cache.update(name, key, bytes.substr(row.value_at, row.value_size));
  }
}

std::size_t rocks_batch::bytes() const noexcept {
  std::size_t sum = batch_header_size;
  for (const auto& records : records_)
    sum += records.size();
  return sum;
}

rocksdb::WriteBatch rocks_batch::take() {
  std::string out;
  out.reserve(bytes());
  out.resize(batch_header_size);
  for (std::size_t i = 0; i < sizeof(count_); ++i)
    out[batch_count_at + i] = static_cast<char>(count_ >> (8U * i));
  for (const auto& records : records_)
    out.append(records);
  return rocksdb::WriteBatch{std::move(out)};
}

void rocks_batch::clear() {
  for (auto& records : records_)
    records.clear();
  touched_.clear();
  count_ = 0;
}

} // namespace switchboard::persistence
