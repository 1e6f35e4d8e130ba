#include "metrics/registry.hpp"

#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <cassert>
#include <mutex>
#include <sstream>
#include <utility>

namespace switchboard::metrics {

namespace {

using histogram_series = std::map<label_values, std::unique_ptr<histogram>>;

prometheus::MetricFamily collect(const std::string& name,
                                 const std::string& help,
                                 const histogram_series& all) {
  prometheus::MetricFamily family;
  family.name = name;
  family.help = help;
  family.type = prometheus::MetricType::Histogram;
  for (const auto& [labels, series] : all) {
    auto metric = series->collect();
    for (const auto& [label, value] : labels)
      metric.label.push_back({label, value});
    family.metric.push_back(std::move(metric));
  }
  return family;
}

} // namespace

std::string_view to_string(family_type t) noexcept {
  switch (t) {
    case family_type::counter: return "counter";
    case family_type::gauge: return "gauge";
    case family_type::histogram: return "histogram";
  }
  return "unknown_type";
}

struct registry::impl {
  /// Enters the family into the catalogue. Needs `mutex`.
  void enter(const family_info& info, family_type type,
             [[maybe_unused]] const label_values& values) {
    assert(values.size() == info.labels.size());
    assert(std::ranges::all_of(info.labels, [&values](const auto& label) {
      return values.contains(label);
    }));
    [[maybe_unused]] const auto [entry, fresh] = catalogue.try_emplace(
      info.name, family{info.name, info.help, type, info.labels});
    assert(fresh || entry->second.type == type);
    assert(fresh || entry->second.labels == info.labels);
  }

  mutable std::mutex mutex;
  std::map<std::string, family> catalogue;
  prometheus::Registry scalars;
  std::map<std::string, histogram_series> histograms;
  std::mutex expose_mutex;
  std::vector<std::function<void()>> refreshers;
};

registry::registry() : impl_{std::make_unique<impl>()} {}

registry::~registry() = default;

prometheus::Counter& registry::counter(const family_info& info,
                                       const label_values& labels) {
  const std::lock_guard guard{impl_->mutex};
  impl_->enter(info, family_type::counter, labels);
  return prometheus::BuildCounter()
    .Name(info.name)
    .Help(info.help)
    .Register(impl_->scalars)
    .Add(labels);
}

prometheus::Gauge& registry::gauge(const family_info& info,
                                   const label_values& labels) {
  const std::lock_guard guard{impl_->mutex};
  impl_->enter(info, family_type::gauge, labels);
  return prometheus::BuildGauge()
    .Name(info.name)
    .Help(info.help)
    .Register(impl_->scalars)
    .Add(labels);
}

metrics::histogram& registry::histogram(const family_info& info,
                                        std::span<const double> bounds,
                                        const label_values& labels) {
  const std::lock_guard guard{impl_->mutex};
  impl_->enter(info, family_type::histogram, labels);
  auto& series = impl_->histograms[info.name][labels];
  if (!series)
    series = std::make_unique<metrics::histogram>(bounds);
  return *series;
}

void registry::on_expose(std::function<void()> refresh) {
  const std::lock_guard guard{impl_->expose_mutex};
  impl_->refreshers.push_back(std::move(refresh));
}

std::string registry::expose() {
  const std::lock_guard one_at_a_time{impl_->expose_mutex};
  for (const auto& refresh : impl_->refreshers)
    refresh();
  auto all = impl_->scalars.Collect();
  {
    const std::lock_guard guard{impl_->mutex};
    for (const auto& [name, series] : impl_->histograms)
      all.push_back(collect(name, impl_->catalogue.at(name).help, series));
  }
  std::ranges::sort(all, {}, &prometheus::MetricFamily::name);
  std::ostringstream out;
  prometheus::TextSerializer{}.Serialize(out, all);
  return std::move(out).str();
}

std::vector<registry::family> registry::families() const {
  const std::lock_guard guard{impl_->mutex};
  std::vector<family> all;
  all.reserve(impl_->catalogue.size());
  for (const auto& [name, entry] : impl_->catalogue)
    all.push_back(entry);
  return all;
}

} // namespace switchboard::metrics
