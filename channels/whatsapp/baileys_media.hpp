#pragma once

#include "channels/whatsapp/inbound.hpp"
#include "channels/whatsapp/inbound_json.hpp"

#include <cstddef>
#include <string_view>

/// The files that sidecars send along in their JSON; for the sources of this
/// folder only.
namespace switchboard::channels::whatsapp {

/// Fills in a file's bytes, or where they are, from what `source` is: a base64
/// text, a `data:` or web address, a Buffer, or an object with one of these and
/// perhaps its type, name and size. What has more than `bytes_max` bytes is
/// left out; its size is told. False when `source` is nothing of that.
bool fill_media(json_node source, std::size_t bytes_max, media& out);

/// Bytes as Node writes them: `{"type": "Buffer", "data": […]}`, with a base64
/// text in it or alone. Empty when it is none, or has too many.
[[nodiscard]] std::string read_bytes(json_node source, std::size_t bytes_max);

} // namespace switchboard::channels::whatsapp
