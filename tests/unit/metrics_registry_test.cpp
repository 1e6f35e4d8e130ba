#include "metrics/histogram.hpp"
#include "metrics/registry.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <string>
#include <thread>
#include <vector>

namespace switchboard::metrics {
namespace {

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

TEST(Histogram, PutsAValueInTheBucketThatItDoesNotExceed) {
  const std::vector<double> bounds{1, 2, 5};
  histogram h{bounds};
  for (const double value : {0.0, 1.0, 1.5, 2.0, 5.0, 5.1, 1000.0})
    h.observe(value);
  const auto metric = h.collect().histogram;
  ASSERT_EQ(metric.bucket.size(), 4U);
  EXPECT_EQ(metric.bucket[0].cumulative_count, 2U);
  EXPECT_EQ(metric.bucket[1].cumulative_count, 4U);
  EXPECT_EQ(metric.bucket[2].cumulative_count, 5U);
  EXPECT_EQ(metric.bucket[3].cumulative_count, 7U);
  EXPECT_TRUE(std::isinf(metric.bucket[3].upper_bound));
  EXPECT_EQ(metric.sample_count, 7U);
  EXPECT_DOUBLE_EQ(metric.sample_sum, 1014.6);
}

TEST(Histogram, TakesDurationsInSeconds) {
  histogram h{duration_bounds()};
  h.observe(std::chrono::milliseconds{250});
  EXPECT_DOUBLE_EQ(h.collect().histogram.sample_sum, 0.25);
}

TEST(Histogram, LosesNothingBetweenThreads) {
  histogram h{count_bounds()};
  constexpr int each = 20'000;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&h] {
        for (int i = 0; i < each; ++i)
          h.observe(i % 7);
      });
  }
  EXPECT_EQ(h.collect().histogram.sample_count, 4U * each);
}

TEST(Registry, WritesTheTextFormat) {
  registry all;
  all.counter({"a_total", "Counts.", {"word"}}, {{"word", "x\"y"}})
    .Increment(3);
  all.gauge({"b", "Shows."}).Set(-1.5);
  const std::vector<double> bounds{0.5, 1};
  auto& h = all.histogram({"c_seconds", "Lasts.", {"k"}}, bounds, {{"k", "v"}});
  h.observe(0.75);
  const auto text = all.expose();
  for (const auto* line : {
         "# HELP a_total Counts.",
         "# TYPE a_total counter",
         R"(a_total{word="x\"y"} 3)",
         "# TYPE b gauge",
         "b -1.5",
         "# TYPE c_seconds histogram",
         "c_seconds_count{k=\"v\"} 1",
         "c_seconds_sum{k=\"v\"} 0.75",
         R"(c_seconds_bucket{k="v",le="0.5"} 0)",
         R"(c_seconds_bucket{k="v",le="1"} 1)",
         R"(c_seconds_bucket{k="v",le="+Inf"} 1)",
       })
    EXPECT_TRUE(has_line(text, line)) << line << "\nin\n" << text;
}

TEST(Registry, SortsFamiliesByName) {
  registry all;
  all.histogram({"m_seconds", "m"}, duration_bounds());
  all.gauge({"z", "z"});
  all.counter({"n_total", "n"});
  const auto text = all.expose();
  EXPECT_LT(text.find("# TYPE m_"), text.find("# TYPE n_"));
  EXPECT_LT(text.find("# TYPE n_"), text.find("# TYPE z "));
}

TEST(Registry, GivesTheSameSeriesForTheSameLabels) {
  registry all;
  const family_info info{"a_total", "a", {"k"}};
  EXPECT_EQ(&all.counter(info, {{"k", "1"}}), &all.counter(info, {{"k", "1"}}));
  EXPECT_NE(&all.counter(info, {{"k", "1"}}), &all.counter(info, {{"k", "2"}}));
  const family_info lasting{"b_seconds", "b"};
  EXPECT_EQ(&all.histogram(lasting, duration_bounds()),
            &all.histogram(lasting, duration_bounds()));
}

TEST(Registry, AsksForFreshValuesBeforeItWrites) {
  registry all;
  auto& gauge = all.gauge({"a", "a"});
  int asked = 0;
  all.on_expose([&] { gauge.Set(++asked); });
  EXPECT_TRUE(has_line(all.expose(), "a 1"));
  EXPECT_TRUE(has_line(all.expose(), "a 2"));
}

TEST(Registry, WritesWhileOthersCount) {
  registry all;
  auto& counter = all.counter({"a_total", "a"});
  auto& h = all.histogram({"b_seconds", "b"}, duration_bounds());
  std::atomic<bool> done{false};
  {
    std::jthread counting{[&] {
      for (int i = 0; i < 50'000; ++i) {
        counter.Increment();
        h.observe(0.001);
      }
      done = true;
    }};
    while (!done)
      EXPECT_FALSE(all.expose().empty());
  }
  EXPECT_TRUE(has_line(all.expose(), "a_total 50000"));
  EXPECT_TRUE(has_line(all.expose(), "b_seconds_count 50000"));
}

TEST(Registry, KnowsItsFamilies) {
  registry all;
  all.gauge({"b", "Shows."});
  all.counter({"a_total", "Counts.", {"k"}}, {{"k", "v"}});
  const auto families = all.families();
  ASSERT_EQ(families.size(), 2U);
  EXPECT_EQ(families[0].name, "a_total");
  EXPECT_EQ(families[0].type, family_type::counter);
  EXPECT_EQ(families[0].labels, std::vector<std::string>{"k"});
  EXPECT_EQ(families[1].name, "b");
}

} // namespace
} // namespace switchboard::metrics
