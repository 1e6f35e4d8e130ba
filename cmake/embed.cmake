# Files that become part of the program.

# switchboard_embed(<target> <function> <file>...): compiles the files into the
# target, where `switchboard::api::<function>()` (api/openapi/embedded_file.hpp)
# lists them by their names, in this order. The assembler reads the bytes, so
# that megabytes cost nothing.
function(switchboard_embed target function)
  set(assembly "")
  set(symbols "")
  set(rows "")
  set(number 0)
  foreach(file ${ARGN})
    get_filename_component(name "${file}" NAME)
    set(symbol "switchboard_${function}_${number}")
    string(APPEND assembly
      "    \".balign 16\\n\"\n"
      "    \"${symbol}: .incbin \\\"${file}\\\"\\n\"\n"
      "    \"${symbol}_end: .byte 0\\n\"\n")
    string(APPEND symbols
      "extern \"C\" const char ${symbol}[];\n"
      "extern \"C\" const char ${symbol}_end[];\n")
    string(APPEND rows "    {\"${name}\", {${symbol}, ${symbol}_end}},\n")
    math(EXPR number "${number} + 1")
  endforeach()
  set(source "${CMAKE_CURRENT_BINARY_DIR}/${function}.cpp")
  file(CONFIGURE OUTPUT "${source}" @ONLY CONTENT
"#include \"api/openapi/embedded_file.hpp\"

#include <array>

asm(\".section .rodata\\n\"
@assembly@    \".previous\\n\");

@symbols@
namespace switchboard::api {

std::span<const embedded_file> @function@() {
  static const std::array<embedded_file, @number@> all{{
@rows@  }};
  return all;
}

} // namespace switchboard::api
")
  set_source_files_properties("${source}" PROPERTIES OBJECT_DEPENDS "${ARGN}")
  target_sources(${target} PRIVATE "${source}")
endfunction()
