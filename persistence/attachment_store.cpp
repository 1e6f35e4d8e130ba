#include "persistence/attachment_store.hpp"

#include "domain/media_type.hpp"
#include "persistence/attachment_files.hpp"
#include "persistence/media_sniffer.hpp"
#include "persistence/records.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

namespace switchboard::persistence {

namespace fs = std::filesystem;
using kind = file_problem::kind;

// -- the workers --------------------------------------------------------------

/// A bounded queue of jobs, and the threads that do them.
class attachment_store::impl {
public:
  explicit impl(attachment_store_options options)
    : options_{std::move(options)}, files_{options_} {}

  domain::result<void> start() {
    SWITCHBOARD_TRY(files_.prepare());
    for (std::size_t i = 0; i < options_.threads; ++i)
      threads_.emplace_back([this] { work(); });
    return boost::outcome_v2::success();
  }

  void write(new_file&& file, write_handler&& done) {
    if (file.bytes.size() > options_.file_bytes_max) {
      done(file_problem{kind::too_large, "the file is too large"});
      return;
    }
    const auto size = file.bytes.size();
    add({[this, file = std::move(file), done](media_sniffer* sniffer) {
           done(sniffer != nullptr ? put(file, *sniffer) : closed());
         },
         size},
        done);
  }

  void read(std::string&& sha256, file_range range, read_handler&& done) {
    add({[this, sha256 = std::move(sha256), range,
          done](const media_sniffer* sniffer) {
           done(sniffer != nullptr ? files_.read(sha256, range) : closed());
         },
         0},
        done);
  }

  [[nodiscard]] bool has(std::string_view sha256) const {
    std::error_code ignored;
    return fs::exists(options_.folder / attachment_path(sha256), ignored);
  }

  attachment_files& files() noexcept {
    return files_;
  }

  void close() {
    std::deque<job> left;
    {
      const std::lock_guard lock{mutex_};
      if (closing_)
        return;
      closing_ = true;
      left.swap(jobs_);
      bytes_ = 0;
    }
    news_.notify_all();
    for (auto& one : threads_)
      one.join();
    for (auto& one : left)
      one.run(nullptr);
  }

private:
  /// `run` gets no sniffer when it is too late to do anything.
  struct job {
    std::function<void(media_sniffer*)> run;
    std::size_t size = 0;
  };

  static file_problem closed() {
    return {kind::closed, "the server is shutting down"};
  }

  template <class Done>
  void add(job&& what, const Done& done) {
    std::optional<file_problem> refusal;
    {
      const std::lock_guard lock{mutex_};
      if (closing_)
        refusal = closed();
      else if (jobs_.size() >= options_.waiting_max
               || bytes_ + what.size > options_.waiting_bytes_max)
        refusal
          = file_problem{kind::overloaded, "too many files are on their way"};
      else {
        bytes_ += what.size;
        jobs_.push_back(std::move(what));
      }
    }
    if (refusal)
      done(std::move(*refusal));
    else
      news_.notify_one();
  }

  void work() {
    media_sniffer sniffer;
    std::unique_lock lock{mutex_};
    for (;;) {
      news_.wait(lock, [this] { return closing_ || !jobs_.empty(); });
      if (closing_)
        return;
      auto next = std::move(jobs_.front());
      jobs_.pop_front();
      lock.unlock();
      next.run(&sniffer);
      // Its bytes are freed before they are given to others.
      next.run = nullptr;
      lock.lock();
      bytes_ -= std::min(bytes_, next.size);
    }
  }

  std::variant<stored_file, file_problem> put(const new_file& file,
                                              const media_sniffer& sniffer) {
    auto type = domain::settled_media_type(sniffer.sniff(file.bytes),
                                           file.declared_type);
    if (domain::is_program(type, file.name))
      return file_problem{kind::program, "programs are not taken"};
    auto written = files_.write(file.bytes);
    if (auto* const problem = std::get_if<file_problem>(&written))
      return std::move(*problem);
    return stored_file{std::get<std::string>(std::move(written)),
                       std::move(type), file.bytes.size()};
  }

  const attachment_store_options options_;
  attachment_files files_;
  std::mutex mutex_; ///< guards what follows
  std::condition_variable news_;
  std::deque<job> jobs_;
  std::size_t bytes_ = 0; ///< of what waits or is being done
  bool closing_ = false;
  std::vector<std::thread> threads_;
};

// -- the store ----------------------------------------------------------------

attachment_store::attachment_store(std::unique_ptr<impl> inside)
  : impl_{std::move(inside)} {}

attachment_store::~attachment_store() {
  close();
}

domain::result<std::unique_ptr<attachment_store>>
attachment_store::open(attachment_store_options options) {
  auto inside = std::make_unique<impl>(std::move(options));
  SWITCHBOARD_TRY(inside->start());
  return std::unique_ptr<attachment_store>{
    new attachment_store{std::move(inside)}};
}

void attachment_store::write(new_file file, write_handler done) {
  impl_->write(std::move(file), std::move(done));
}

void attachment_store::read(std::string sha256, file_range range,
                            read_handler done) {
  impl_->read(std::move(sha256), range, std::move(done));
}

bool attachment_store::has(std::string_view sha256) const {
  return impl_->has(sha256);
}

std::size_t attachment_store::sweep(
  const std::function<bool(const std::string& sha256)>& is_needed,
  std::chrono::seconds min_age) {
  return impl_->files().sweep(is_needed, min_age);
}

void attachment_store::close() {
  impl_->close();
}

fs::path attachments_folder(const fs::path& data) {
  return data / "attachments";
}

missing_files find_missing_files(const row_reader& rows, const fs::path& folder,
                                 std::size_t max) {
  constexpr std::size_t page = 1'000;
  missing_files out;
  const record_views records{rows};
  std::optional<domain::attachment_id> after;
  for (;;) {
    const auto some = records.attachments(after, page);
    for (const auto& one : some) {
      ++out.looked_at;
      if (one.state != domain::attachment_state::ready)
        continue;
      std::error_code error;
      const auto size
        = fs::file_size(folder / attachment_path(one.sha256), error);
      if (!error && size == one.size)
        continue;
      ++out.count;
      if (out.problems.size() < max)
        out.problems.push_back(
          "attachment " + to_string(one.id.value)
          + (error ? ": its file is missing" : ": its file has another size"));
    }
    if (some.size() < page)
      return out;
    after = some.back().id;
  }
}

} // namespace switchboard::persistence
