# How every target of this project is compiled, as INTERFACE targets: nothing is set globally, so that a
# project that adds this one as a subdirectory keeps its own flags.
add_library(loadgen_options INTERFACE)
target_compile_features(loadgen_options INTERFACE cxx_std_20)
target_compile_definitions(loadgen_options INTERFACE
  BOOST_ASIO_NO_DEPRECATED          # Asio's old names stay out
  BOOST_BEAST_USE_STD_STRING_VIEW)

add_library(loadgen_warnings INTERFACE)
target_compile_options(loadgen_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow
  # g++ 12 reports members of optionals and of coroutine frames as maybe uninitialized when they are not, std::string
  # assignments as overlapping copies (GCC PR105329), and at -O3 copies within std::string as out of bounds.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized;-Wno-restrict;-Wno-array-bounds;-Wno-stringop-overflow;-Wno-stringop-overread>
  $<$<BOOL:${LOADGEN_WARNINGS_AS_ERRORS}>:-Werror>)

add_library(loadgen_sanitizers INTERFACE)
if(LOADGEN_SANITIZE)
  target_compile_options(loadgen_sanitizers INTERFACE
    -fsanitize=${LOADGEN_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all
    # Boost has fences, which g++'s thread sanitizer only warns about. With sanitizers g++ 12 inlines only one half of how a
    # coroutine's frame is allocated and freed, and takes the halves for a mismatch.
    $<$<CXX_COMPILER_ID:GNU>:-Wno-tsan;-Wno-mismatched-new-delete>)
  target_link_options(loadgen_sanitizers INTERFACE -fsanitize=${LOADGEN_SANITIZE})
endif()

# What nearly every source of the library includes, compiled once. Only headers that no module's own definitions change.
option(LOADGEN_PRECOMPILE_HEADERS "Compile the headers that most sources share once" ${PROJECT_IS_TOP_LEVEL})
if(LOADGEN_PRECOMPILE_HEADERS)
  file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/library_headers.cpp CONTENT "")
  add_library(loadgen_library_headers OBJECT ${PROJECT_BINARY_DIR}/library_headers.cpp)
  set_target_properties(loadgen_library_headers PROPERTIES CXX_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON)
  target_precompile_headers(loadgen_library_headers PRIVATE
    <algorithm> <chrono> <memory> <optional> <string> <string_view> <vector>
    <boost/system/result.hpp> <fmt/format.h>)
  target_link_libraries(loadgen_library_headers PRIVATE
    loadgen_options loadgen_warnings loadgen_sanitizers Boost::headers fmt::fmt)
endif()

# loadgen_module(NAME SOURCES ... [DEPENDS modules ...] [LINK libraries ...])
# One folder of src/ is one module, one namespace and one object library. DEPENDS names the modules it may include.
function(loadgen_module name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPENDS;LINK" ${ARGN})
  set(target loadgen_${name})
  add_library(${target} OBJECT ${arg_SOURCES})
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON)
  target_include_directories(${target}
    PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/src>)
  target_link_libraries(${target}
    PUBLIC loadgen_options Boost::headers fmt::fmt ${arg_LINK}
    PRIVATE loadgen_warnings loadgen_sanitizers)
  if(LOADGEN_PRECOMPILE_HEADERS)
    target_precompile_headers(${target} REUSE_FROM loadgen_library_headers)
  endif()
  foreach(module ${arg_DEPENDS})
    target_link_libraries(${target} PUBLIC loadgen_${module}) # usage requirements only: both are object libraries
  endforeach()
  set_property(GLOBAL APPEND PROPERTY LOADGEN_MODULES ${name})
  set_property(GLOBAL PROPERTY LOADGEN_MODULE_${name}_DEPENDS ${arg_DEPENDS})
endfunction()

# The modules that NAME stands on, itself included.
function(loadgen_module_closure name result)
  set(closure ${name})
  get_property(depends GLOBAL PROPERTY LOADGEN_MODULE_${name}_DEPENDS)
  foreach(module ${depends})
    loadgen_module_closure(${module} below)
    list(APPEND closure ${below})
  endforeach()
  list(REMOVE_DUPLICATES closure)
  set(${result} ${closure} PARENT_SCOPE)
endfunction()

# loadgen_test(NAME MODULES modules ... SOURCES ... [LINK libraries ...] [LABEL unit|integration|slow|perf] [SERIAL])
# One GoogleTest program, linked with the named modules and what they stand on, and with nothing above them. SERIAL: its
# tests run while no other does.
function(loadgen_test name)
  cmake_parse_arguments(arg "SERIAL" "LABEL;TIMEOUT" "MODULES;SOURCES;LINK" ${ARGN})
  if(NOT arg_LABEL)
    set(arg_LABEL unit)
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 60)
  endif()
  add_executable(${name} ${arg_SOURCES})
  set_target_properties(${name} PROPERTIES CXX_EXTENSIONS OFF)
  set(closure)
  foreach(module ${arg_MODULES})
    loadgen_module_closure(${module} below)
    list(APPEND closure ${below})
  endforeach()
  list(REMOVE_DUPLICATES closure)
  foreach(module ${closure})
    target_link_libraries(${name} PRIVATE loadgen_${module})
  endforeach()
  target_link_libraries(${name} PRIVATE
    loadgen_options loadgen_warnings loadgen_sanitizers GTest::gtest GTest::gtest_main ${arg_LINK})
  target_precompile_headers(${name} REUSE_FROM loadgen_test_headers)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_compile_definitions(${name} PRIVATE
    LOADGEN_TEST_DATA="${PROJECT_SOURCE_DIR}/tests/data" LOADGEN_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  gtest_discover_tests(${name} PROPERTIES LABELS ${arg_LABEL} TIMEOUT ${arg_TIMEOUT} RUN_SERIAL ${arg_SERIAL}
    DISCOVERY_TIMEOUT 30)
endfunction()
