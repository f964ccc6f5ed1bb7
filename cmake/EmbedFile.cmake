# loadgen_embed_file(TARGET INPUT file HEADER header FUNCTION name)
# Adds to TARGET a source that defines `std::string_view name() noexcept`, declared in `header` in the target's
# namespace loadgen::NAMESPACE, giving the bytes of `file`. The source is made anew whenever the file changes.
#
# This file is also the script that writes the source, run by the build with cmake -P: no other tool is needed.
if(CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
  file(READ ${INPUT} bytes HEX)
  string(REGEX REPLACE "(................................)" "\\1\n    " bytes "${bytes}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
  file(WRITE ${OUTPUT}
"// Made from ${INPUT} by EmbedFile.cmake.
#include \"${HEADER}\"

namespace ${NAMESPACE} {

namespace {

constexpr unsigned char bytes[] = {
    ${bytes}
};

} // namespace

std::string_view ${FUNCTION}() noexcept {
  return {reinterpret_cast<const char*>(bytes), sizeof bytes};
}

} // namespace ${NAMESPACE}
")
  return()
endif()

set(LOADGEN_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})

function(loadgen_embed_file target)
  cmake_parse_arguments(arg "" "INPUT;HEADER;NAMESPACE;FUNCTION" "" ${ARGN})
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${arg_FUNCTION}.cpp)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DINPUT=${arg_INPUT} -DOUTPUT=${output} -DHEADER=${arg_HEADER}
            -DNAMESPACE=${arg_NAMESPACE} -DFUNCTION=${arg_FUNCTION} -P ${LOADGEN_EMBED_SCRIPT}
    DEPENDS ${arg_INPUT} ${LOADGEN_EMBED_SCRIPT}
    COMMENT "Embedding ${arg_INPUT}"
    VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()
