# What `cmake --install` leaves: the library, its headers, and what find_package(loadgen) reads.
include(CMakePackageConfigHelpers)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/loadgen)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/loadgen-config.cmake.in
  ${PROJECT_BINARY_DIR}/loadgen-config.cmake INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/loadgen-config-version.cmake
  COMPATIBILITY SameMinorVersion) # before 1.0 a minor version may change the API

install(TARGETS loadgen EXPORT loadgen-targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
if(TARGET loadgen_metrics_plugin)
  install(TARGETS loadgen_metrics_plugin LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/loadgen)
endif()
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/loadgen DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT loadgen-targets NAMESPACE loadgen:: DESTINATION ${package_folder})
install(FILES ${PROJECT_BINARY_DIR}/loadgen-config.cmake ${PROJECT_BINARY_DIR}/loadgen-config-version.cmake
  DESTINATION ${package_folder})
