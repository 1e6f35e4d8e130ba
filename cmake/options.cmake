# Flags that every target of ours shares.
find_program(SWITCHBOARD_CCACHE ccache)
if(SWITCHBOARD_CCACHE)
  # Without its depend mode every source that is not in the cache yet is
  # preprocessed twice.
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env CCACHE_DEPEND=1
    "${SWITCHBOARD_CCACHE}")
endif()

add_library(switchboard_options INTERFACE)
target_include_directories(switchboard_options INTERFACE "${PROJECT_SOURCE_DIR}")
target_compile_options(switchboard_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Werror)
# g++ 12 warns falsely inside libstdc++ when it inlines (PR 105329 and kin).
target_compile_options(switchboard_options INTERFACE
  -Wno-error=restrict -Wno-error=maybe-uninitialized -Wno-error=stringop-overflow
  -Wno-error=array-bounds -Wno-error=free-nonheap-object -Wno-error=null-dereference
  -Wno-mismatched-new-delete)
target_compile_definitions(switchboard_options INTERFACE
  BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_BOOST_COROUTINE)

set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1 -DNDEBUG")

if(SWITCHBOARD_SANITIZER STREQUAL "address")
  # CAF 0.17 dereferences an empty shared_ptr when it spawns a function without
  # arguments, hence no "null".
  add_compile_options(-O1 -fsanitize=address,undefined -fno-sanitize=null
    -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
elseif(SWITCHBOARD_SANITIZER STREQUAL "thread")
  # Asio has fences, which the sanitizer cannot follow; it can follow the locks
  # that stand beside them.
  add_compile_options(-O1 -fsanitize=thread -fno-omit-frame-pointer -Wno-tsan)
  add_link_options(-fsanitize=thread)
elseif(NOT SWITCHBOARD_SANITIZER STREQUAL "none")
  message(FATAL_ERROR "SWITCHBOARD_SANITIZER is '${SWITCHBOARD_SANITIZER}'; "
    "it must be none, address or thread")
endif()

# switchboard_library(<folder> SOURCES ... LINKS ...): the library of one folder.
function(switchboard_library folder)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  add_library(switchboard_${folder} STATIC ${ARG_SOURCES})
  target_link_libraries(switchboard_${folder} PUBLIC switchboard_options ${ARG_LINKS})
endfunction()
