// raw-rocksdb-writer: how many tickets a second RocksDB alone makes durable on
// this machine, by the size of a synced batch. The disk's yardstick.
#include "bench/histogram.hpp"
#include "bench/website_requests.hpp"

#include <CLI/CLI.hpp>

#include <rocksdb/db.h>
#include <rocksdb/options.h>
#include <rocksdb/write_batch.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace switchboard::bench {
namespace {

using clock = std::chrono::steady_clock;

constexpr std::uint64_t body_variants = 1'000;

struct arguments {
  std::string path;
  std::vector<std::size_t> batches{1, 8, 64, 256};
  double seconds = 3;
  std::string json;
};

struct batch_figures {
  std::size_t batch = 0;
  std::uint64_t tickets = 0;
  double per_second = 0;
  histogram commit;
};

void check(const rocksdb::Status& status) {
  if (!status.ok())
    throw std::runtime_error{status.ToString()};
}

std::string big_endian(std::uint64_t value) {
  std::string out(8, '\0');
  for (std::size_t i = 0; i < 8; ++i)
    out[i] = static_cast<char>(value >> (56 - 8 * i));
  return out;
}

/// A database with the families that a new ticket touches.
class store {
public:
  explicit store(const std::string& path) {
    for (std::uint64_t i = 0; i < body_variants; ++i)
      bodies_.push_back(to_json(make_ticket_form(1, i)));
    rocksdb::Options options;
    options.create_if_missing = true;
    options.create_missing_column_families = true;
    // One thread writes: what helps many writers only costs.
    options.allow_concurrent_memtable_write = false;
    options.enable_write_thread_adaptive_yield = false;
    std::vector<rocksdb::ColumnFamilyDescriptor> families;
    for (const auto* name :
         {"default", "events", "entities", "messages", "index", "unique"})
      families.emplace_back(name, rocksdb::ColumnFamilyOptions{});
    rocksdb::DB* opened = nullptr;
    check(rocksdb::DB::Open(options, path, families, &handles_, &opened));
    db_.reset(opened);
  }

  store(const store&) = delete;
  store& operator=(const store&) = delete;

  ~store() {
    for (auto* handle : handles_)
      db_->DestroyColumnFamilyHandle(handle);
  }

  /// Adds the six keys of ticket `number`: event, state, message, two list
  /// entries, the ref.
  void add_ticket(rocksdb::WriteBatch& batch, std::uint64_t number) {
    const auto& body = bodies_[number % bodies_.size()];
    auto order = big_endian(number);
    auto id = order + big_endian(number * 0x9E3779B97F4A7C15U);
    auto ref = "T-20250101-" + id.substr(8);
    check(batch.Put(handles_[1], order, body + id));
    check(batch.Put(handles_[2], 't' + id, body + ref));
    check(batch.Put(handles_[3], id + big_endian(1), body));
    check(batch.Put(handles_[4], "status/open/2/" + order + id, ""));
    check(batch.Put(handles_[4], "created/" + order + id, ""));
    check(batch.Put(handles_[5], "ref/" + ref, id));
  }

  void commit(rocksdb::WriteBatch& batch) {
    rocksdb::WriteOptions options;
    options.sync = true;
    check(db_->Write(options, &batch));
  }

  [[nodiscard]] bool holds(std::uint64_t number) const {
    std::string value;
    return db_
      ->Get(rocksdb::ReadOptions{}, handles_[1], big_endian(number), &value)
      .ok();
  }

private:
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> handles_;
  std::vector<std::string> bodies_;
};

batch_figures measure(store& where, std::size_t size, double seconds,
                      std::uint64_t& number) {
  batch_figures figures;
  figures.batch = size;
  auto start = clock::now();
  auto now = start;
  auto end = start + std::chrono::duration<double>{seconds};
  rocksdb::WriteBatch batch;
  while (now < end) {
    batch.Clear();
    for (std::size_t i = 0; i < size; ++i)
      where.add_ticket(batch, ++number);
    auto before = clock::now();
    where.commit(batch);
    now = clock::now();
    figures.commit.record(now - before);
    figures.tickets += size;
  }
  std::chrono::duration<double> took = now - start;
  figures.per_second = static_cast<double>(figures.tickets) / took.count();
  if (!where.holds(number))
    throw std::runtime_error{"the last ticket is not in the database"};
  return figures;
}

double microseconds(std::chrono::nanoseconds span) {
  return static_cast<double>(span.count()) / 1e3;
}

std::string to_json(const std::vector<batch_figures>& all) {
  std::string out = R"({"batches":[)";
  for (const auto& one : all) {
    std::array<char, 256> text{};
    std::snprintf(text.data(), text.size(),
                  R"(%s{"batch":%zu,"tickets":%llu,"per_second":%.1f,)"
                  R"("commit_us":{"p50":%.1f,"p99":%.1f}})",
                  &one == all.data() ? "" : ",", one.batch,
                  static_cast<unsigned long long>(one.tickets), one.per_second,
                  microseconds(one.commit.quantile(0.5)),
                  microseconds(one.commit.quantile(0.99)));
    out += text.data();
  }
  return out + "]}\n";
}

void run(const arguments& args) {
  if (std::filesystem::exists(args.path))
    throw std::runtime_error{args.path + " is there already"};
  std::vector<batch_figures> all;
  {
    store where{args.path};
    std::uint64_t number = 0;
    for (auto size : args.batches)
      all.push_back(measure(where, size, args.seconds, number));
  }
  std::filesystem::remove_all(args.path);
  std::printf("%8s %12s %14s %14s\n", "batch", "tickets/s", "commit p50 us",
              "commit p99 us");
  for (const auto& one : all)
    std::printf("%8zu %12.0f %14.1f %14.1f\n", one.batch, one.per_second,
                microseconds(one.commit.quantile(0.5)),
                microseconds(one.commit.quantile(0.99)));
  if (args.json.empty())
    return;
  std::ofstream out{args.json, std::ios::trunc};
  out << to_json(all);
  out.flush();
  if (!out)
    throw std::runtime_error{"cannot write " + args.json};
}

} // namespace
} // namespace switchboard::bench

int main(int argc, char** argv) try {
  CLI::App app{"Writes tickets to a fresh RocksDB in synced batches."};
  switchboard::bench::arguments args;
  app
    .add_option("--path", args.path,
                "folder for the database; made, and removed at the end")
    ->required();
  app.add_option("--batches", args.batches, "tickets in a batch, one run each")
    ->delimiter(',')
    ->check(CLI::Range(1U, 100'000U))
    ->capture_default_str();
  app.add_option("--seconds", args.seconds, "of each run")
    ->check(CLI::PositiveNumber)
    ->capture_default_str();
  app.add_option("--json", args.json, "file for the figures");
  CLI11_PARSE(app, argc, argv);
  switchboard::bench::run(args);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "raw-rocksdb-writer: %s\n", error.what());
  return 1;
}
