# Apache Arrow for the Parquet plugin, as the target loadgen::arrow: the system's own, else the one that scripts/setup
# took out of the pyarrow wheel. Nothing is fetched here.
#
# LOADGEN_ARROW_FILES lists the libraries that must go with an installed plugin; empty for the system's own.
set(default OFF)
if(PROJECT_IS_TOP_LEVEL)
  set(default AUTO)
endif()
set(LOADGEN_PARQUET ${default} CACHE STRING "Build the Parquet plugin: ON, OFF, or AUTO where Apache Arrow is found")
set_property(CACHE LOADGEN_PARQUET PROPERTY STRINGS AUTO ON OFF)

set(cache_folder $ENV{XDG_CACHE_HOME})
if(NOT cache_folder)
  set(cache_folder $ENV{HOME}/.cache)
endif()
set(LOADGEN_ARROW_FOLDER ${cache_folder}/loadgen/arrow CACHE PATH
  "Where scripts/setup left Arrow: include/, libarrow.so.*, libparquet.so.*")

set(LOADGEN_ARROW_FILES)
set(LOADGEN_HAS_ARROW FALSE)
if(LOADGEN_PARQUET STREQUAL OFF)
  return()
endif()

find_package(Arrow CONFIG QUIET)
find_package(Parquet CONFIG QUIET)
if(Arrow_FOUND AND Parquet_FOUND)
  add_library(loadgen_arrow INTERFACE)
  target_link_libraries(loadgen_arrow INTERFACE Parquet::parquet_shared Arrow::arrow_shared)
  set(LOADGEN_HAS_ARROW TRUE)
  set(version ${Arrow_VERSION})
else()
  file(GLOB arrow_library ${LOADGEN_ARROW_FOLDER}/libarrow.so.*)
  file(GLOB parquet_library ${LOADGEN_ARROW_FOLDER}/libparquet.so.*)
  list(LENGTH arrow_library arrow_count)
  list(LENGTH parquet_library parquet_count)
  if(arrow_count EQUAL 1 AND parquet_count EQUAL 1 AND EXISTS ${LOADGEN_ARROW_FOLDER}/include/parquet/arrow/writer.h)
    add_library(loadgen_arrow INTERFACE)
    target_include_directories(loadgen_arrow SYSTEM INTERFACE ${LOADGEN_ARROW_FOLDER}/include)
    target_link_libraries(loadgen_arrow INTERFACE ${parquet_library} ${arrow_library})
    set(LOADGEN_ARROW_FILES ${arrow_library} ${parquet_library})
    set(LOADGEN_HAS_ARROW TRUE)
    set(version "of ${LOADGEN_ARROW_FOLDER}")
  endif()
endif()

if(LOADGEN_HAS_ARROW)
  add_library(loadgen::arrow ALIAS loadgen_arrow)
  message(STATUS "Parquet plugin: with Apache Arrow ${version}")
elseif(LOADGEN_PARQUET STREQUAL AUTO)
  message(STATUS "Parquet plugin: left out. Apache Arrow is neither installed nor in ${LOADGEN_ARROW_FOLDER}, where "
    "scripts/setup puts it")
else()
  message(FATAL_ERROR "LOADGEN_PARQUET is ${LOADGEN_PARQUET}, and Apache Arrow is neither installed nor in "
    "${LOADGEN_ARROW_FOLDER}, where scripts/setup puts it")
endif()
