# Everything comes from the system by find_package: nothing is fetched or vendored.
find_package(Boost 1.81 REQUIRED COMPONENTS json program_options url)
find_package(OpenSSL 3.0 REQUIRED)
find_package(fmt 9 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(Threads REQUIRED)
find_file(LOADGEN_CHART_JS chart.min.js PATHS /usr/share/javascript/chart.js /usr/share/nodejs/chart.js/dist
  DOC "Chart.js 3, minified: what report.html draws with")
if(NOT LOADGEN_CHART_JS)
  message(FATAL_ERROR "Chart.js was not found. Install libjs-chart.js (./scripts/setup does), or give the path of a "
    "chart.min.js of version 3: -DLOADGEN_CHART_JS=FILE")
endif()
# What the plug-in of --metrics-port is linked with; without it all else is built, and that option says what is missing.
find_package(prometheus-cpp QUIET CONFIG)
if(NOT prometheus-cpp_FOUND)
  message(STATUS "prometheus-cpp was not found: --metrics-port is not built (prometheus-cpp-dev has it)")
endif()
if(LOADGEN_BUILD_TESTS)
  find_package(GTest REQUIRED)
endif()
