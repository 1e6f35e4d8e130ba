// Runs a fuzz target without libFuzzer: over files first, then over random
// changes of them. What broke the target is kept in a file, and the target runs
// it again when it is named as the only file with `--seconds 0`.
#include "tests/fuzz/fuzz_check.hpp"
#include "tests/fuzz/mutator.hpp"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <string>

#include <fcntl.h>
#include <unistd.h>

namespace switchboard::fuzz {
namespace {

namespace fs = std::filesystem;
using clock = std::chrono::steady_clock;

struct options {
  std::uint64_t seed = 0;
  std::uint64_t runs_max = std::numeric_limits<std::uint64_t>::max();
  std::chrono::seconds time{3};
  std::size_t size_max = std::size_t{16} * 1024;
  std::vector<std::string> words;
  std::vector<std::string> corpus;
};

/// For the signal handler, so plain and global.
const std::string* current_input = nullptr;
constexpr const char* crash_file = "fuzz-crash.bin";

void keep_input(int signal) {
  const auto file = ::open(crash_file, O_CREAT | O_TRUNC | O_WRONLY, 0600);
  if (file >= 0 && current_input != nullptr) {
    constexpr std::string_view said = "fuzz: the input is in fuzz-crash.bin\n";
    const auto kept
      = ::write(file, current_input->data(), current_input->size());
    if (kept >= 0 && ::write(STDERR_FILENO, said.data(), said.size()) < 0)
      ::_exit(1);
    ::close(file);
  }
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

std::string read_file(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  if (!in)
    throw std::runtime_error{"cannot read " + file.string()};
  std::ostringstream out;
  out << in.rdbuf();
  return std::move(out).str();
}

void add_files(const fs::path& from, std::vector<std::string>& corpus) {
  if (!fs::is_directory(from)) {
    corpus.push_back(read_file(from));
    return;
  }
  for (const auto& entry : fs::directory_iterator{from})
    if (entry.is_regular_file())
      corpus.push_back(read_file(entry.path()));
}

options read_arguments(int count, char** arguments) {
  options out;
  out.seed = std::random_device{}();
  for (int i = 1; i < count; ++i) {
    const std::string name = arguments[i];
    if (!name.starts_with("--")) {
      add_files(name, out.corpus);
      continue;
    }
    if (i + 1 == count)
      throw std::runtime_error{name + " needs a value"};
    const std::string value = arguments[++i];
    if (name == "--seed")
      out.seed = std::stoull(value);
    else if (name == "--runs")
      out.runs_max = std::stoull(value);
    else if (name == "--seconds")
      out.time = std::chrono::seconds{std::stoul(value)};
    else if (name == "--size-max")
      out.size_max = std::stoull(value);
    else if (name == "--dictionary")
      out.words = parse_dictionary(read_file(value));
    else
      throw std::runtime_error{"unknown option " + name};
  }
  out.corpus.emplace_back(); // nothing at all is an input too
  return out;
}

void run(const std::string& input) {
  current_input = &input;
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()),
                         input.size());
  current_input = nullptr;
}

int drive(options o) {
  for (const auto signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL})
    std::signal(signal, keep_input);
  std::printf("fuzz: --seed %llu, %zu inputs, %zu words\n",
              static_cast<unsigned long long>(o.seed), o.corpus.size(),
              o.words.size());
  std::fflush(stdout);
  for (const auto& input : o.corpus)
    run(input);
  mutator inputs{std::move(o.corpus), std::move(o.words), o.seed, o.size_max};
  const auto end = clock::now() + o.time;
  std::uint64_t runs = 0;
  for (; runs < o.runs_max && clock::now() < end; ++runs)
    run(inputs.next());
  std::printf("fuzz: %llu random inputs\n",
              static_cast<unsigned long long>(runs));
  return 0;
}

} // namespace
} // namespace switchboard::fuzz

// The sanitizers are to abort, so that the input is kept.
extern "C" const char* __asan_default_options() { // NOLINT
  return "abort_on_error=1:handle_abort=0:handle_segv=0";
}
extern "C" const char* __ubsan_default_options() { // NOLINT
  return "abort_on_error=1:print_stacktrace=1";
}

int main(int count, char** arguments) {
  try {
    return switchboard::fuzz::drive(
      switchboard::fuzz::read_arguments(count, arguments));
  } catch (const std::exception& e) {
    std::fprintf(stderr, "fuzz: %s\n", e.what());
    return 1;
  }
}
