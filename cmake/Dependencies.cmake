# Everything comes from the system by find_package: nothing is fetched or vendored.
find_package(Boost 1.81 REQUIRED COMPONENTS json program_options url)
find_package(OpenSSL 3.0 REQUIRED)
find_package(fmt 9 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(Threads REQUIRED)
if(LOADGEN_BUILD_TESTS)
  find_package(GTest REQUIRED)
endif()
