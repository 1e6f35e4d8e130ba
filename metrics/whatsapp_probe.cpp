#include "metrics/whatsapp_probe.hpp"

namespace switchboard::metrics {

namespace {

const family_info messages_family{
  "switchboard_whatsapp_messages_total",
  "What came in from WhatsApp, by provider and by what came of it.",
  {"provider", "result"}};
const family_info sends_family{
  "switchboard_whatsapp_sends_total",
  "Attempts to send to WhatsApp, by provider and outcome.",
  {"provider", "outcome"}};
const family_info windows_family{
  "switchboard_whatsapp_window_closed_total",
  "Messages that came too late for free text, by provider.",
  {"provider"}};
const family_info templates_family{
  "switchboard_whatsapp_templates_total",
  "Messages that were sent as a template, by provider.",
  {"provider"}};
const family_info fallbacks_family{
  "switchboard_whatsapp_fallbacks_total",
  "Attempts to send what another provider could not, by provider.",
  {"provider"}};
const family_info up_family{
  "switchboard_whatsapp_line_up",
  "Whether the provider was connected when it was last heard of.",
  {"provider"}};

} // namespace

whatsapp_probe::whatsapp_probe(registry& all,
                               const std::vector<std::string>& providers,
                               const std::vector<std::string>& results,
                               const std::vector<std::string>& outcomes) {
  for (const auto& name : providers) {
    const label_values labels{{"provider", name}};
    all_.try_emplace(
      name,
      series{word_table<prometheus::Counter*>{
               results, "other",
               [&](const std::string& result) {
                 return &all.counter(messages_family,
                                     {{"provider", name}, {"result", result}});
               }},
             word_table<prometheus::Counter*>{
               outcomes, "other",
               [&](const std::string& outcome) {
                 return &all.counter(
                   sends_family, {{"provider", name}, {"outcome", outcome}});
               }},
             &all.counter(windows_family, labels),
             &all.counter(templates_family, labels),
             &all.counter(fallbacks_family, labels),
             &all.gauge(up_family, labels)});
  }
}

whatsapp_probe::series* whatsapp_probe::find(std::string_view provider) {
  const auto found = all_.find(provider);
  return found == all_.end() ? nullptr : &found->second;
}

void whatsapp_probe::taken(std::string_view provider, std::string_view result) {
  if (auto* const of = find(provider))
    of->messages[result]->Increment();
}

void whatsapp_probe::sent(std::string_view provider, std::string_view outcome) {
  if (auto* const of = find(provider))
    of->sends[outcome]->Increment();
}

void whatsapp_probe::window_was_closed(std::string_view provider) {
  if (auto* const of = find(provider))
    of->closed_windows->Increment();
}

void whatsapp_probe::used_template(std::string_view provider) {
  if (auto* const of = find(provider))
    of->templates->Increment();
}

void whatsapp_probe::stood_in(std::string_view provider) {
  if (auto* const of = find(provider))
    of->fallbacks->Increment();
}

void whatsapp_probe::up(std::string_view provider, bool is_up) {
  if (auto* const of = find(provider))
    of->up->Set(is_up ? 1 : 0);
}

} // namespace switchboard::metrics
