# Sources that are compiled as one: most of a source's time goes into headers and
# templates that its neighbours want as well. A source named nowhere below is
# compiled on its own, as is every source with SWITCHBOARD_TOGETHER=OFF. Those of
# one line share their anonymous namespaces, so names there must differ; and a
# line should take no more than 15 seconds.
option(SWITCHBOARD_TOGETHER "Compile neighbouring sources as one" ON)

# A test's locals may be named as a neighbour's helpers. It is linked last, for
# these options must follow those of switchboard_options.
add_library(switchboard_tests_together INTERFACE)
target_compile_options(switchboard_tests_together INTERFACE
  -Wno-shadow -Wshadow=local)

# compile_together(<target> <folder> "<sources without .cpp>"...)
function(compile_together target folder)
  if(NOT SWITCHBOARD_TOGETHER OR NOT TARGET ${target})
    return()
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  # The compiler takes what a line's sources include for headers.
  target_compile_options(${target} PRIVATE -Wno-subobject-linkage)
  if(folder MATCHES "^tests/")
    target_link_libraries(${target} PRIVATE switchboard_tests_together)
  endif()
  set(base "${PROJECT_SOURCE_DIR}/${folder}")
  set(index 0)
  foreach(line IN LISTS ARGN)
    math(EXPR index "${index} + 1")
    separate_arguments(names UNIX_COMMAND "${line}")
    foreach(name IN LISTS names)
      if(NOT EXISTS "${base}/${name}.cpp")
        message(WARNING "cmake/together.cmake names ${folder}/${name}.cpp, "
          "which is not there")
      endif()
      set_source_files_properties("${base}/${name}.cpp"
        TARGET_DIRECTORY ${target} PROPERTIES UNITY_GROUP ${index})
    endforeach()
  endforeach()
endfunction()

compile_together(switchboard_domain domain
  "api_key attachment contact ids office_hours prompt result status"
  "media_type session text ticket time user webhook")

compile_together(switchboard_metrics metrics
  "actors_probe delivery_probe histogram http_probe process_probe registry
   storage_probe"
  "journal_probe telegram_intake_probe")

compile_together(switchboard_persistence persistence
  "attachment_files attachment_store attachment_sweep claims"
  "backup batch_builder deliveries delivery_codec duration_histogram"
  "error_records event_block export journal keys"
  "memory_journal places media_sniffer"
  "rocks_journal rocks_store rocks_tuning"
  "rocks_writer statistics statistics_codec row_cache"
  "record_codec record_views records wire"
  "session_views ticket_changes ticket_codec ticket_lists timers"
  "ticket_views verify wal_inspection")

compile_together(switchboard_channels channels
  "attachment_links http_exchange outcome"
  "json/reader json/writer"
  "rest/directory_forms rest/events rest/webhook_forms"
  "rest/executor_forms rest/objects"
  "telegram/answer telegram/content_codec telegram/desk_names
   telegram/desk_texts telegram/lanes"
  "telegram/command telegram/errand telegram/executor_texts
   telegram/json_fields telegram/method_codec telegram/method_fields
   telegram/method_rules telegram/rate_budget"
  "telegram/message_codec telegram/rate_account telegram/rate_changes
   telegram/text_split"
  "telegram/rate_governor telegram/result_codec telegram/styled_text
   telegram/update telegram/utf16"
  "webhooks/delivery webhooks/endpoint_rules webhooks/event_payload
   webhooks/payload_template webhooks/signature"
  "whatsapp/baileys_connection whatsapp/baileys_events"
  "whatsapp/baileys_inbound whatsapp/baileys_jid whatsapp/baileys_media
   whatsapp/baileys_message"
  "whatsapp/baileys_send whatsapp/baileys_send_evolution
   whatsapp/twilio_send whatsapp/n8n_send whatsapp/outgoing_forms"
  "whatsapp/baileys_simple whatsapp/inbound_json whatsapp/inbound_text
   whatsapp/vcard"
  "whatsapp/cloud_content whatsapp/cloud_inbound whatsapp/errand
   whatsapp/form"
  "whatsapp/greeting whatsapp/greeting_codes whatsapp/limits
   whatsapp/outgoing whatsapp/provider"
  "whatsapp/send_answers whatsapp/texts whatsapp/texts_names")

compile_together(switchboard_actors actors
  "error_book id_source lane_attempt lane_carrier telegram_replies"
  "lane lane_settling messages outbox"
  "statistician supervisor telegram_carrier telegram_flights"
  "ticket ticket_timers timers")

compile_together(switchboard_api api
  "access attachment_routes commands conversation_routes history jwt"
  "delivery_routes directory_routes docs_routes errors event_routes
   multipart"
  "key_routes operations_routes query rate_limiter record_store
   report_routes sealed_box session_hub"
  "session_attachments session_edits session_routes session_stream"
  "telegram/desk telegram/desk_commands telegram/desk_people
   telegram/desk_talk"
  "telegram/intake telegram/intake_routes telegram/update_claims"
  "ticket_query ticket_routes ticket_tools visitor_door visitor_messages
   visitor_ticket_routes"
  "webhook_replays webhook_routes website_routes")

compile_together(switchboard_config config
  "assign checks config loader secrets time_zone")

compile_together(switchboard app
  "attachments background cross_origin descriptors logging maintenance")

compile_together(unit_metrics tests/unit
  "metrics_probes_test metrics_registry_test")

compile_together(unit_persistence tests/unit
  "persistence_attachment_store_test persistence_attachment_sweep_test
   persistence_cache_test persistence_duration_histogram_test"
  "persistence_error_records_test persistence_journal_test
   persistence_lists_test persistence_verify_test"
  "persistence_places_test persistence_records_test persistence_rocks_test"
  "persistence_sessions_test persistence_statistics_row_test
   persistence_statistics_test persistence_views_test")

compile_together(unit_config tests/unit
  "config_checks_test config_loader_test config_secrets_test
   config_time_zone_test")
