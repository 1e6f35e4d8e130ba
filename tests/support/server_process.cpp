#include "tests/support/server_process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace switchboard::support {

namespace {

constexpr std::size_t log_size_max = 67'108'864;
constexpr std::size_t tail_size = 4'096;
constexpr std::string_view listening_mark = "listening on http";
constexpr int signal_exit_base = 128;

[[noreturn]] void throw_errno(const char* what) {
  throw std::system_error{errno, std::generic_category(), what};
}

/// The names by which deployments set Switchboard besides `SWITCHBOARD_…`.
bool is_ours(std::string_view name) {
  constexpr std::array<std::string_view, 9> others{
    "BASE_URL",    "N8N_TICKET_CREATED_WEBHOOK", "N8N_SHARED_SECRET",
    "AGENT_PHONE", "RAILWAY_INBOUND_SECRET",     "TELEGRAM_BOT_TOKEN",
    "JWT_SECRET",  "SUPPORT_GROUP_CHAT_ID",      "PORT"};
  for (const auto& other : others) {
    if (name == other)
      return true;
  }
  return name.starts_with("SWITCHBOARD_");
}

std::vector<std::string>
make_environment(const std::map<std::string, std::string>& ours) {
  std::vector<std::string> out;
  for (auto** i = ::environ; *i != nullptr; ++i) {
    const std::string_view entry{*i};
    if (!is_ours(entry.substr(0, entry.find('='))))
      out.emplace_back(entry);
  }
  for (const auto& [name, value] : ours)
    out.emplace_back(name).append("=").append(value);
  return out;
}

std::vector<char*> pointers_to(std::vector<std::string>& from) {
  std::vector<char*> out;
  out.reserve(from.size() + 1);
  for (auto& one : from)
    out.push_back(one.data());
  out.push_back(nullptr);
  return out;
}

/// The port in `… listening on http://127.0.0.1:8080`, or 0.
std::uint16_t read_port(std::string_view line) {
  if (line.find(listening_mark) == std::string_view::npos)
    return 0;
  const auto colon = line.rfind(':');
  if (colon == std::string_view::npos)
    return 0;
  std::uint16_t out = 0;
  const auto digits = line.substr(colon + 1);
  std::from_chars(digits.data(), digits.data() + digits.size(), out);
  return out;
}

bool wait_pid(pid_t pid, std::chrono::milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  // glibc 2.36 declares its own wrapper in a way that C++ cannot link.
  const auto handle = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  if (handle < 0)
    throw_errno("pidfd_open");
  int got = 0;
  do {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(
      deadline - std::chrono::steady_clock::now());
    pollfd one{handle, POLLIN, 0};
    got = ::poll(&one, 1, std::max(0, static_cast<int>(left.count())));
  } while (got < 0 && errno == EINTR);
  ::close(handle);
  return got > 0;
}

} // namespace

temporary_folder::temporary_folder() {
  auto pattern
    = (std::filesystem::temp_directory_path() / "switchboard-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr)
    throw_errno("no temporary folder");
  path_ = pattern;
}

temporary_folder::~temporary_folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

server_process::server_process(server_process_options options)
  : options_{std::move(options)} {
  if (options_.binary.empty())
    options_.binary
      = std::filesystem::path{SWITCHBOARD_BINARY_DIR} / "switchboard";
  data_ = options_.data.empty() ? folder_.path() / "data" : options_.data;
}

server_process::~server_process() {
  kill();
}

void server_process::start() {
  spawn();
  if (wait_until_listening())
    return;
  const auto ended = wait_pid(pid_, std::chrono::milliseconds{0});
  kill();
  throw std::runtime_error{
    (ended ? "the server ended instead of listening; its log ends in:\n"
           : "the server did not listen in time; its log ends in:\n")
    + log_tail()};
}

int server_process::run_to_end(std::chrono::milliseconds timeout) {
  spawn();
  const auto code = wait_for_end(timeout);
  if (code)
    return *code;
  kill();
  throw std::runtime_error{"the server did not end in time; its log ends in:\n"
                           + log_tail()};
}

void server_process::spawn() {
  if (is_running())
    throw std::logic_error{"the server is running already"};
  auto settings = options_.environment;
  settings.try_emplace("SWITCHBOARD_HTTP_HOST", "127.0.0.1");
  settings.try_emplace("SWITCHBOARD_HTTP_PORT", "0");
  settings.try_emplace("SWITCHBOARD_STORAGE_PATH", data_.string());
  auto environment = make_environment(settings);
  auto arguments = options_.arguments;
  arguments.insert(arguments.begin(), options_.binary.string());
  const auto environment_raw = pointers_to(environment);
  const auto arguments_raw = pointers_to(arguments);
  // Of its own, so that no configuration file lies there by chance.
  const auto folder = folder_.path().string();
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    throw_errno("pipe");
  const auto parent = ::getpid();
  pid_ = ::fork();
  if (pid_ < 0)
    throw_errno("fork");
  if (pid_ == 0) {
    // Only calls that are safe between fork and exec.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent || ::chdir(folder.c_str()) != 0
        || ::dup2(ends[1], STDOUT_FILENO) < 0
        || ::dup2(ends[1], STDERR_FILENO) < 0)
      ::_exit(signal_exit_base - 1);
    // Nothing else is inherited: a simulator's port would stay open in the
    // child after the simulator was stopped.
    ::close_range(STDERR_FILENO + 1, ~0U, 0);
    ::execve(arguments_raw[0], arguments_raw.data(), environment_raw.data());
    ::_exit(signal_exit_base - 1);
  }
  ::close(ends[1]);
  {
    const std::lock_guard lock{mutex_};
    line_.clear();
    heard_port_ = 0;
    output_ended_ = false;
  }
  reader_ = std::thread{[this, from = ends[0]] { read_output(from); }};
}

void server_process::read_output(int descriptor) {
  std::array<char, 4096> chunk{};
  for (;;) {
    const auto got = ::read(descriptor, chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR)
      continue;
    const std::lock_guard lock{mutex_};
    if (got <= 0) {
      output_ended_ = true;
      changed_.notify_all();
      break;
    }
    const std::string_view text{chunk.data(), static_cast<std::size_t>(got)};
    if (log_.size() > log_size_max)
      log_.erase(0, log_size_max / 2);
    log_.append(text);
    line_.append(text);
    for (auto end = line_.find('\n'); end != std::string::npos;
         end = line_.find('\n')) {
      if (heard_port_ == 0)
        heard_port_ = read_port(std::string_view{line_}.substr(0, end));
      line_.erase(0, end + 1);
    }
    changed_.notify_all();
  }
  ::close(descriptor);
}

bool server_process::wait_until_listening() {
  std::unique_lock lock{mutex_};
  changed_.wait_for(lock, options_.start_timeout,
                    [this] { return heard_port_ != 0 || output_ended_; });
  port_ = heard_port_;
  return port_ != 0;
}

std::optional<int>
server_process::wait_for_end(std::chrono::milliseconds timeout) {
  if (!is_running() || !wait_pid(pid_, timeout))
    return std::nullopt;
  return reap();
}

int server_process::reap() {
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  join_reader();
  return WIFEXITED(status) ? WEXITSTATUS(status)
                           : signal_exit_base + WTERMSIG(status);
}

void server_process::join_reader() {
  if (reader_.joinable())
    reader_.join();
}

std::optional<int>
server_process::terminate(std::chrono::milliseconds timeout) {
  if (!is_running())
    return std::nullopt;
  ::kill(pid_, SIGTERM);
  const auto code = wait_for_end(timeout);
  kill();
  return code;
}

void server_process::kill() {
  if (!is_running())
    return;
  ::kill(pid_, SIGKILL);
  reap();
}

std::string server_process::url() const {
  return "http://127.0.0.1:" + std::to_string(port_);
}

std::string server_process::log() const {
  const std::lock_guard lock{mutex_};
  return log_;
}

std::string server_process::log_tail() const {
  const auto all = log();
  return all.size() > tail_size ? all.substr(all.size() - tail_size) : all;
}

bool server_process::wait_for_log(std::string_view text,
                                  std::chrono::milliseconds timeout) {
  std::unique_lock lock{mutex_};
  return changed_.wait_for(
    lock, timeout, [&] { return log_.find(text) != std::string::npos; });
}

} // namespace switchboard::support
